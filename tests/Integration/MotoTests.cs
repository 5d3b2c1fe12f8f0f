using Amazon.ECR.Model;
using Amazon.Runtime;
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
}
