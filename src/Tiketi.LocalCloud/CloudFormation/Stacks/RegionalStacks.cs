using Tiketi.LocalCloud.Query;

namespace Tiketi.LocalCloud.CloudFormation.Stacks;

/// <summary>The stacks of one region as they are at each look, deleted ones included.</summary>
internal sealed class RegionalStacks(string region, IEnumerable<StackRecord> stacks)
{
    public string Region => region;

    /// <summary>Newest first.</summary>
    public IEnumerable<StackRecord> All => stacks.OrderByDescending(stack => stack.CreationTime);

    /// <summary>The living stack of the name, or the stack of the id in any state.</summary>
    public StackRecord? Find(string nameOrId) => stacks.FirstOrDefault(stack => stack.StackId == nameOrId)
        ?? stacks.FirstOrDefault(stack => stack.StackName == nameOrId && stack.Status != StackStatus.DeleteComplete);

    /// <exception cref="QueryException">ValidationError "Stack with id X does not exist".</exception>
    public StackRecord Get(string nameOrId) => Find(nameOrId) ?? throw QueryException.Validation($"Stack with id {nameOrId} does not exist");

    /// <summary>Every exported value: its name, value and stack.</summary>
    public IEnumerable<(string Name, string Value, StackRecord Stack)> Exports() =>
        from stack in stacks
        where stack.Status != StackStatus.DeleteComplete
        from output in stack.Outputs.ToArray()
        where output.ExportName is not null
        orderby output.ExportName
        select (output.ExportName, output.Value, stack);

    public string? Export(string name) => Exports().Where(export => export.Name == name).Select(export => export.Value).FirstOrDefault();

    /// <summary>Names of the stacks that import the export.</summary>
    public IReadOnlyList<string> ImportersOf(string exportName) =>
        [.. stacks.Where(stack => stack.Status != StackStatus.DeleteComplete && stack.Imports.Contains(exportName)).Select(stack => stack.StackName).Order(StringComparer.Ordinal)];

    /// <summary>"A, B and C", as CloudFormation lists stacks in a sentence.</summary>
    public static string Sentence(IReadOnlyList<string> names) =>
        names.Count > 1 ? $"{string.Join(", ", names.Take(names.Count - 1))} and {names[^1]}" : names[0];
}
