#nullable disable
using System.Linq.Expressions;
using Nuke.Common.CI;
using Nuke.Common.Execution;
using Nuke.Common.IO;
using Nuke.Common.Tooling;

namespace Nuke.Common;

/// <summary>The build as its components see it. Only <see cref="NukeBuild"/> can implement it.</summary>
public interface INukeBuild
{
    AbsolutePath RootDirectory { get; }
    AbsolutePath TemporaryDirectory { get; }
    AbsolutePath BuildAssemblyFile { get; }
    AbsolutePath BuildAssemblyDirectory { get; }
    AbsolutePath BuildProjectDirectory { get; }
    AbsolutePath BuildProjectFile { get; }

    Verbosity Verbosity { get; }
    Host Host { get; }
    string[] LoadedLocalProfiles { get; }
    bool IsLocalBuild { get; }
    bool IsServerBuild { get; }

    IReadOnlyCollection<ExecutableTarget> ExecutionPlan { get; }
    IReadOnlyCollection<ExecutableTarget> InvokedTargets { get; }
    IReadOnlyCollection<ExecutableTarget> SkippedTargets { get; }
    IReadOnlyCollection<ExecutableTarget> ScheduledTargets { get; }
    IReadOnlyCollection<ExecutableTarget> RunningTargets { get; }
    IReadOnlyCollection<ExecutableTarget> AbortedTargets { get; }
    IReadOnlyCollection<ExecutableTarget> FailedTargets { get; }
    IReadOnlyCollection<ExecutableTarget> SucceededTargets { get; }
    IReadOnlyCollection<ExecutableTarget> FinishedTargets { get; }

    bool Plan { get; }
    bool Help { get; }
    bool NoLogo { get; }
    bool Continue { get; }
    Partition Partition { get; }

    bool IsSucceeding { get; }
    bool IsFailing { get; }
    bool IsFinished { get; }
    int? ExitCode { get; set; }

    /// <summary>Adds entries to the running target's line of the summary table.</summary>
    void ReportSummary(Configure<Dictionary<string, string>> configurator = null);

    /// <summary>The value of a component's parameter, or null if none was given.</summary>
    T TryGetValue<T>(Expression<Func<T>> parameterExpression)
        where T : class;

    /// <summary>The value of a component's parameter of value type: <c>TryGetValue&lt;int?&gt;(() =&gt; Count) ?? 3</c>.</summary>
    T TryGetValue<T>(Expression<Func<object>> parameterExpression);

    internal BuildSession Session { get; }
}
