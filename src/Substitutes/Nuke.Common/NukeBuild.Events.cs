#nullable disable

namespace Nuke.Common;

public abstract partial class NukeBuild
{
    /// <summary>Called when the object exists; parameters have their values.</summary>
    protected internal virtual void OnBuildCreated()
    {
    }

    /// <summary>Called when the plan is made and everything is injected.</summary>
    protected internal virtual void OnBuildInitialized()
    {
    }

    /// <summary>Called when everything is through, whatever the outcome.</summary>
    protected internal virtual void OnBuildFinished()
    {
    }

    /// <summary>Called before a target's actions; calls never overlap.</summary>
    protected internal virtual void OnTargetRunning(string target)
    {
    }

    protected internal virtual void OnTargetSkipped(string target)
    {
    }

    protected internal virtual void OnTargetSucceeded(string target)
    {
    }

    protected internal virtual void OnTargetFailed(string target)
    {
    }
}
