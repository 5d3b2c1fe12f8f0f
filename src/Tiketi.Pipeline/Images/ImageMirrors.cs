using System.Text.RegularExpressions;

namespace Tiketi.Pipeline.Images;

/// <summary>
/// Where base images come from instead of the public registry that a Dockerfile names: an ECR pull-through cache, or the
/// registry of a network without a way out. Keys are a registry ("docker.io") or a part of one ("docker.io/library/node");
/// values are what stands in the place of that key. The longest key that fits decides.
/// </summary>
public sealed partial class ImageMirrors(IReadOnlyDictionary<string, string> map)
{
    public static ImageMirrors None { get; } = new(new Dictionary<string, string>(StringComparer.Ordinal));

    /// <summary>The mirror's name of an image; null when it has none there.</summary>
    public string? Find(string image)
    {
        var reference = ImageReference.Parse(image);
        var name = $"{reference.Registry}/{reference.Path}";
        var key = map.Keys.Where(key => name == key || name.StartsWith(key + "/", StringComparison.Ordinal)).MaxBy(key => key.Length);
        return key is null ? null : map[key] + name[key.Length..] + reference.Version;
    }

    /// <summary>What is wrong with an entry; null when nothing is.</summary>
    internal static string? Problem(string key, string mirror)
    {
        var registry = key.Split('/')[0];
        if (registry.IndexOfAny(['.', ':']) < 0 && registry != "localhost")
        {
            var meant = registry.Contains("docker", StringComparison.OrdinalIgnoreCase) || registry.Contains("hub", StringComparison.OrdinalIgnoreCase)
                ? $"did you mean {ImageReference.DockerHub}?" : $"allowed: a registry, or a part of one, such as {ImageReference.DockerHub} or {ImageReference.DockerHub}/library/node";
            return $"'{registry}' is no registry; {meant}";
        }

        if (registry is "hub.docker.com" or "index.docker.io" or "registry-1.docker.io" or "docker.com")
        {
            return $"images name this registry '{ImageReference.DockerHub}'; did you mean {ImageReference.DockerHub}?";
        }

        return Place().IsMatch(mirror) ? null : $"'{mirror}' is no place in a registry; allowed: a host with an optional path and no tag, such as 111122223333.dkr.ecr.ap-northeast-2.amazonaws.com/docker-hub";
    }

    [GeneratedRegex(@"\A[A-Za-z0-9.-]+(:\d+)?(/[a-z0-9]+([._-]+[a-z0-9]+)*)*\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Place();
}
