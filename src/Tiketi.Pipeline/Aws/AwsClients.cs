using System.Collections.Concurrent;
using Amazon;
using Amazon.CertificateManager;
using Amazon.CloudFormation;
using Amazon.CloudFront;
using Amazon.CloudWatch;
using Amazon.CostExplorer;
using Amazon.ECR;
using Amazon.EKS;
using Amazon.ElastiCache;
using Amazon.ElasticLoadBalancingV2;
using Amazon.RDS;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.SecretsManager;
using Amazon.SecurityToken;

namespace Tiketi.Pipeline.Aws;

/// <summary>The AWS clients of one run, all in the same place and with the same manners. Each is made on first use; thread-safe.</summary>
public sealed class AwsClients : IDisposable
{
    private readonly List<IDisposable> _made = [];
    private readonly Lazy<IAmazonS3> _s3;
    private readonly ConcurrentDictionary<string, Lazy<IAmazonECR>> _ecr = new(StringComparer.Ordinal);
    private readonly Lazy<IAmazonCloudFront> _cloudFront;
    private readonly Lazy<IAmazonEKS> _eks;
    private readonly Lazy<IAmazonElasticLoadBalancingV2> _elb;
    private readonly ConcurrentDictionary<string, Lazy<IAmazonCloudFormation>> _cloudFormation = new(StringComparer.Ordinal);
    private readonly Lazy<IAmazonSecurityTokenService> _sts;
    private readonly Lazy<IAmazonSecretsManager> _secretsManager;
    private readonly Lazy<IAmazonRDS> _rds;
    private readonly Lazy<IAmazonElastiCache> _elastiCache;
    private readonly Lazy<IAmazonCloudWatch> _cloudWatch;
    private readonly Lazy<IAmazonCostExplorer> _costExplorer;
    private readonly ConcurrentDictionary<string, Lazy<IAmazonCertificateManager>> _certificateManager = new(StringComparer.Ordinal);

    public AwsClients(AwsSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        Settings = settings;
        _s3 = Client<IAmazonS3, AmazonS3Config>(
            config => new AmazonS3Client(config), (credentials, config) => new AmazonS3Client(credentials, config), config =>
            {
                // A bucket is not a host name of a machine-local or emulated endpoint.
                config.ForcePathStyle = !string.IsNullOrEmpty(config.ServiceURL);
                config.RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED;
                config.DefaultAWSCredentials = settings.Credentials; // the site's uploads sign for themselves
            });
        _cloudFront = Client<IAmazonCloudFront, AmazonCloudFrontConfig>(
            config => new AmazonCloudFrontClient(config), (credentials, config) => new AmazonCloudFrontClient(credentials, config),
            config => config.AuthenticationRegion = "us-east-1");
        _eks = Client<IAmazonEKS, AmazonEKSConfig>(
            config => new AmazonEKSClient(config), (credentials, config) => new AmazonEKSClient(credentials, config));
        _elb = Client<IAmazonElasticLoadBalancingV2, AmazonElasticLoadBalancingV2Config>(
            config => new AmazonElasticLoadBalancingV2Client(config), (credentials, config) => new AmazonElasticLoadBalancingV2Client(credentials, config));
        _sts = Client<IAmazonSecurityTokenService, AmazonSecurityTokenServiceConfig>(
            config => new AmazonSecurityTokenServiceClient(config), (credentials, config) => new AmazonSecurityTokenServiceClient(credentials, config));
        _secretsManager = Client<IAmazonSecretsManager, AmazonSecretsManagerConfig>(
            config => new AmazonSecretsManagerClient(config), (credentials, config) => new AmazonSecretsManagerClient(credentials, config));
        _rds = Client<IAmazonRDS, AmazonRDSConfig>(config => new AmazonRDSClient(config), (credentials, config) => new AmazonRDSClient(credentials, config));
        _elastiCache = Client<IAmazonElastiCache, AmazonElastiCacheConfig>(
            config => new AmazonElastiCacheClient(config), (credentials, config) => new AmazonElastiCacheClient(credentials, config));
        _cloudWatch = Client<IAmazonCloudWatch, AmazonCloudWatchConfig>(
            config => new AmazonCloudWatchClient(config), (credentials, config) => new AmazonCloudWatchClient(credentials, config));
        _costExplorer = Client<IAmazonCostExplorer, AmazonCostExplorerConfig>(
            config => new AmazonCostExplorerClient(config), (credentials, config) => new AmazonCostExplorerClient(credentials, config), region: "us-east-1");
    }

