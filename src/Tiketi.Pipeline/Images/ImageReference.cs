namespace Tiketi.Pipeline.Images;

/// <summary>An image's name in full, as Docker completes it: <c>node:20</c> is <c>docker.io/library/node:20</c>.</summary>
/// <param name="Registry">Host, with a port if there is one: "docker.io".</param>
/// <param name="Path">"library/node".</param>
/// <param name="Version">":20", "@sha256:..." or both; ":latest" where the name has none.</param>
internal sealed record ImageReference(string Registry, string Path, string Version)
{
    public const string DockerHub = "docker.io";

    public static ImageReference Parse(string image)
    {
        var digest = image.IndexOf('@', StringComparison.Ordinal);
        var (name, version) = digest < 0 ? (image, "") : (image[..digest], image[digest..]);
        var colon = name.LastIndexOf(':');
        if (colon > name.LastIndexOf('/'))
        {
            (name, version) = (name[..colon], name[colon..] + version);
        }

        // as in Docker: what stands before the first slash is a host if it could be no path
        var slash = name.IndexOf('/', StringComparison.Ordinal);
        var first = slash < 0 ? "" : name[..slash];
        var isHost = first.IndexOfAny(['.', ':']) >= 0 || first == "localhost";
        var registry = !isHost || first == "index.docker.io" ? DockerHub : first;
        var path = isHost ? name[(slash + 1)..] : name;
        return new ImageReference(registry, registry == DockerHub && !path.Contains('/', StringComparison.Ordinal) ? "library/" + path : path, version.Length > 0 ? version : ":latest");
    }

    public override string ToString() => $"{Registry}/{Path}{Version}";
}
