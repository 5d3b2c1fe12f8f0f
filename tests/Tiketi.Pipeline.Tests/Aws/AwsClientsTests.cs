using Amazon.Runtime;
using Amazon.S3;
using Tiketi.Pipeline.Aws;

namespace Tiketi.Pipeline.Tests.Aws;

public sealed class AwsClientsTests
{
    private static readonly AwsSettings Local = new()
    {
        Region = "ap-northeast-2", EndpointUrl = new Uri("http://127.0.0.1:4566"), Credentials = new BasicAWSCredentials("test", "test"),
    };

    [Fact]
    public void WithAnEndpoint_EveryClientGoesThere_SignsForTheRegion_AndS3UsesPaths()
    {
        using var clients = new AwsClients(Local);

        foreach (var config in All(clients))
        {
            config.ServiceURL.Should().Be("http://127.0.0.1:4566/");
            config.MaxErrorRetry.Should().Be(config == clients.CloudFormation.Config ? 10 : 4);
            config.RetryMode.Should().Be(RequestRetryMode.Standard);
        }

        All(clients).Where(config => config != clients.CloudFront.Config).Should().OnlyContain(config => config.AuthenticationRegion == "ap-northeast-2");
        clients.CloudFront.Config.AuthenticationRegion.Should().Be("us-east-1");
        ((AmazonS3Config)clients.S3.Config).ForcePathStyle.Should().BeTrue();
    }

    [Fact]
    public void WithoutAnEndpoint_TheRegionDecides()
    {
        using var clients = new AwsClients(Local with { EndpointUrl = null });

        All(clients).Should().OnlyContain(config => config.RegionEndpoint.SystemName == "ap-northeast-2" || config.ServiceURL != null);
    }

    [Fact]
    public void Retries_CanBeStated()
    {
        using var clients = new AwsClients(Local with { Retries = 0 });

        All(clients).Should().OnlyContain(config => config.MaxErrorRetry == 0);
    }

    [Fact]
    public void AClient_IsMadeOnce()
    {
        using var clients = new AwsClients(Local);

        clients.Ecr.Should().BeSameAs(clients.Ecr);
    }

    [Fact]
    public void CloudFormation_CanBeAskedForAnotherRegion()
    {
        using var clients = new AwsClients(Local);

        clients.CloudFormationIn("us-east-1").Config.AuthenticationRegion.Should().Be("us-east-1");
        clients.CloudFormationIn("us-east-1").Should().BeSameAs(clients.CloudFormationIn("us-east-1"));
        clients.CloudFormationIn(null).Should().BeSameAs(clients.CloudFormation).And.BeSameAs(clients.CloudFormationIn("ap-northeast-2"));
    }

    [Fact]
    public void Ecr_CanBeAskedForAnotherRegion()
    {
        using var clients = new AwsClients(Local);

        clients.EcrIn("eu-west-1").Config.AuthenticationRegion.Should().Be("eu-west-1");
        clients.EcrIn(null).Should().BeSameAs(clients.Ecr).And.BeSameAs(clients.EcrIn("ap-northeast-2"));
    }

    private static IClientConfig[] All(AwsClients clients) =>
    [
        clients.S3.Config, clients.Ecr.Config, clients.CloudFront.Config, clients.Eks.Config, clients.CloudFormation.Config,
        ((AmazonServiceClient)clients.Sts).Config, clients.SecretsManager.Config,
    ];
}
