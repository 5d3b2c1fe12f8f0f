using System.Net;
using Amazon.CloudFormation;
using Amazon.CloudFormation.Model;
using Amazon.CloudFront;
using Amazon.CloudFront.Model;
using Amazon.ECR;
using Amazon.ECR.Model;
using Amazon.EKS;
using Amazon.EKS.Model;
using AwsSdk.Tests.Support;

namespace AwsSdk.Tests;

/// <summary>Typed errors in each wire format, and what is retried.</summary>
public sealed class ErrorTests
{
    [Fact]
    public async Task JsonRpc_CodeInTheBody_BecomesTheTypedException()
    {
        await using var server = new ScriptedServer(new Answer(400,
            """{"__type":"com.amazonaws.ecr#RepositoryAlreadyExistsException","message":"it exists"}""", Headers: ("x-amzn-RequestId", "r1")));
        using var ecr = Ecr(server);

        var error = (await ecr.Invoking(c => c.CreateRepositoryAsync(new CreateRepositoryRequest { RepositoryName = "x" }))
            .Should().ThrowAsync<RepositoryAlreadyExistsException>()).Which;

        (error.Message, error.ErrorCode, error.StatusCode, error.RequestId).Should()
            .Be(("it exists", "RepositoryAlreadyExistsException", HttpStatusCode.BadRequest, "r1"));
        server.Requests.Should().ContainSingle("a modeled client error is not retried");
    }

    [Fact]
    public async Task RestJson_CodeInTheHeader_BecomesTheTypedException()
    {
        await using var server = new ScriptedServer(new Answer(404, """{"message":"No cluster found for name: x."}""", "application/json",
            ("x-amzn-ErrorType", "ResourceNotFoundException")));
        using var eks = new AmazonEKSClient("k", "s", new AmazonEKSConfig { ServiceURL = server.Url });

        (await eks.Invoking(c => c.DescribeClusterAsync(new DescribeClusterRequest { Name = "x" }))
            .Should().ThrowAsync<Amazon.EKS.Model.ResourceNotFoundException>()).WithMessage("No cluster found for name: x.");
    }

    [Fact]
    public async Task RestXml_ShortCode_BecomesTheTypedException()
    {
        await using var server = new ScriptedServer(new Answer(404, """
            <ErrorResponse xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/"><Error><Type>Sender</Type><Code>NoSuchDistribution</Code><Message>gone</Message></Error><RequestId>r3</RequestId></ErrorResponse>
            """, "text/xml"));
        using var cdn = new AmazonCloudFrontClient("k", "s", new AmazonCloudFrontConfig { ServiceURL = server.Url });

        (await cdn.Invoking(c => c.GetDistributionAsync(new GetDistributionRequest("E0")))
            .Should().ThrowAsync<NoSuchDistributionException>()).Which.RequestId.Should().Be("r3");
    }

    [Fact]
    public async Task Query_UnmodeledCode_BecomesTheServicesOwnException()
    {
        await using var server = new ScriptedServer(new Answer(400, """
            <ErrorResponse><Error><Type>Sender</Type><Code>ValidationError</Code><Message>Stack with id s does not exist</Message></Error><RequestId>r4</RequestId></ErrorResponse>
            """, "text/xml"));
        using var cloudFormation = new AmazonCloudFormationClient("k", "s", new AmazonCloudFormationConfig { ServiceURL = server.Url });

        var error = (await cloudFormation.Invoking(c => c.DescribeStacksAsync(new DescribeStacksRequest { StackName = "s" }))
            .Should().ThrowExactlyAsync<AmazonCloudFormationException>()).Which;

        (error.ErrorCode, error.Message).Should().Be(("ValidationError", "Stack with id s does not exist"));
    }

    [Theory]
    [InlineData(500, "{}")]
    [InlineData(503, "<html>busy</html>")]
    [InlineData(502, "<html>bad gateway</html>")]
    [InlineData(429, """{"__type":"TooManyRequestsException"}""")]
    [InlineData(400, """{"__type":"ThrottlingException","message":"slow down"}""")]
    public async Task TransientFailures_AreRetried(int status, string body)
    {
        await using var server = new ScriptedServer(new Answer(status, body), new Answer(200, """{"repositories":[]}"""));
        using var ecr = Ecr(server);

        await ecr.DescribeRepositoriesAsync(new DescribeRepositoriesRequest());

        server.Requests.Should().HaveCount(2);
        server.Requests.Last().Headers["amz-sdk-request"].Should().StartWith("attempt=2");
    }

    [Fact]
    public async Task Cancelling_DuringTheBackOff_EndsAtOnce()
    {
        await using var server = new ScriptedServer(new Answer(503, "{}"));
        using var ecr = new AmazonECRClient("k", "s", new AmazonECRConfig { ServiceURL = server.Url, MaxErrorRetry = 30 });
        using var source = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));

        await ecr.Invoking(c => c.DescribeRepositoriesAsync(new DescribeRepositoriesRequest(), source.Token))
            .Should().ThrowAsync<OperationCanceledException>();
    }

    private static AmazonECRClient Ecr(ScriptedServer server) => new("k", "s", new AmazonECRConfig { ServiceURL = server.Url });
}
