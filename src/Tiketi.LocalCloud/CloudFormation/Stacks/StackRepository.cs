using System.Collections.Concurrent;
using Tiketi.LocalCloud.Hosting;

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

    /// <summary>Of every region, newest first.</summary>
    public IEnumerable<StackRecord> All => _stacks.Values.OrderByDescending(stack => stack.CreationTime);

    /// <summary>The stacks of one region: names, and the exports' names, are unique only there.</summary>
    public RegionalStacks In(string region) => new(region, _stacks.Values.Where(stack => stack.Region == region));

    /// <summary>Stores the stack as it is now; the caller holds its lock.</summary>
    public void Save(StackRecord stack)
    {
        _stacks[stack.StackId] = stack;
        _state.Save($"{Folder}/{DocumentOf(stack)}", stack);
    }

    private static string DocumentOf(StackRecord stack) => $"{stack.StackName}-{stack.StackId[(stack.StackId.LastIndexOf('/') + 1)..][..8]}";
}
