using Tiketi.Pipeline.Registry.Scanning;

namespace Tiketi.Pipeline.Configuration;

/// <summary>Where the pipeline deploys to: the guide's defaults, overridden by <c>environments/NAME.yaml</c>.</summary>
public sealed record EnvironmentSettings
{
    public required string Name { get; init; }

    /// <summary>The AWS region of everything but CloudFront's certificate and web ACL.</summary>
    public required string Region { get; init; }

    /// <summary>The public domain; null where addresses are given one by one.</summary>
    public string? Domain { get; init; }

    /// <summary>Where people open the site. With a domain: <c>https://DOMAIN</c>.</summary>
    public required Uri SiteUrl { get; init; }

    /// <summary>Where the site and its users reach the services. With a domain: <c>https://api.DOMAIN</c>.</summary>
    public required Uri ApiUrl { get; init; }

    /// <summary>What the cluster's nodes run: "linux/amd64" or "linux/arm64".</summary>
    public required string Platform { get; init; }

    /// <summary>The Kubernetes namespace of the services.</summary>
    public string Namespace { get; init; } = "tiketi";

    /// <summary>The folder under k8s/overlays; the environment's name unless stated.</summary>
    public required string Overlay { get; init; }

    public string? GoogleClientId { get; init; }

    /// <summary>Values of template parameters that differ from the templates' own defaults; each stack of infra/ gets those that it declares.</summary>
    public required IReadOnlyDictionary<string, string> Parameters { get; init; }

    /// <summary>From which severity upward a finding of the registry's scan fails a run: critical unless stated; null ("off", and the local cloud's default) for none.</summary>
    public Severity? FailOnSeverity { get; init; }

    /// <summary>Where base images come from instead of public registries: a registry or a part of one to what stands in its place.</summary>
    public IReadOnlyDictionary<string, string> ImageMirrors { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>How strictly SmokeTest judges here.</summary>
    public SmokeTestSettings SmokeTest { get; init; } = new();

    /// <summary>Set where the environment is the embedded local cloud.</summary>
    public LocalCloudPorts? LocalCloud { get; init; }
}

/// <summary>How strictly SmokeTest judges one environment.</summary>
public sealed record SmokeTestSettings
{
    /// <summary>Ids of checks whose failure is only a warning.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Ids of checks that make no sense here.</summary>
    public IReadOnlyList<string> Skip { get; init; } = [];

    /// <summary>How long a WebSocket has to survive: 60 s unless stated, 5 s on the local cloud, which has no idle time-out.</summary>
    public TimeSpan WebSocketHold { get; init; } = TimeSpan.FromSeconds(60);
}

/// <summary>The loopback ports of the local cloud.</summary>
public sealed record LocalCloudPorts(int Aws, int Kubernetes, int Ingress, int Cdn);
