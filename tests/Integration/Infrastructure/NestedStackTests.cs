using Amazon.S3;
using Amazon.S3.Model;
using Tiketi.Integration.Operations;
using Tiketi.Pipeline;
using Tiketi.Pipeline.Infrastructure;

namespace Tiketi.Integration.Infrastructure;

/// <summary>Stacks in stacks on the local cloud: they come and go with the one around them, and a failure is found where it happened.</summary>
public sealed class NestedStackTests(LocalAws aws) : IClassFixture<LocalAws>
{
    private const string Inner = """
        Parameters: { Name: { Type: String } }
        Resources: { Bucket: { Type: AWS::S3::Bucket, Properties: { BucketName: !Ref Name } } }
        Outputs: { Bucket: { Value: !Ref Bucket } }
        """;

    [Fact]
    public async Task AStackInAStack_ComesChangesAndGoesWithIt_AndItsFailureIsNamedByItsPath()
    {
        await aws.Clients.S3.PutBucketAsync("nested-templates", TestContext.Current.CancellationToken);
        var inner = await PublishAsync("inner.yaml", Inner);
        var middle = await PublishAsync("middle.yaml", $$"""
            Parameters: { Name: { Type: String } }
            Resources: { Deeper: { Type: AWS::CloudFormation::Stack, Properties: { TemplateURL: "{{inner}}", Parameters: { Name: !Ref Name } } } }
            Outputs: { Bucket: { Value: !GetAtt Deeper.Outputs.Bucket } }
            """);
        string Outer(string name) => $$"""
            Resources: { Nested: { Type: AWS::CloudFormation::Stack, Properties: { TemplateURL: "{{middle}}", Parameters: { Name: {{name}} } } } }
            Outputs: { Bucket: { Value: !GetAtt Nested.Outputs.Bucket } }
            """;

        // The name is taken, so the creation fails two stacks down; the rollback around it deletes both before anybody asks why.
        var failure = await FluentActions.Awaiting(() => aws.Deployer.ApplyAsync(aws.Environment("nested", ("outer", Outer("nested-templates"))), TestContext.Current.CancellationToken)).Should().ThrowAsync<PipelineException>();
        failure.Which.Message.Should().StartWith("Stack tiketi-nested-outer ended as ROLLBACK_COMPLETE: Nested.Deeper.Bucket (AWS::S3::Bucket) CREATE_FAILED: ").And.Contain("nested-templates");
        failure.Which.Remedy.Should().Contain("name");
        (await aws.AwsAsync("cloudformation list-stacks --stack-status-filter ROLLBACK_COMPLETE CREATE_COMPLETE --query StackSummaries[].StackName --output text")).Trim().Should().Be("tiketi-nested-outer", "the rollback took the stacks in it away");

        var request = aws.Environment("nested", ("outer", Outer("nested-first")));
        var created = await aws.Deployer.ApplyAsync(request, TestContext.Current.CancellationToken);
        created.Stacks.Single().Outputs.Values["Bucket"].Should().Be("nested-first");
        (await aws.Deployer.ApplyAsync(aws.Environment("nested", ("outer", Outer("nested-second"))), TestContext.Current.CancellationToken)).Updated.Should().Be(1);
        (await aws.Clients.S3.ListBucketsAsync(TestContext.Current.CancellationToken)).Buckets.Select(bucket => bucket.BucketName).Should().Contain("nested-second").And.NotContain("nested-first");
        await aws.Deployer.DestroyAsync(request, TestContext.Current.CancellationToken);
        (await aws.Clients.S3.ListBucketsAsync(TestContext.Current.CancellationToken)).Buckets.Select(bucket => bucket.BucketName).Should().Equal("nested-templates");
    }

    private async Task<string> PublishAsync(string key, string body)
    {
        await aws.Clients.S3.PutObjectAsync(new PutObjectRequest { BucketName = "nested-templates", Key = key, ContentBody = body }, TestContext.Current.CancellationToken);
        return await aws.Clients.S3.GetPreSignedURLAsync(new GetPreSignedUrlRequest { BucketName = "nested-templates", Key = key, Protocol = Protocol.HTTP, Expires = DateTime.UtcNow.AddHours(1) });
    }
}
