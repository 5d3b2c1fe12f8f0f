namespace Tiketi.Pipeline.Registry.Pruning;

/// <summary>Something that needs an image.</summary>
/// <param name="Reference">The image as it is named there: "host/tiketi/backend@sha256:...", or with a tag.</param>
/// <param name="User">Who: "Deployment tiketi/backend", "release 12 (v1.4.0)".</param>
public sealed record ImageUse(string Reference, string User)
{
    private int At => Reference.IndexOf('@', StringComparison.Ordinal);

    /// <summary>"sha256:..."; null where a tag is named.</summary>
    internal string? Digest => At < 0 ? null : Reference[(At + 1)..];

    /// <summary>What a tag names; "latest" where there is none. Null where a digest is named: it decides then.</summary>
    internal string? Tag => At >= 0 ? null : Colon < 0 ? "latest" : Reference[(Colon + 1)..];

    /// <summary>With registry host.</summary>
    internal string RepositoryUri => At >= 0 ? Strip(Reference[..At]) : Colon < 0 ? Reference : Reference[..Colon];

    /// <summary>The colon of the tag, not that of a port.</summary>
    private int Colon => Reference.LastIndexOf(':') is var colon && colon > Reference.LastIndexOf('/') ? colon : -1;

    /// <summary>"repository:tag@sha256:..." is allowed, and runtimes put a scheme before image ids.</summary>
    private static string Strip(string name)
    {
        var scheme = name.IndexOf("://", StringComparison.Ordinal);
        var bare = scheme < 0 ? name : name[(scheme + 3)..];
        var colon = bare.LastIndexOf(':');
        return colon > bare.LastIndexOf('/') ? bare[..colon] : bare;
    }
}

/// <summary>The images that one environment needs.</summary>
/// <param name="Environment">Its name.</param>
/// <param name="Uses">What runs there, and what its last releases named.</param>
/// <param name="Unknown">Why it could not be asked: then nobody knows what may go. Null when it could, or is not in this account.</param>
public sealed record EnvironmentUse(string Environment, IReadOnlyList<ImageUse> Uses, string? Unknown = null);
