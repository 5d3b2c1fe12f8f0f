#nullable disable

namespace Nuke.Common.Execution;

/// <summary>Something that takes part in a build from outside its targets.</summary>
public interface IBuildExtension
{
    float Priority { get; }
}

/// <summary>Base of attributes on the build class that take part in the build; the highest <see cref="Priority"/> comes first.</summary>
[AttributeUsage(AttributeTargets.Class)]
public abstract class BuildExtensionAttributeBase : Attribute, IBuildExtension
{
    public INukeBuild Build { get; internal set; }

    public virtual float Priority { get; set; }
}

/// <summary>Called when the build object exists, its targets are known, and nothing is injected yet.</summary>
public interface IOnBuildCreated : IBuildExtension
{
    void OnBuildCreated(IReadOnlyCollection<ExecutableTarget> executableTargets);
}

/// <summary>Called when the plan is made.</summary>
public interface IOnBuildInitialized : IBuildExtension
{
    void OnBuildInitialized(IReadOnlyCollection<ExecutableTarget> executableTargets, IReadOnlyCollection<ExecutableTarget> executionPlan);
}

/// <summary>Called before a target's actions. Calls for different targets never overlap.</summary>
public interface IOnTargetRunning : IBuildExtension
{
    void OnTargetRunning(ExecutableTarget target);
}

/// <summary>Called when a target is left out.</summary>
public interface IOnTargetSkipped : IBuildExtension
{
    void OnTargetSkipped(ExecutableTarget target);
}

/// <summary>Called when a target's actions are through.</summary>
public interface IOnTargetSucceeded : IBuildExtension
{
    void OnTargetSucceeded(ExecutableTarget target);
}

/// <summary>Called when one of a target's actions threw.</summary>
public interface IOnTargetFailed : IBuildExtension
{
    void OnTargetFailed(ExecutableTarget target);
}

/// <summary>Called when a target reported something for the summary.</summary>
public interface IOnTargetSummaryUpdated : IBuildExtension
{
    void OnTargetSummaryUpdated(INukeBuild build, ExecutableTarget target);
}

/// <summary>Called when everything is through, whatever the outcome.</summary>
public interface IOnBuildFinished : IBuildExtension
{
    void OnBuildFinished();
}
