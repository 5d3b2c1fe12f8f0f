namespace Tiketi.LocalCloud.CloudFormation.Templates;

/// <summary>Which resource waits for which: explicit DependsOn and every reference.</summary>
internal sealed class DependencyGraph(IReadOnlyDictionary<string, IReadOnlyCollection<string>> dependencies)
{
    public static DependencyGraph Of(Template template) => new(template.Resources.Values.ToDictionary(
        resource => resource.LogicalId,
        resource => (IReadOnlyCollection<string>)[.. resource.DependsOn
            .Concat(References.In(resource.Properties).Select(reference => reference.Name))
            .Where(template.Resources.ContainsKey)
            .Distinct(StringComparer.Ordinal)],
        StringComparer.Ordinal));

    public IReadOnlyCollection<string> DependenciesOf(string name) => dependencies.GetValueOrDefault(name) ?? [];

    /// <summary>The names of one cycle, or null.</summary>
    public IReadOnlyList<string>? FindCycle()
    {
        var done = new HashSet<string>(StringComparer.Ordinal);
        foreach (var name in dependencies.Keys)
        {
            if (Walk(name, [], done) is { } cycle)
            {
                return cycle;
            }
        }

        return null;
    }

    /// <summary>The names, each after everything that it depends on.</summary>
    public IEnumerable<string> InOrder()
    {
        var done = new HashSet<string>(StringComparer.Ordinal);
        return dependencies.Keys.SelectMany(name => Visit(name, done));
    }

    /// <summary>
    /// Runs the work of every name as soon as the names before it are done, independent ones at the same time. After a failure
    /// nothing new starts, and what runs is awaited: a half-made resource whose id nobody knows could never be removed.
    /// </summary>
    /// <param name="names">What to run.</param>
    /// <param name="predecessors">Names that must be done first; those outside <paramref name="names"/> count as done.</param>
    /// <param name="work">Answers whether it succeeded.</param>
    /// <returns>The names whose work answered false.</returns>
    public static async Task<IReadOnlyList<string>> RunAsync(IEnumerable<string> names, Func<string, IEnumerable<string>> predecessors, Func<string, Task<bool>> work, bool stopAtFailure)
    {
        var waiting = names.ToHashSet(StringComparer.Ordinal);
        var open = new HashSet<string>(waiting, StringComparer.Ordinal);
        var running = new List<(Task<bool> Task, string Name)>(); // no map: tasks that end at once may be one and the same
        var failed = new List<string>();
        while (true)
        {
            if (failed.Count == 0 || !stopAtFailure)
            {
                foreach (var name in waiting.Where(name => !predecessors(name).Any(before => before != name && open.Contains(before))).ToList())
                {
                    waiting.Remove(name);
                    running.Add((work(name), name));
                }
            }

            if (running.Count == 0)
            {
                return failed;
            }

            await Task.WhenAny(running.Select(entry => entry.Task));
            foreach (var finished in running.Where(entry => entry.Task.IsCompleted).ToList())
            {
                running.Remove(finished);
                if (await finished.Task)
                {
                    open.Remove(finished.Name);
                }
                else
                {
                    failed.Add(finished.Name);
                }
            }
        }
    }

    private IEnumerable<string> Visit(string name, HashSet<string> done)
    {
        if (!done.Add(name))
        {
            yield break;
        }

        foreach (var before in DependenciesOf(name).SelectMany(dependency => Visit(dependency, done)))
        {
            yield return before;
        }

        yield return name;
    }

    private List<string>? Walk(string name, List<string> path, HashSet<string> done)
    {
        if (path.IndexOf(name) is >= 0 and var start)
        {
            return path[start..];
        }

        if (!done.Contains(name))
        {
            path.Add(name);
            foreach (var dependency in DependenciesOf(name))
            {
                if (Walk(dependency, path, done) is { } cycle)
                {
                    return cycle;
                }
            }

            path.RemoveAt(path.Count - 1);
            done.Add(name);
        }

        return null;
    }
}
