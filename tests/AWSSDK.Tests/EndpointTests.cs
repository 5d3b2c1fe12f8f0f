using Amazon;
using Amazon.CertificateManager;
using Amazon.CloudFormation;
using Amazon.CloudFront;
using Amazon.CloudWatch;
using Amazon.CostExplorer;
using Amazon.ECR;
using Amazon.ECR.Model;
using Amazon.EKS;
using Amazon.ElastiCache;
using Amazon.ElasticLoadBalancingV2;
using Amazon.RDS;
using Amazon.Runtime;
using Amazon.SecretsManager;
using AwsSdk.Tests.Support;

namespace AwsSdk.Tests;

/// <summary>Where a call goes. Sets process-wide variables, so nothing runs beside it.</summary>
[Collection(nameof(Alone))]
public sealed class EndpointTests : IDisposable
{
    private readonly List<string> _set = [];

    public void Dispose() => _set.ForEach(name => Environment.SetEnvironmentVariable(name, null));

    [Theory]
    [InlineData("ap-northeast-2", "https://api.ecr.ap-northeast-2.amazonaws.com", "https://eks.ap-northeast-2.amazonaws.com", "https://cloudfront.amazonaws.com")]
    [InlineData("cn-north-1", "https://api.ecr.cn-north-1.amazonaws.com.cn", "https://eks.cn-north-1.amazonaws.com.cn", "https://cloudfront.amazonaws.com.cn")]
    public void WithoutAnUrl_TheHostComesFromTheRegionsPartition(string region, string ecr, string eks, string cloudFront)
    {
        var endpoint = RegionEndpoint.GetBySystemName(region);

        Url<AmazonECRClient>(new(endpoint), c => c.DetermineServiceOperationEndpoint(new DescribeRepositoriesRequest()).URL).Should().Be(ecr);
        Url<AmazonEKSClient>(new(endpoint), c => c.DetermineServiceOperationEndpoint(new DescribeRepositoriesRequest()).URL).Should().Be(eks);
        Url<AmazonCloudFrontClient>(new(endpoint), c => c.DetermineServiceOperationEndpoint(new DescribeRepositoriesRequest()).URL).Should().Be(cloudFront);
    }

    [Theory]
    [InlineData("AWS_ENDPOINT_URL")]
    [InlineData("AWS_ENDPOINT_URL_ECR")]
    public async Task TheSdksOwnVariables_AreHonoured(string variable)
    {
        await using var server = new ScriptedServer(new Answer(200, """{"repositories":[]}"""));
        Set(variable, server.Url);
        using var ecr = new AmazonECRClient("k", "s", RegionEndpoint.APNortheast2);

        await ecr.DescribeRepositoriesAsync(new DescribeRepositoriesRequest());

        server.Requests.Should().ContainSingle();
    }

    [Theory]
    [InlineData("AWS_ENDPOINT_URL_EKS", typeof(AmazonEKSConfig))]
    [InlineData("AWS_ENDPOINT_URL_CLOUDFRONT", typeof(AmazonCloudFrontConfig))]
    [InlineData("AWS_ENDPOINT_URL_CLOUDFORMATION", typeof(AmazonCloudFormationConfig))]
    [InlineData("AWS_ENDPOINT_URL_ELASTIC_LOAD_BALANCING_V2", typeof(AmazonElasticLoadBalancingV2Config))]
    [InlineData("AWS_ENDPOINT_URL_RDS", typeof(AmazonRDSConfig))]
    [InlineData("AWS_ENDPOINT_URL_ELASTICACHE", typeof(AmazonElastiCacheConfig))]
    [InlineData("AWS_ENDPOINT_URL_ACM", typeof(AmazonCertificateManagerConfig))]
    [InlineData("AWS_ENDPOINT_URL_CLOUDWATCH", typeof(AmazonCloudWatchConfig))]
    [InlineData("AWS_ENDPOINT_URL_COST_EXPLORER", typeof(AmazonCostExplorerConfig))]
    [InlineData("AWS_ENDPOINT_URL_SECRETS_MANAGER", typeof(AmazonSecretsManagerConfig))]
    public void EachService_HasItsOwnVariable(string variable, Type config)
    {
        Set(variable, "http://127.0.0.1:9");
        Set("AWS_ENDPOINT_URL", "http://127.0.0.1:10");

        ((ClientConfig)Activator.CreateInstance(config)!).ServiceURL.Should().StartWith("http://127.0.0.1:9");
    }

    [Fact]
    public void TheGenericFactory_MakesConfigAndClient()
    {
        using var client = Make<IAmazonECR>();

        client.Should().BeOfType<AmazonECRClient>();
    }

    private static IDisposable Make<T>() where T : IAmazonService, IDisposable
    {
        var config = T.CreateDefaultClientConfig();
        config.RegionEndpoint = RegionEndpoint.APNortheast2;
        return (IDisposable)T.CreateDefaultServiceClient(new BasicAWSCredentials("k", "s"), config);
    }

    private static string Url<T>(T client, Func<T, string> read) where T : IDisposable
    {
        using (client)
        {
            return read(client);
        }
    }

    private void Set(string name, string value)
    {
        _set.Add(name);
        Environment.SetEnvironmentVariable(name, value);
    }
}

[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
