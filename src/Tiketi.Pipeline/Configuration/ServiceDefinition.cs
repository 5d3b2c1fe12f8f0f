namespace Tiketi.Pipeline.Configuration;

/// <summary>One service of the catalogue: the built-in defaults, overridden by the application's <c>tiketi.yaml</c>.</summary>
public sealed record ServiceDefinition
{
    /// <summary>The catalogue name: "backend", "auth-service" ... Also the Deployment's name and its <c>app</c> label.</summary>
    public required string Name { get; init; }

    /// <summary>Build context, relative to the application root.</summary>
    public required string Context { get; init; }

    /// <summary>Dockerfile, relative to the build context unless rooted at the application with a leading <c>./</c>.</summary>
    public string Dockerfile { get; init; } = "Dockerfile";

    public string? Target { get; init; }

    public IReadOnlyDictionary<string, string> BuildArguments { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The container's port.</summary>
    public required int Port { get; init; }

    /// <summary>The Kubernetes Service in front of it.</summary>
    public required string KubernetesService { get; init; }

    /// <summary>The path prefix on the load balancer that reaches it.</summary>
    public required string Path { get; init; }

    /// <summary>The ECR repository, without registry host.</summary>
    public required string Repository { get; init; }

    /// <summary>"linux/amd64" or "linux/arm64".</summary>
    public required string Platform { get; init; }

    /// <summary>How many pods; null leaves it to the manifests.</summary>
    public int? Replicas { get; init; }
}
