using Amazon.ECR.Model;
using Amazon.Runtime;
using Amazon.SecurityToken;
using Amazon.SecurityToken.Model;
using Tiketi.Pipeline.Aws;

namespace Tiketi.Integration;

/// <summary>The pipeline's clients against moto in a container, an AWS that we did not write.</summary>
[Collection(PeersCollection.Name)]
public sealed class MotoTests(Peers peers)
{
    [Fact]
    public async Task TheClients_AreUnderstood()
    {
        using var aws = new AwsClients(new AwsSettings { Region = "ap-northeast-2", EndpointUrl = peers.Moto, Credentials = new BasicAWSCredentials("test", "test") });

        var identity = await aws.Sts.GetCallerIdentityAsync(new GetCallerIdentityRequest(), TestContext.Current.CancellationToken);
        var created = await aws.Ecr.CreateRepositoryAsync(new CreateRepositoryRequest { RepositoryName = "tiketi/backend" }, TestContext.Current.CancellationToken);
        var found = await aws.Ecr.DescribeRepositoriesAsync(new DescribeRepositoriesRequest(), TestContext.Current.CancellationToken);

        identity.Account.Should().HaveLength(12);
        created.Repository.RepositoryUri.Should().Contain(".dkr.ecr.ap-northeast-2.");
        found.Repositories.Should().ContainSingle().Which.RepositoryArn.Should().Be(created.Repository.RepositoryArn);
        var absent = () => aws.Ecr.DescribeRepositoriesAsync(new DescribeRepositoriesRequest { RepositoryNames = ["no/such"] });
        await absent.Should().ThrowAsync<RepositoryNotFoundException>();
    }

    [Fact]
    public async Task AJobsIdentity_BecomesItsRole()
    {
        using var gitHub = new HttpClient(new GitHub());
        using var unsigned = new AmazonSecurityTokenServiceClient(new AnonymousAWSCredentials(), new AmazonSecurityTokenServiceConfig { ServiceURL = peers.Moto.ToString() });
        var identity = new GitHubWebIdentity(new Uri("http://github.invalid/token"), "request-token", "arn:aws:iam::123456789012:role/tiketi-staging-plan", "github-42-1");
        using var aws = new AwsClients(new AwsSettings
        {
            Region = "ap-northeast-2",
            EndpointUrl = peers.Moto,
            Credentials = new GitHubWebIdentityCredentials(identity, gitHub, unsigned),
        });

        var caller = await aws.Sts.GetCallerIdentityAsync(new GetCallerIdentityRequest(), TestContext.Current.CancellationToken);

        caller.Arn.Should().Be("arn:aws:sts::123456789012:assumed-role/tiketi-staging-plan/github-42-1");
    }

    /// <summary>The one part that only GitHub has: it attests who the job is.</summary>
    private sealed class GitHub : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage { Content = new StringContent("""{"value":"header.payload.signature"}""") });
    }
}
