using System.Globalization;
using Tiketi.Pipeline.Configuration;

namespace Tiketi.Pipeline.Images;

/// <summary>One image to have: what it is made from and for which platform.</summary>
public sealed record ImageRequest
{
    /// <summary>The build argument by which builders learn what time it is to be inside an image (reproducible-builds.org).</summary>
    internal const string SourceDateArgument = "SOURCE_DATE_EPOCH";

    /// <summary>The service's catalogue name, for messages.</summary>
    public required string Service { get; init; }

    /// <summary>Full path of the build context.</summary>
    public required string Context { get; init; }

    /// <summary>Full path of the Dockerfile.</summary>
    public required string Dockerfile { get; init; }

    public string? Target { get; init; }

    public IReadOnlyDictionary<string, string> BuildArguments { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>"linux/amd64" or "linux/arm64".</summary>
    public required string Platform { get; init; }

    /// <summary>The repository without registry host, "tiketi/backend": the local image's name, and the one in the registry.</summary>
    public required string Repository { get; init; }

    /// <summary>OCI annotations (revision, version, created ...). They say where an image came from, so they are no input of it.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The same with SOURCE_DATE_EPOCH as a build argument; one that is given already stays.</summary>
    internal ImageRequest At(DateTimeOffset date) => BuildArguments.ContainsKey(SourceDateArgument)
        ? this
        : this with { BuildArguments = BuildArguments.Append(new(SourceDateArgument, date.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture))).ToDictionary(StringComparer.Ordinal) };

    /// <param name="service">The service as configured.</param>
    /// <param name="applicationRoot">What the service's paths are relative to.</param>
    /// <param name="buildArguments">Arguments for every service (NODE_IMAGE ...); the service's own win.</param>
    /// <param name="labels">OCI annotations for every service.</param>
    public static ImageRequest For(
        ServiceDefinition service,
        string applicationRoot,
        IReadOnlyDictionary<string, string>? buildArguments = null,
        IReadOnlyDictionary<string, string>? labels = null)
    {
        var context = Path.GetFullPath(service.Context, Path.GetFullPath(applicationRoot));
        var arguments = new Dictionary<string, string>(buildArguments ?? new Dictionary<string, string>(StringComparer.Ordinal), StringComparer.Ordinal);
        foreach (var (name, value) in service.BuildArguments)
        {
            arguments[name] = value;
        }

        return new ImageRequest
        {
            Service = service.Name,
            Context = context,
            Dockerfile = service.Dockerfile.StartsWith("./", StringComparison.Ordinal)
                ? Path.GetFullPath(service.Dockerfile, Path.GetFullPath(applicationRoot))
                : Path.GetFullPath(service.Dockerfile, context),
            Target = service.Target,
            BuildArguments = arguments,
            Platform = service.Platform,
            Repository = service.Repository,
            Labels = labels ?? new Dictionary<string, string>(StringComparer.Ordinal),
        };
    }
}
