using Nuke.Common.Execution;

namespace Nuke.Common.Parameters;

/// <summary>Finds the targets that the command line names.</summary>
internal static class TargetSelection
{
    /// <summary>Marks the invoked targets.</summary>
    /// <returns>A problem for each unknown name.</returns>
    public static IReadOnlyList<string> Apply(IReadOnlyCollection<ExecutableTarget> targets, BuildSession session)
    {
        // Words on the command line stand above the option, and both above a parameters file.
        var positional = session.Parameters.CommandLine.Positional.SelectMany(x => x.Split('+', StringSplitOptions.RemoveEmptyEntries)).ToList();
        var named = session.Parameters.CommandLine.Options.ContainsKey("target") || positional.Count == 0
            ? session.Engine.Target ?? []
            : [];
        var problems = new List<string>();
        foreach (var name in positional.Concat(named))
        {
            if (Find(targets, name) is { } target)
                target.Invoked = true;
            else
                problems.Add(GetUnknown(targets, name));
        }

        problems.AddRange((session.Engine.Skip ?? []).Where(x => Find(targets, x) == null).Select(x => GetUnknown(targets, x)));
        return problems;
    }

    /// <summary>The target of a name; case and dashes do not matter.</summary>
    public static ExecutableTarget? Find(IEnumerable<ExecutableTarget> targets, string name) =>
        targets.FirstOrDefault(x => CommandLine.Normalize(x.Name) == CommandLine.Normalize(name));

    private static string GetUnknown(IReadOnlyCollection<ExecutableTarget> targets, string name)
    {
        var nearest = Suggestions.GetNearest(name, targets.Where(x => x.Listed).Select(x => x.Name));
        return $"Target with name '{name}' does not exist."
            + (nearest != null ? $" Did you mean '{nearest}'?" : string.Empty)
            + $" Available targets are: {string.Join(", ", targets.Where(x => x.Listed).Select(x => x.Name))}";
    }
}
