namespace Tiketi.Pipeline.Registry.Sbom;

/// <summary>One package that is in an image.</summary>
/// <param name="Purl">Its package URL (github.com/package-url/purl-spec), which also names it in the SBOM.</param>
/// <param name="Group">The scope of an npm package, "@redis"; null otherwise.</param>
/// <param name="Name">Without the scope.</param>
/// <param name="Version">As the package manager states it.</param>
/// <param name="License">As the package states it; null where it does not.</param>
internal sealed record Component(string Purl, string? Group, string Name, string Version, string? License);

/// <summary>What is written about one image.</summary>
/// <param name="Service">The service's catalogue name.</param>
/// <param name="File">Full path of the CycloneDX document; null when there is none.</param>
/// <param name="Components">How many packages it names.</param>
/// <param name="Problem">Why there is none.</param>
public sealed record SbomResult(string Service, string? File, int Components, string? Problem = null);
