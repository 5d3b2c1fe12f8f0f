using Tiketi.Pipeline.Images;
using Tiketi.Pipeline.Registry.Scanning;

namespace Tiketi.Pipeline.Registry;

/// <summary>One image to have in the registry.</summary>
/// <param name="Image">As BuildImages left it.</param>
/// <param name="RepositoryUri">With registry host, as CloudFormation's output or DescribeRepositories gives it: "123456789012.dkr.ecr.ap-northeast-2.amazonaws.com/tiketi/backend".</param>
public sealed record PublishRequest(BuiltImage Image, string RepositoryUri)
{
    /// <summary>The part before the first slash.</summary>
    public string Host => RepositoryUri[..RepositoryUri.IndexOf('/', StringComparison.Ordinal)];

    /// <summary>The part after it.</summary>
    public string RepositoryName => RepositoryUri[(Host.Length + 1)..];
}

/// <summary>What had to be done for an image.</summary>
public enum PublishAction
{
    /// <summary>The registry had the image and all its tags.</summary>
    Unchanged,

    /// <summary>The registry had the image; tags were moved to it, no layer was sent.</summary>
    Tagged,

    /// <summary>The image was sent.</summary>
    Pushed,
}

/// <summary>An image that is in the registry, verified.</summary>
/// <param name="Service">The service's catalogue name.</param>
/// <param name="RepositoryUri">With registry host.</param>
/// <param name="Digest">Of the manifest: "sha256:...".</param>
/// <param name="Action">What was done.</param>
/// <param name="Duration">How long it took.</param>
public sealed record PublishedImage(string Service, string RepositoryUri, string Digest, PublishAction Action, TimeSpan Duration)
{
    /// <summary>What a Deployment names: it can never become another image.</summary>
    public string Reference => $"{RepositoryUri}@{Digest}";

    /// <summary>What ECR said of the image's vulnerability scan along with the image itself; null when it said nothing.</summary>
    public ScanSummary? Scan { get; init; }

    /// <summary>Without registry host: "tiketi/backend".</summary>
    public string RepositoryName => RepositoryUri[(RepositoryUri.IndexOf('/', StringComparison.Ordinal) + 1)..];
}

/// <summary>What PushEcr did, in the order of the requests.</summary>
/// <param name="Images">One for each request.</param>
/// <param name="RegistryRequests">Requests of ours to the registry and its API, those of the search before a build included, those of the engine's pushes not.</param>
public sealed record PublishReport(IReadOnlyList<PublishedImage> Images, int RegistryRequests)
{
    public int Pushed => Images.Count(image => image.Action == PublishAction.Pushed);

    public int Tagged => Images.Count(image => image.Action == PublishAction.Tagged);

    public int Unchanged => Images.Count(image => image.Action == PublishAction.Unchanged);
}
