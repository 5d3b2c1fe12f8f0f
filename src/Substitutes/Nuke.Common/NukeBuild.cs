#nullable disable
using System.Linq.Expressions;
using Nuke.Common.CI;
using Nuke.Common.Execution;
using Nuke.Common.Tooling;

namespace Nuke.Common;

/// <summary>
/// Base of build classes. Targets are properties of type <see cref="Target"/>; parameters are fields and properties with
/// <see cref="ParameterAttribute"/>; <c>Main</c> returns <see cref="Execute{T}"/>.
/// </summary>
[InjectParameterValues(Priority = 100)]
[HandleShellCompletion(Priority = 75)]
[GenerateFiles(Priority = 50)]
[HandlePlanRequests(Priority = 10)]
[HandleHelpRequests(Priority = 5)]
[InjectNonParameterValues(Priority = -100)]
[EventInvoker(Priority = float.MinValue)]
public abstract partial class NukeBuild : INukeBuild
{
    protected NukeBuild()
    {
        Session = BuildSession.Current;
    }

    /// <summary>Runs the build with the process's command line.</summary>
    /// <returns>The exit code.</returns>
    protected static int Execute<T>(params Expression<Func<T, Target>>[] defaultTargetExpressions)
        where T : NukeBuild, new()
    {
        return BuildRunner.Run(() => new T(), defaultTargetExpressions, BuildSurroundings.FromProcess());
    }

    internal BuildSession Session { get; }

    internal IReadOnlyList<ExecutableTarget> ExecutableTargets { get; set; } = [];

    internal BuildExtensions Extensions { get; set; }

    public IReadOnlyCollection<ExecutableTarget> ExecutionPlan { get; set; } = [];

    public IReadOnlyCollection<ExecutableTarget> InvokedTargets => ExecutableTargets.Where(x => x.Invoked).ToList();

    public IReadOnlyCollection<ExecutableTarget> SkippedTargets => With(ExecutionStatus.Skipped);

    public IReadOnlyCollection<ExecutableTarget> ScheduledTargets => With(ExecutionStatus.Scheduled);

    public IReadOnlyCollection<ExecutableTarget> RunningTargets => With(ExecutionStatus.Running);

    public IReadOnlyCollection<ExecutableTarget> AbortedTargets => With(ExecutionStatus.Aborted);

    public IReadOnlyCollection<ExecutableTarget> FailedTargets => With(ExecutionStatus.Failed);

    public IReadOnlyCollection<ExecutableTarget> SucceededTargets => With(ExecutionStatus.Succeeded);

    public IReadOnlyCollection<ExecutableTarget> FinishedTargets =>
        ExecutionPlan.Where(x => x.Status > ExecutionStatus.Running || x.Status is ExecutionStatus.Skipped or ExecutionStatus.NotRun).ToList();

    public bool Plan => Session.Engine.Plan;

    public bool Help => Session.Engine.Help;

    public bool NoLogo
    {
        get => Session.Engine.NoLogo;
        set => Session.Engine.NoLogo = value;
    }

    public bool Continue
    {
        get => Session.Engine.Continue;
        internal set => Session.Engine.Continue = value;
    }

    public Partition Partition
    {
        get => Session.Engine.Partition;
        internal set => Session.Engine.Partition = value;
    }

    public bool IsSucceeding => !IsFailing;

    public bool IsFailing =>
        ExecutionPlan.Any(x => x.Status is ExecutionStatus.Failed or ExecutionStatus.Aborted or ExecutionStatus.NotRun);

    public bool IsFinished => ScheduledTargets.Count == 0 && RunningTargets.Count == 0;

    /// <summary>The exit code to end with; null for 0 after success and 255 after failure.</summary>
    public int? ExitCode { get; set; }

    /// <summary>Adds entries to the running target's line of the summary table.</summary>
    public void ReportSummary(Configure<Dictionary<string, string>> configurator = null)
    {
        var target = Session.Output.CurrentTarget;
        Assert.NotNull(target, "ReportSummary can only be called by a running target");
        var entries = new Dictionary<string, string>(target.Summary, StringComparer.Ordinal);
        entries = configurator?.Invoke(entries) ?? entries;
        target.Summary = entries.ToDictionary(x => x.Key, x => Session.Secrets.Apply(x.Value ?? string.Empty), StringComparer.Ordinal);
        Extensions.Invoke<IOnTargetSummaryUpdated>(x => x.OnTargetSummaryUpdated(this, target));
    }

    protected internal virtual string NuGetPackagesConfigFile => null;

    protected internal virtual string NuGetAssetsConfigFile => null;

    protected internal virtual string EmbeddedPackagesDirectory => null;

    protected internal virtual IO.AbsolutePath NpmPackageJsonFile => BuildProjectDirectory / "package.json";

    private List<ExecutableTarget> With(ExecutionStatus status)
    {
        return ExecutionPlan.Where(x => x.Status == status).ToList();
    }
}
