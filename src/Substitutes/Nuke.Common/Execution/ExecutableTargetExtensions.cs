#nullable disable
using Nuke.Common.Execution;

namespace Nuke.Common;

/// <summary>Lets collections of targets be asked for a target property.</summary>
public static class ExecutableTargetExtensions
{
    public static bool Contains(this IEnumerable<ExecutableTarget> targets, Target target)
    {
        return targets.Any(x => x.Factory.Equals(target));
    }

    public static bool Contains(this IEnumerable<ExecutableTarget> targets, Setup target)
    {
        return targets.Any(x => x.Factory.Equals(target));
    }

    public static bool Contains(this IEnumerable<ExecutableTarget> targets, Cleanup target)
    {
        return targets.Any(x => x.Factory.Equals(target));
    }
}
