#nullable disable
using System.Diagnostics;
using System.Linq.Expressions;
using System.Reflection;
using Nuke.Common.Tooling;

namespace Nuke.Common.Execution;

/// <summary>Where a target is in a run.</summary>
public enum ExecutionStatus
{
    /// <summary>Not part of the run.</summary>
    None,

    /// <summary>Waiting for its turn.</summary>
    Scheduled,

    /// <summary>Never started, because something else failed.</summary>
    NotRun,

    /// <summary>Left out on purpose.</summary>
    Skipped,

    Running,
    Succeeded,
    Failed,

    /// <summary>Stopped by the user.</summary>
    Aborted,

    /// <summary>Has no actions of its own.</summary>
    Collective,
}

/// <summary>A target with its definition applied, and what became of it.</summary>
[DebuggerDisplay("{" + nameof(Name) + "}")]
public class ExecutableTarget
{
    internal ExecutableTarget()
    {
    }

    public string Name { get; internal set; }

    public string Description { get; internal set; }

    public bool Listed { get; internal set; } = true;

    /// <summary>The delegate that the target's property returns.</summary>
    public Delegate Factory { get; internal set; }

    public MemberInfo Member { get; internal set; }

    public ICollection<Action> Actions { get; internal set; } = [];

    public ExecutionStatus Status { get; internal set; }

    /// <summary>Asked for by name.</summary>
    public bool Invoked { get; internal set; }

    public bool IsDefault { get; internal set; }

    public TimeSpan Duration { get; internal set; }

    public IReadOnlyDictionary<string, string> SummaryInformation => Summary;

    /// <summary>Why the target was skipped, or null.</summary>
    public string Skipped { get; internal set; }

    /// <summary>The condition that did not hold, or null.</summary>
    public string OnlyWhen { get; internal set; }

    public ICollection<(string Text, Func<bool> Delegate)> DynamicConditions { get; internal set; } = [];

    public ICollection<(string Text, Func<bool> Delegate)> StaticConditions { get; internal set; } = [];

    public DependencyBehavior DependencyBehavior { get; internal set; }

    public bool AssuredAfterFailure { get; internal set; }

    public bool ProceedAfterFailure { get; internal set; }

    public ICollection<LambdaExpression> DelegateRequirements { get; internal set; } = [];

    public ICollection<ToolRequirement> ToolRequirements { get; internal set; } = [];

    public ICollection<ExecutableTarget> ExecutionDependencies { get; internal set; } = [];

    public ICollection<ExecutableTarget> OrderDependencies { get; internal set; } = [];

    public ICollection<ExecutableTarget> TriggerDependencies { get; internal set; } = [];

    public ICollection<ExecutableTarget> Triggers { get; internal set; } = [];

    public IReadOnlyCollection<ExecutableTarget> AllDependencies =>
        ExecutionDependencies.Concat(OrderDependencies).Concat(TriggerDependencies).Distinct().ToList();

    public ICollection<string> ArtifactProducts { get; internal set; } = [];

    public ILookup<ExecutableTarget, string> ArtifactDependencies =>
        ConsumedArtifacts.ToLookup(x => x.Target, x => x.Artifact);

    public int? PartitionSize { get; internal set; }

    internal List<(ExecutableTarget Target, string Artifact)> ConsumedArtifacts { get; } = [];

    internal Dictionary<string, string> Summary { get; set; } = [];

    /// <summary>Why the target did not run, did not succeed or was left out; shown in the summary.</summary>
    internal string Reason { get; set; }

    internal Exception Exception { get; set; }

    internal DateTimeOffset? StartedAt { get; set; }

    public override string ToString()
    {
        return Name;
    }
}

/// <summary>A tool that a target requires.</summary>
public record ToolRequirement(Type Type, string Version);
