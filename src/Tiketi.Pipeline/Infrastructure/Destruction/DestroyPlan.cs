namespace Tiketi.Pipeline.Infrastructure.Destruction;

/// <summary>What becomes of a resource that holds data.</summary>
public enum ResourceFate
{
    /// <summary>It goes, and what it holds with it.</summary>
    Deleted,

    /// <summary>It goes, after what it holds was deleted: AWS deletes no bucket or repository that is not empty.</summary>
    Emptied,

    /// <summary>It goes, and AWS makes a final snapshot before.</summary>
    Snapshot,

    /// <summary>It stays, without a stack.</summary>
    Kept,
}

/// <summary>A resource that holds data.</summary>
/// <param name="LogicalId">Its name in the template.</param>
/// <param name="Type">"AWS::RDS::DBInstance" ...</param>
/// <param name="PhysicalId">Its name in AWS.</param>
/// <param name="Fate">What becomes of it.</param>
/// <param name="IsProtected">AWS refuses to delete it while its deletion protection is on.</param>
public sealed record DoomedResource(string LogicalId, string Type, string PhysicalId, ResourceFate Fate, bool IsProtected);

/// <summary>A stack that is there and would go.</summary>
/// <param name="Name">Short name.</param>
/// <param name="StackName">Full name.</param>
/// <param name="Status">"CREATE_COMPLETE", "DELETE_FAILED" ...</param>
/// <param name="IsProtected">Its termination protection is on.</param>
/// <param name="Resources">How many resources it has.</param>
/// <param name="Data">Those that hold data or are protected.</param>
/// <param name="Stuck">Logical ids of resources that a former deletion failed at.</param>
public sealed record DoomedStack(
    string Name, string StackName, string Status, bool IsProtected, int Resources, IReadOnlyList<DoomedResource> Data, IReadOnlyList<string> Stuck)
{
    /// <summary>
    /// What CloudFormation calls the final snapshot of a resource, up to the random end: STACK-snapshot-RESOURCE-.
    /// </summary>
    public string SnapshotPrefix(DoomedResource resource)
    {
        ArgumentNullException.ThrowIfNull(resource);
        return $"{StackName}-snapshot-{resource.LogicalId}-".ToLowerInvariant();
    }
}

/// <summary>What DestroyInfra would do to an environment.</summary>
/// <param name="Environment">"staging".</param>
/// <param name="Stacks">What is there, in the graph's order.</param>
public sealed record DestroyPlan(string Environment, IReadOnlyList<DoomedStack> Stacks)
{
    public int Resources => Stacks.Sum(stack => stack.Resources);

    /// <summary>A line a stack, below it each resource that holds data and what becomes of it.</summary>
    public IReadOnlyList<string> ToLines() => Stacks.Count == 0
        ? [$"Environment {Environment} has no stacks."]
        : [.. Stacks.SelectMany(Lines)];

    private static IEnumerable<string> Lines(DoomedStack stack)
    {
        yield return $"{stack.StackName}: {stack.Resources} resources, {stack.Status}{(stack.IsProtected ? ", PROTECTED against deletion" : "")}";
        foreach (var resource in stack.Data)
        {
            var fate = resource.Fate switch
            {
                ResourceFate.Emptied => "EMPTIED and deleted",
                ResourceFate.Snapshot => $"deleted; its data stays in the snapshot {stack.SnapshotPrefix(resource)}...",
                ResourceFate.Kept => "kept, with all that is in it",
                _ => $"deleted with {DataResources.ContentOf(resource.Type)}",
            };
            yield return $"  {resource.LogicalId} ({resource.Type}) {resource.PhysicalId}: {fate}{(resource.IsProtected ? "; PROTECTED against deletion" : "")}";
        }

        if (stack.Stuck.Count > 0)
        {
            yield return $"  could not be deleted before: {string.Join(", ", stack.Stuck)}";
        }
    }
}

/// <summary>What somebody has allowed.</summary>
public sealed record DestroyOptions
{
    /// <summary>The environment's name once more; nothing happens without it.</summary>
    public string? Confirmation { get; init; }

    /// <summary>Whether termination and deletion protection are switched off.</summary>
    public bool DisableProtection { get; init; }

    /// <summary>Logical ids of databases that may go without a snapshot.</summary>
    public IReadOnlyCollection<string> AllowDataLoss { get; init; } = [];

    /// <summary>Logical ids of resources that a deletion failed at and that are to be left where they are.</summary>
    public IReadOnlyCollection<string> RetainResources { get; init; } = [];
}

/// <summary>What DestroyInfra did.</summary>
/// <param name="Stacks">The stacks that went.</param>
/// <param name="Objects">Objects, versions and unfinished uploads deleted from buckets.</param>
/// <param name="Images">Images deleted from repositories.</param>
/// <param name="Remains">What is left and goes on costing: kept resources and snapshots, a sentence each.</param>
public sealed record DestroyResult(InfrastructureResult Stacks, int Objects, int Images, IReadOnlyList<string> Remains);
