namespace Tiketi.Pipeline.Infrastructure;

/// <summary>A plan as people read it: what is at risk first, then stack by stack, then the sum.</summary>
public static class PlanText
{
    private const string Gap = "...";
    private const int MostProperties = 12;

    /// <summary>The plan in lines of at most <paramref name="width"/> characters (which is at least 60).</summary>
    public static IReadOnlyList<string> Render(InfrastructurePlan plan, int width)
    {
        ArgumentNullException.ThrowIfNull(plan);
        width = Math.Max(width, 60);
        var changing = plan.Stacks.Where(stack => stack.Action != StackAction.None).ToList();
        var unchanged = plan.Stacks.Where(stack => stack.Action == StackAction.None).Select(stack => stack.Name).ToList();
        return
        [
            .. Risks(plan, width),
            .. changing.SelectMany(stack => Lines(stack, width)),
            .. unchanged.Count == 0 ? [] : Wrap($"no change: {string.Join(", ", unchanged)}", "  ", width),
            .. plan.LeftOut.SelectMany(stack => Wrap($"left out: {stack.Key}, because {stack.Value} has no value here", "  ", width)),
            .. Wrap(Sum(plan, changing), "  ", width),
        ];
    }

    private static IEnumerable<string> Risks(InfrastructurePlan plan, int width) => plan.Risks.Count == 0 ? [] :
    [
        .. Wrap("DATA AT RISK: take the change back, or keep a copy and allow it with --allow-replacement", "  ", width),
        .. plan.Risks.SelectMany(risk => Wrap($"  ! {risk}", "      ", width)),
    ];

    private static IEnumerable<string> Lines(StackPlan stack, int width)
    {
        var title = stack.Action switch
        {
            StackAction.Create => $"{stack.Name}: create {Count(stack.Changes.Count, "resource")}",
            StackAction.Recreate => $"{stack.Name}: delete what a failed creation left, then create {Count(stack.Changes.Count, "resource")}",
            _ when stack.FromTemplate => $"{stack.Name}: update; its changes show once the stacks that it takes values from are applied",
            _ when stack.Changes.Count == 0 => $"{stack.Name}: update its outputs or tags; no resource changes",
            _ => $"{stack.Name}: update, {Count(stack.Changes.Count, "change")}",
        };
        return
        [
            .. Wrap(title, "  ", width),
            .. stack.Action == StackAction.Update ? stack.Changes.OrderBy(Rank).ThenBy(change => change.LogicalId, StringComparer.Ordinal).SelectMany(change => Lines(change, stack, width))
                : Wrap("  + " + string.Join(", ", stack.Changes.GroupBy(change => ResourceTypes.NameOf(change.Type)).Select(group => group.Count() == 1 ? group.Key : $"{group.Count()} x {group.Key}")), "    ", width),
        ];
    }

    private static IEnumerable<string> Lines(PlannedChange change, StackPlan stack, int width)
    {
        var column = Math.Min(stack.Changes.Max(other => other.LogicalId.Length), 32);
        var (sign, note) = change switch
        {
            { Action: "Add" or "Import" } => ("+", ""),
            { Action: "Remove" } => ("-", change.PolicyAction is "Retain" ? ", leaves the stack and stays" : ""),
            { Replacement: "True" } => ("!", ", REPLACED"),
            { Replacement: "Conditional" } => ("!", ", perhaps REPLACED"),
            _ => ("~", ""),
        };
        yield return Fit($"  {sign} {change.LogicalId.PadRight(column)}  {ResourceTypes.NameOf(change.Type)}{note}", width);
        foreach (var property in change.Properties.Take(MostProperties))
        {
            yield return Property(property, width);
        }

        if (change.Properties.Count > MostProperties)
        {
            yield return $"      and {Count(change.Properties.Count - MostProperties, "property", "properties")} more";
        }
    }

    /// <summary>"Path: before -> after"; long values lose what they have in common, then their middle, so that the difference is seen.</summary>
    private static string Property(PropertyChange property, int width)
    {
        var head = $"      {property.Path}";
        if (property.Before is null && property.After is null)
        {
            return Fit(head, width);
        }

        var (before, after) = (Flat(property.Before ?? "none"), Flat(property.After ?? "none"));
        var tail = property.Replaces ? "  (new resource)" : "";
        var room = Math.Max(width - head.Length - ": ".Length - " -> ".Length - tail.Length, 20);
        if (before.Length + after.Length > room)
        {
            (before, after) = Differing(before, after);
        }

        var share = Math.Max(room / 2, room - after.Length);
        before = Fit(before, share);
        return Fit($"{head}: {before} -> {Fit(after, Math.Max(room - before.Length, 10))}{tail}", width);
    }

    /// <summary>Both without all but the last and first few characters of what they begin and end with alike.</summary>
    private static (string Before, string After) Differing(string before, string after)
    {
        const int Context = 4;
        var shorter = Math.Min(before.Length, after.Length);
        var head = before.AsSpan().CommonPrefixLength(after);
        var tail = 0;
        while (tail < shorter - head && before[^(tail + 1)] == after[^(tail + 1)])
        {
            tail++;
        }

        return (Cut(before), Cut(after));

        string Cut(string value)
        {
            var (start, end) = (Math.Max(head - Context, 0), Math.Max(tail - Context, 0));
            return (start > Gap.Length ? Gap + value[start..^end] : value[..^end]) + (end > Gap.Length ? Gap : value[^end..]);
        }
    }

    private static string Sum(InfrastructurePlan plan, List<StackPlan> changing)
    {
        if (changing.Count == 0)
        {
            return $"Nothing to change: {Count(plan.Stacks.Count, "stack")} as infra/ says.";
        }

        var ranks = changing.SelectMany(stack => stack.Changes).CountBy(Rank).ToDictionary(group => group.Key, group => group.Value);
        var parts = new[] { (3, "to add"), (1, "to change"), (0, "to replace"), (2, "to delete") }
            .Where(part => ranks.ContainsKey(part.Item1)).Select(part => $"{ranks[part.Item1]} {part.Item2}").ToList();
        return $"Plan: {Count(changing.Count, "stack")} of {plan.Stacks.Count}; resources: {(parts.Count == 0 ? "none" : string.Join(", ", parts))}.";
    }

    private static int Rank(PlannedChange change) => change switch
    {
        { Replacement: "True" or "Conditional" } => 0,
        { Action: "Remove" } => 2,
        { Action: "Add" or "Import" } => 3,
        _ => 1,
    };

    private static string Count(int count, string one, string? many = null) => count == 1 ? $"1 {one}" : $"{count} {many ?? one + "s"}";

    private static string Flat(string value) => value.ReplaceLineEndings(" ");

    private static string Fit(string text, int width)
    {
        if (text.Length <= width)
        {
            return text;
        }

        var tail = (width - Gap.Length) / 3;
        return text[..(width - Gap.Length - tail)] + Gap + text[^tail..];
    }

    private static IEnumerable<string> Wrap(string text, string indent, int width)
    {
        while (text.Length > width)
        {
            var cut = text.LastIndexOf(' ', width);
            if (cut <= indent.Length)
            {
                break; // one word longer than a line
            }

            yield return text[..cut];
            text = indent + text[(cut + 1)..];
        }

        yield return text;
    }
}
