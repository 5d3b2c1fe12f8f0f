using System.Reflection;
using Nuke.Common.CI.GitHubActions;
using Nuke.Common.Execution;

namespace Nuke.Common;

/// <summary>Finds out where the build runs.</summary>
internal static class HostDetection
{
    private static readonly (Type Type, Func<bool> IsRunning, Func<Host> Create)[] s_known =
    [
        (typeof(GitHubActions), () => GitHubActions.IsRunningGitHubActions, () => new GitHubActions()),
        (typeof(Rider), () => Rider.IsRunningRider, () => new Rider()),
        (typeof(VSCode), () => VSCode.IsRunningVSCode, () => new VSCode()),
        (typeof(VisualStudio), () => VisualStudio.IsRunningVisualStudio, () => new VisualStudio()),
        (typeof(Terminal), () => Terminal.IsRunningTerminal, () => new Terminal()),
    ];

    /// <param name="requested">The end of a host's full type name, or null to detect.</param>
    /// <param name="buildAssembly">Searched for further hosts only when the name is none of the known ones.</param>
    public static Host Get(string? requested, Assembly? buildAssembly)
    {
        if (requested == null)
            return Array.Find(s_known, x => x.IsRunning()).Create();
        var known = Array.Find(s_known, x => Matches(x.Type, requested));
        if (known.Create != null)
            return known.Create();
        var own = buildAssembly?.GetTypes().Where(x => typeof(Host).IsAssignableFrom(x) && !x.IsAbstract).ToList() ?? [];
        var type = own.Find(x => Matches(x, requested))
            ?? throw new BuildInputException(
                $"Host '{requested}' does not exist. Available hosts are: {string.Join(", ", s_known.Select(x => x.Type).Concat(own).Select(x => x.Name))}");
        return (Host)Activator.CreateInstance(type, nonPublic: true)!;
    }

    private static bool Matches(Type type, string requested) =>
        requested.Length > 0 && type.FullName!.EndsWith(requested, StringComparison.OrdinalIgnoreCase);
}
