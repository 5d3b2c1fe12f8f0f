namespace Tiketi.Pipeline.Infrastructure.Drift;

/// <summary>One property that is not what its template states.</summary>
/// <param name="Path">"/LifecycleConfiguration/Rules/0/Status".</param>
/// <param name="Expected">What the template states.</param>
/// <param name="Actual">What is there.</param>
public sealed record PropertyDrift(string Path, string Expected, string Actual);

/// <summary>A resource that somebody changed, or deleted, past its template.</summary>
/// <param name="LogicalId">Its name in the template.</param>
/// <param name="Type">"AWS::S3::Bucket" ...</param>
/// <param name="PhysicalId">Its name in AWS.</param>
/// <param name="IsDeleted">It is gone; otherwise <paramref name="Properties"/> says what differs.</param>
/// <param name="Properties">Property by property.</param>
public sealed record ResourceDrift(string LogicalId, string Type, string PhysicalId, bool IsDeleted, IReadOnlyList<PropertyDrift> Properties);

/// <summary>What became of one stack's look.</summary>
public enum StackDriftOutcome
{
    InSync,
    Drifted,

    /// <summary>infra/ has the stack and AWS has not.</summary>
    Missing,

    /// <summary>CloudFormation could not look at every resource; <see cref="StackDrift.Reason"/> says why.</summary>
    Incomplete,
}

/// <summary>One stack compared with its template.</summary>
/// <param name="Name">Short name.</param>
/// <param name="StackName">Full name.</param>
/// <param name="Outcome">How it stands.</param>
/// <param name="Resources">The resources that differ.</param>
/// <param name="Compared">How many resources were compared.</param>
/// <param name="Unsupported">How many were not: CloudFormation cannot look at their types.</param>
/// <param name="Reason">Why a look is incomplete.</param>
public sealed record StackDrift(
    string Name, string StackName, StackDriftOutcome Outcome, IReadOnlyList<ResourceDrift> Resources, int Compared, int Unsupported, string? Reason = null);

/// <summary>An environment compared with its templates; stacks in the graph's order.</summary>
public sealed record DriftReport(IReadOnlyList<StackDrift> Stacks)
{
    public int Compared => Stacks.Sum(stack => stack.Compared);

    public int Drifted => Stacks.Sum(stack => stack.Resources.Count);

    public int Unsupported => Stacks.Sum(stack => stack.Unsupported);

    /// <summary>Whether everything that can be compared is as the templates state.</summary>
    public bool IsInSync => Stacks.All(stack => stack.Outcome == StackDriftOutcome.InSync);

    /// <summary>What differs, for a terminal of 80 columns: a line a stack, below it each resource with expected and actual values.</summary>
    public IReadOnlyList<string> ToLines() => [.. Stacks.SelectMany(Lines)];

    private static IEnumerable<string> Lines(StackDrift stack)
    {
        var unsupported = stack.Unsupported == 0 ? "" : $", {stack.Unsupported} of a type that CloudFormation cannot compare";
        yield return $"{stack.StackName}: " + stack.Outcome switch
        {
            StackDriftOutcome.Missing => "MISSING",
            StackDriftOutcome.Incomplete => $"NOT FULLY COMPARED: {stack.Reason}",
            _ => $"{stack.Compared - stack.Resources.Count} of {stack.Compared} resources as stated{unsupported}",
        };
        foreach (var resource in stack.Resources)
        {
            yield return $"  {resource.LogicalId} ({resource.Type}) {resource.PhysicalId}{(resource.IsDeleted ? " DELETED" : "")}";
            foreach (var property in resource.Properties)
            {
                yield return $"    {property.Path}";
                yield return $"      expected  {property.Expected}";
                yield return $"      actual    {property.Actual}";
            }
        }
    }
}
