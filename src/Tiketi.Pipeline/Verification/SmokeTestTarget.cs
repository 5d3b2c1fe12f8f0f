using System.Net;
using Amazon.CertificateManager;
using Amazon.CloudFormation;
using Amazon.CloudFront;
using Amazon.CloudWatch;
using Amazon.ElastiCache;
using Amazon.ElasticLoadBalancingV2;
using Amazon.RDS;
using Amazon.S3;
using Amazon.SecretsManager;
using k8s;
using Tiketi.Pipeline.Configuration;

namespace Tiketi.Pipeline.Verification;

/// <summary>The deployed system to look at. What is null or empty here is not looked at, and reported as skipped.</summary>
public sealed record SmokeTestTarget
{
    /// <summary>The services' public address (https://api.DOMAIN).</summary>
    public required Uri ApiUrl { get; init; }

    /// <summary>The site's public address (https://DOMAIN).</summary>
    public required Uri SiteUrl { get; init; }

    public required IReadOnlyList<ServiceDefinition> Services { get; init; }

    /// <summary>The Kubernetes namespace of the services.</summary>
    public string Namespace { get; init; } = "tiketi";

    /// <summary>Register a throw-away user and send it through login and a queue. Leaves one row in the users table.</summary>
    public bool RegisterUser { get; init; } = true;

    /// <summary>How long a WebSocket has to survive; a load balancer's idle time-out shows after 60 s.</summary>
    public TimeSpan WebSocketHold { get; init; } = TimeSpan.FromSeconds(60);

    public IKubernetes? Cluster { get; init; }

    /// <summary>The names of the stacks that the deployment consists of, each with CloudFormation of its region.</summary>
    public IReadOnlyDictionary<string, IAmazonCloudFormation> Stacks { get; init; } = new Dictionary<string, IAmazonCloudFormation>(StringComparer.Ordinal);

    public IAmazonCloudFront? CloudFront { get; init; }

    public string? DistributionId { get; init; }

    public IAmazonS3? S3 { get; init; }

    /// <summary>The bucket that the distribution serves.</summary>
    public string? SiteBucket { get; init; }

    public IAmazonSecretsManager? SecretsManager { get; init; }

    public IAmazonRDS? Rds { get; init; }

    public IAmazonElastiCache? ElastiCache { get; init; }

    public IAmazonElasticLoadBalancingV2? LoadBalancing { get; init; }

    public IAmazonCloudWatch? CloudWatch { get; init; }

    /// <summary>Certificates of a region.</summary>
    public Func<string, IAmazonCertificateManager>? CertificatesIn { get; init; }

    /// <summary>The public domain; null where addresses are given one by one, so that no name is expected to lead anywhere.</summary>
    public string? Domain { get; init; }

    /// <summary>Asks DNS for a name's addresses.</summary>
    public Func<string, CancellationToken, Task<IPAddress[]>> Resolve { get; init; } = Dns.GetHostAddressesAsync;

    /// <summary>The site's client id at Google; null where nobody logs in with Google.</summary>
    public string? GoogleClientId { get; init; }

    /// <summary>Where Google begins a login.</summary>
    public Uri GoogleLogin { get; init; } = new("https://accounts.google.com/o/oauth2/v2/auth");
}

/// <summary>The checks of guide chapters 16, 18 and 19 for one target.</summary>
public static class SmokeTestChecks
{
    /// <param name="target">What to look at.</param>
    /// <param name="time">For time-outs and retries.</param>
    /// <param name="http">Sends the checks' requests; must not follow redirects out of sight of a proxy that the caller wants used.</param>
    public static IReadOnlyList<ICheck> For(SmokeTestTarget target, TimeProvider time, HttpClient http)
    {
        var inventory = new StackInventory(target.Stacks);
        return
        [
            .. Checks.ApiChecks.For(target, time, http),
            .. Checks.UploadChecks.For(target, http),
            .. Checks.SiteChecks.For(target, http),
            .. Checks.AwsChecks.For(target),
            .. Checks.DataChecks.For(target, inventory, time),
            .. Checks.SecretChecks.For(target, inventory),
            .. Checks.EdgeChecks.For(target, inventory, time),
            .. Checks.AlarmChecks.For(target, inventory),
            .. Checks.LoadBalancerChecks.For(target, time),
            .. Checks.ClusterChecks.For(target, time, http),
        ];
    }
}
