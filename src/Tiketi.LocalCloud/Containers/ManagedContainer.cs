namespace Tiketi.LocalCloud.Containers;

/// <summary>A container that stands for a managed service.</summary>
/// <param name="Name">The container's name, unique on the engine.</param>
/// <param name="Script">What `sh -c` runs as root: it finds the server in the image, Debian-bootstrapped or official, and replaces itself by it.</param>
/// <param name="Volume">The named volume with the data, and where it is mounted.</param>
/// <param name="Aliases">Names under which pods reach it.</param>
/// <param name="StopSignal">The signal for an orderly end.</param>
internal sealed record ManagedContainer(
    string Name,
    string Image,
    string Script,
    IReadOnlyDictionary<string, string> Environment,
    (string Name, string Target) Volume,
    IReadOnlyList<string> Aliases,
    string StopSignal);
