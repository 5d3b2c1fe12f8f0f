using Amazon.CloudFormation;
using Amazon.CloudFront;
using Amazon.S3;
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

    public IKubernetes? Cluster { get; init; }

    /// <summary>The names of the stacks that the deployment consists of, each with CloudFormation of its region.</summary>
    public IReadOnlyDictionary<string, IAmazonCloudFormation> Stacks { get; init; } = new Dictionary<string, IAmazonCloudFormation>(StringComparer.Ordinal);

    public IAmazonCloudFront? CloudFront { get; init; }

    public string? DistributionId { get; init; }

    public IAmazonS3? S3 { get; init; }

    /// <summary>The bucket that the distribution serves.</summary>
    public string? SiteBucket { get; init; }
}

/// <summary>The checks of guide chapters 16, 18 and 19 for one target.</summary>
public static class SmokeTestChecks
{
    /// <param name="target">What to look at.</param>
    /// <param name="time">For time-outs and retries.</param>
    /// <param name="http">Sends the checks' requests; must not follow redirects out of sight of a proxy that the caller wants used.</param>
    public static IReadOnlyList<ICheck> For(SmokeTestTarget target, TimeProvider time, HttpClient http) =>
    [
        .. Checks.ApiChecks.For(target, http),
        .. Checks.SiteChecks.For(target, http),
        .. Checks.AwsChecks.For(target),
        .. Checks.ClusterChecks.For(target, time, http),
    ];
}
