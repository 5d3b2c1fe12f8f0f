namespace Nuke.Common.Execution;

/// <summary>The extensions of a build, in the order of their priority.</summary>
internal sealed class BuildExtensions
{
    private readonly List<BuildExtensionAttributeBase> _extensions;
    private readonly Lock _lock = new();

    public BuildExtensions(NukeBuild build)
    {
        _extensions =
        [
            .. Attribute.GetCustomAttributes(build.GetType(), typeof(BuildExtensionAttributeBase), inherit: true)
                .Cast<BuildExtensionAttributeBase>()
                .OrderByDescending(x => x.Priority),
        ];
        _extensions.ForEach(x => x.Build = build);
    }

    /// <summary>Calls one hook of all extensions that have it. Targets run in parallel, hooks do not.</summary>
    public void Invoke<T>(Action<T> hook)
        where T : IBuildExtension
    {
        lock (_lock)
            _extensions.OfType<T>().ToList().ForEach(hook);
    }
}
