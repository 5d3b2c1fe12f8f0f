namespace Tiketi.LocalCloud.Hosting;

/// <summary>How one local cloud is set up. Every port is on loopback.</summary>
public sealed record LocalCloudSettings
{
    /// <summary>The account that every ARN names.</summary>
    public const string AccountId = "000000000000";

    /// <summary>The folder that holds all state: it survives a restart, and deleting it resets the cloud.</summary>
    public required string StateDirectory { get; init; }

    public string Region { get; init; } = "ap-northeast-2";

    /// <summary>Every AWS API and the container registry (ECR's <c>/v2/</c>), plain HTTP.</summary>
    public int AwsPort { get; init; } = 4566;

    /// <summary>The Kubernetes API, HTTPS with the cluster's own certificate authority.</summary>
    public int KubernetesPort { get; init; } = 4567;

    /// <summary>What an Ingress of the cluster serves, plain HTTP.</summary>
    public int IngressPort { get; init; } = 8080;

    /// <summary>The first CloudFront distribution; each further one takes the next port up.</summary>
    public int CdnPort { get; init; } = 8081;

    /// <summary>The Docker engine that runs pods, databases and caches, as in DOCKER_HOST.</summary>
    public required string DockerHost { get; init; }

    /// <summary>Images for the containers that stand for managed services, as references the engine has or can pull.</summary>
    public required string PostgresImage { get; init; }

    public required string RedisImage { get; init; }
}
