using System.Collections.Concurrent;
using Tiketi.LocalCloud.Hosting;
using Tiketi.LocalCloud.Query;

namespace Tiketi.LocalCloud.CloudFormation.Stacks;

/// <summary>All stacks, deleted ones included, each in a document of its own.</summary>
internal sealed class StackRepository
{
    private const string Folder = "cloudformation";

    private readonly StateStore _state;
    private readonly ConcurrentDictionary<string, StackRecord> _stacks = new(StringComparer.Ordinal);

    public StackRepository(StateStore state)
    {
        _state = state;
        foreach (var file in System.IO.Directory.EnumerateFiles(state.Directory(Folder), "*.json"))
        {
            var stack = state.Load<StackRecord>($"{Folder}/{Path.GetFileNameWithoutExtension(file)}");
            _stacks[stack.StackId] = stack;
        }
    }

    public IEnumerable<StackRecord> All => _stacks.Values.OrderByDescending(stack => stack.CreationTime);

    /// <summary>The living stack of the name, or the stack of the id in any state.</summary>
    public StackRecord? Find(string nameOrId) => _stacks.GetValueOrDefault(nameOrId)
        ?? _stacks.Values.FirstOrDefault(stack => stack.StackName == nameOrId && stack.Status != StackStatus.DeleteComplete);

    /// <exception cref="QueryException">ValidationError "Stack with id X does not exist".</exception>
    public StackRecord Get(string nameOrId) => Find(nameOrId) ?? throw QueryException.Validation($"Stack with id {nameOrId} does not exist");

    /// <summary>Stores the stack as it is now; the caller holds its lock.</summary>
    public void Save(StackRecord stack)
    {
        _stacks[stack.StackId] = stack;
        _state.Save($"{Folder}/{DocumentOf(stack)}", stack);
    }

    /// <summary>Every exported value: its name, value and stack.</summary>
    public IEnumerable<(string Name, string Value, StackRecord Stack)> Exports() =>
        from stack in _stacks.Values
        where stack.Status != StackStatus.DeleteComplete
        from output in stack.Outputs.ToArray()
        where output.ExportName is not null
        orderby output.ExportName
        select (output.ExportName, output.Value, stack);

    public string? Export(string name) => Exports().Where(export => export.Name == name).Select(export => export.Value).FirstOrDefault();

    /// <summary>Names of the stacks that import the export.</summary>
    public IReadOnlyList<string> ImportersOf(string exportName) =>
        [.. _stacks.Values.Where(stack => stack.Status != StackStatus.DeleteComplete && stack.Imports.Contains(exportName)).Select(stack => stack.StackName).Order(StringComparer.Ordinal)];

    /// <summary>"A, B and C", as CloudFormation lists stacks in a sentence.</summary>
    public static string Sentence(IReadOnlyList<string> names) =>
        names.Count > 1 ? $"{string.Join(", ", names.Take(names.Count - 1))} and {names[^1]}" : names[0];

    private static string DocumentOf(StackRecord stack) => $"{stack.StackName}-{stack.StackId[(stack.StackId.LastIndexOf('/') + 1)..][..8]}";
}
