namespace Tiketi.LocalCloud.Hosting;

/// <summary>The Docker network that pods, databases and caches share; Docker's own DNS resolves their aliases in it.</summary>
public static class PodNetwork
{
    public const string Name = "tiketi-local-cloud";

    /// <summary>Label on every container, volume and network of ours, so that only our own are ever removed.</summary>
    public const string OwnerLabel = "tiketi.local-cloud";
}