    public AwsSettings Settings { get; }

    /// <summary>Path-style addressing wherever an endpoint is given.</summary>
    public IAmazonS3 S3 => _s3.Value;

    /// <summary>In the environment's own region.</summary>
    public IAmazonECR Ecr => EcrIn(null);

    public IAmazonCloudFront CloudFront => _cloudFront.Value;

    public IAmazonEKS Eks => _eks.Value;

    public IAmazonElasticLoadBalancingV2 Elb => _elb.Value;

    /// <summary>In the environment's own region.</summary>
    public IAmazonCloudFormation CloudFormation => CloudFormationIn(null);

    public IAmazonSecurityTokenService Sts => _sts.Value;

    public IAmazonSecretsManager SecretsManager => _secretsManager.Value;

    /// <summary>ECR of one region.</summary>
    /// <param name="region">"us-east-1"; null: the environment's own.</param>
    public IAmazonECR EcrIn(string? region) => _ecr.GetOrAdd(region ?? Settings.Region, name =>
        Client<IAmazonECR, AmazonECRConfig>(config => new AmazonECRClient(config), (credentials, config) => new AmazonECRClient(credentials, config), region: name)).Value;

    public IAmazonRDS Rds => _rds.Value;

    public IAmazonElastiCache ElastiCache => _elastiCache.Value;

    public IAmazonCloudWatch CloudWatch => _cloudWatch.Value;

    /// <summary>The one of the whole account: it lives in us-east-1.</summary>
    public IAmazonCostExplorer CostExplorer => _costExplorer.Value;

    /// <summary>Certificates of one region: CloudFront's are in us-east-1.</summary>
    public IAmazonCertificateManager CertificateManagerIn(string region) => _certificateManager.GetOrAdd(region, name =>
        Client<IAmazonCertificateManager, AmazonCertificateManagerConfig>(
            config => new AmazonCertificateManagerClient(config), (credentials, config) => new AmazonCertificateManagerClient(credentials, config), region: name)).Value;

    /// <summary>CloudFormation of one region.</summary>
    /// <param name="region">"us-east-1"; null: the environment's own.</param>
    public IAmazonCloudFormation CloudFormationIn(string? region) => _cloudFormation.GetOrAdd(region ?? Settings.Region, name =>
        Client<IAmazonCloudFormation, AmazonCloudFormationConfig>(
            config => new AmazonCloudFormationClient(config), (credentials, config) => new AmazonCloudFormationClient(credentials, config),
            // Many stacks are followed at once and for long: what is throttled waits (up to 20 s a time) rather than fails.
            config => config.MaxErrorRetry = Settings.Retries ?? 10,
            region: name)).Value;

    public void Dispose()
    {
        lock (_made)
        {
            _made.ForEach(client => client.Dispose());
            _made.Clear();
        }
    }

    private Lazy<TClient> Client<TClient, TConfig>(
        Func<TConfig, TClient> withChain, Func<AWSCredentials, TConfig, TClient> withCredentials, Action<TConfig>? adjust = null, string? region = null)
        where TClient : IDisposable
        where TConfig : ClientConfig, new() => new(() =>
    {
        var config = new TConfig
        {
            RegionEndpoint = RegionEndpoint.GetBySystemName(region ?? Settings.Region),
            RetryMode = RequestRetryMode.Standard,
            MaxErrorRetry = Settings.Retries ?? 4,
        };
        if (Settings.EndpointUrl is not null)
        {
            config.ServiceURL = Settings.EndpointUrl.ToString();
        }

        // With a service URL the SDK forgets RegionEndpoint and would sign for AWS_REGION or us-east-1.
        config.AuthenticationRegion = region ?? Settings.Region;
        adjust?.Invoke(config);
        var client = Settings.Credentials is null ? withChain(config) : withCredentials(Settings.Credentials, config);
        lock (_made)
        {
            _made.Add(client);
        }

        return client;
    });
}
