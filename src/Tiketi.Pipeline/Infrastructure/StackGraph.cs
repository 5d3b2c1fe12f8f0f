namespace Tiketi.Pipeline.Infrastructure;

/// <summary>
/// The stacks and what each needs: a stack needs the one that exports what it imports, or whose output its metadata names as
/// a parameter's value. Names are compared as written, which is the same as comparing values because every stack of an
/// environment gets the same parameters.
/// </summary>
public sealed class StackGraph
{
    private readonly Dictionary<string, IReadOnlyList<string>> _needs;

    private StackGraph(IReadOnlyList<StackTemplate> stacks, Dictionary<string, IReadOnlyList<string>> needs)
    {
        Stacks = stacks;
        _needs = needs;
    }

    /// <summary>Every stack after all that it needs; alphabetical where the order is free.</summary>
    public IReadOnlyList<StackTemplate> Stacks { get; }

    /// <summary>The short names of the stacks that <paramref name="stack"/> imports from or gets parameters from.</summary>
    public IReadOnlyList<string> Needs(string stack) => _needs[stack];

    /// <summary>The short names of the stacks that need <paramref name="stack"/>.</summary>
    public IReadOnlyList<string> NeededBy(string stack) => [.. _needs.Where(entry => entry.Value.Contains(stack)).Select(entry => entry.Key)];

    /// <summary>Reads infra/ and orders it.</summary>
    /// <exception cref="PipelineException">A template is not readable, or <see cref="Build"/> finds no order.</exception>
    public static StackGraph Load(string folder) => Build(StackTemplate.LoadFolder(folder));

    /// <summary>Orders the stacks.</summary>
    /// <exception cref="PipelineException">An import nobody exports, an export made twice, an output that is not there, or a cycle.</exception>
    public static StackGraph Build(IReadOnlyCollection<StackTemplate> templates)
    {
        ArgumentNullException.ThrowIfNull(templates);
        var exporters = new Dictionary<string, (StackTemplate Stack, TemplateExport Export)>(StringComparer.Ordinal);
        foreach (var (template, export) in templates.SelectMany(template => template.Exports.Select(export => (template, export))))
        {
            if (!exporters.TryAdd(export.Name, (template, export)))
            {
                var (other, first) = exporters[export.Name];
                throw new PipelineException(
                    $"{template.File}({export.Line}): output {export.OutputKey} exports \"{export.Name}\", which output {first.OutputKey} of {other.File}({first.Line}) exports too.",
                    "Give one of them another export name.");
            }
        }

        var needs = templates.ToDictionary(template => template.Name, template => NeedsOf(template, exporters, templates), StringComparer.Ordinal);
        return new StackGraph(Order(templates, needs), needs);
    }

    private static IReadOnlyList<string> NeedsOf(
        StackTemplate template, Dictionary<string, (StackTemplate Stack, TemplateExport Export)> exporters, IReadOnlyCollection<StackTemplate> templates)
    {
        foreach (var import in template.Imports.Where(import => !exporters.ContainsKey(import.Name)))
        {
            var near = exporters.Keys.MinBy(name => Distance(name, import.Name));
            throw new PipelineException(
                $"{template.File}({import.Line}): {import.Path} imports \"{import.Name}\", which no stack exports.",
                near is null ? "Export it from the stack that has it." : $"Export it from the stack that has it, or correct the name; the nearest export is \"{near}\" ({exporters[near].Stack.File}).");
        }

        foreach (var (parameter, source) in template.Metadata.ParametersFrom)
        {
            var owner = templates.FirstOrDefault(other => other.Name == source.Stack) ?? throw new PipelineException(
                $"{template.File}({source.Line}): parameter {parameter} is to come from stack {source.Stack}, which is not there.",
                $"Name one of: {string.Join(", ", templates.Select(other => other.Name).Order(StringComparer.Ordinal))}.");
            if (!owner.Outputs.Contains(source.Output))
            {
                throw new PipelineException(
                    $"{template.File}({source.Line}): parameter {parameter} is to come from output {source.Output} of {owner.File}, which has none of that name.",
                    $"Name one of: {string.Join(", ", owner.Outputs)}.");
            }
        }

        return [.. template.Imports.Select(import => exporters[import.Name].Stack.Name)
            .Concat(template.Metadata.ParametersFrom.Values.Select(source => source.Stack))
            .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }

    private static List<StackTemplate> Order(IReadOnlyCollection<StackTemplate> templates, Dictionary<string, IReadOnlyList<string>> needs)
    {
        var ordered = new List<StackTemplate>();
        var left = templates.OrderBy(template => template.Name, StringComparer.Ordinal).ToList();
        while (left.Count > 0)
        {
            var ready = left.Find(template => needs[template.Name].All(need => ordered.Exists(done => done.Name == need)))
                ?? throw Cycle(left, needs);
            ordered.Add(ready);
            left.Remove(ready);
        }

        return ordered;
    }

    /// <summary>Follows needs until a stack comes up again; every stack left has one that is left too, so it must.</summary>
    private static PipelineException Cycle(List<StackTemplate> left, Dictionary<string, IReadOnlyList<string>> needs)
    {
        var path = new List<string> { left[0].Name };
        while (true)
        {
            var next = needs[path[^1]].First(need => left.Exists(template => template.Name == need));
            var start = path.IndexOf(next);
            path.Add(next);
            if (start >= 0)
            {
                var cycle = path[start..];
                var files = left.Where(template => cycle.Contains(template.Name)).Select(template =>
                    $"{template.File} imports {string.Join(", ", template.Imports.Select(import => $"\"{import.Name}\"")
                        .Concat(template.Metadata.ParametersFrom.Values.Select(source => $"{source.Stack}.{source.Output}")).Distinct(StringComparer.Ordinal))}");
                return new PipelineException(
                    $"The stacks import from each other in a circle: {string.Join(" -> ", cycle)} ({string.Join("; ", files)}).",
                    "Move the shared resource to the stack that is needed first.");
            }
        }
    }

    /// <summary>Levenshtein distance, for "did you mean".</summary>
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var change = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(change, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}
