#nullable disable
using Nuke.Common.Tooling;

namespace Nuke.Common.Tools.DotNet;

public static partial class DotNetTasks
{
    public static IReadOnlyCollection<Output> DotNetRestore(DotNetRestoreSettings options = null)
    {
        return Run(options ?? new DotNetRestoreSettings());
    }

    public static IReadOnlyCollection<Output> DotNetRestore(Configure<DotNetRestoreSettings> configurator)
    {
        return DotNetRestore(configurator(new DotNetRestoreSettings()));
    }

    /// <summary>Runs the command once for each set of options.</summary>
    public static IEnumerable<(DotNetRestoreSettings Settings, IReadOnlyCollection<Output> Output)> DotNetRestore(
        CombinatorialConfigure<DotNetRestoreSettings> configurator,
        int degreeOfParallelism = 1,
        bool completeOnFailure = false)
    {
        return RunAll(configurator(new DotNetRestoreSettings()), degreeOfParallelism, completeOnFailure);
    }

    public static IReadOnlyCollection<Output> DotNetBuild(DotNetBuildSettings options = null)
    {
        return Run(options ?? new DotNetBuildSettings());
    }

    public static IReadOnlyCollection<Output> DotNetBuild(Configure<DotNetBuildSettings> configurator)
    {
        return DotNetBuild(configurator(new DotNetBuildSettings()));
    }

    /// <summary>Runs the command once for each set of options.</summary>
    public static IEnumerable<(DotNetBuildSettings Settings, IReadOnlyCollection<Output> Output)> DotNetBuild(
        CombinatorialConfigure<DotNetBuildSettings> configurator,
        int degreeOfParallelism = 1,
        bool completeOnFailure = false)
    {
        return RunAll(configurator(new DotNetBuildSettings()), degreeOfParallelism, completeOnFailure);
    }

    public static IReadOnlyCollection<Output> DotNetTest(DotNetTestSettings options = null)
    {
        return Run(options ?? new DotNetTestSettings());
    }

    public static IReadOnlyCollection<Output> DotNetTest(Configure<DotNetTestSettings> configurator)
    {
        return DotNetTest(configurator(new DotNetTestSettings()));
    }

    /// <summary>Runs the command once for each set of options.</summary>
    public static IEnumerable<(DotNetTestSettings Settings, IReadOnlyCollection<Output> Output)> DotNetTest(
        CombinatorialConfigure<DotNetTestSettings> configurator,
        int degreeOfParallelism = 1,
        bool completeOnFailure = false)
    {
        return RunAll(configurator(new DotNetTestSettings()), degreeOfParallelism, completeOnFailure);
    }

    public static IReadOnlyCollection<Output> DotNetPublish(DotNetPublishSettings options = null)
    {
        return Run(options ?? new DotNetPublishSettings());
    }

    public static IReadOnlyCollection<Output> DotNetPublish(Configure<DotNetPublishSettings> configurator)
    {
        return DotNetPublish(configurator(new DotNetPublishSettings()));
    }

    /// <summary>Runs the command once for each set of options.</summary>
    public static IEnumerable<(DotNetPublishSettings Settings, IReadOnlyCollection<Output> Output)> DotNetPublish(
        CombinatorialConfigure<DotNetPublishSettings> configurator,
        int degreeOfParallelism = 1,
        bool completeOnFailure = false)
    {
        return RunAll(configurator(new DotNetPublishSettings()), degreeOfParallelism, completeOnFailure);
    }

    public static IReadOnlyCollection<Output> DotNetRun(DotNetRunSettings options = null)
    {
        return Run(options ?? new DotNetRunSettings());
    }

    public static IReadOnlyCollection<Output> DotNetRun(Configure<DotNetRunSettings> configurator)
    {
        return DotNetRun(configurator(new DotNetRunSettings()));
    }

    /// <summary>Runs the command once for each set of options.</summary>
    public static IEnumerable<(DotNetRunSettings Settings, IReadOnlyCollection<Output> Output)> DotNetRun(
        CombinatorialConfigure<DotNetRunSettings> configurator,
        int degreeOfParallelism = 1,
        bool completeOnFailure = false)
    {
        return RunAll(configurator(new DotNetRunSettings()), degreeOfParallelism, completeOnFailure);
    }

    public static IReadOnlyCollection<Output> DotNetClean(DotNetCleanSettings options = null)
    {
        return Run(options ?? new DotNetCleanSettings());
    }

    public static IReadOnlyCollection<Output> DotNetClean(Configure<DotNetCleanSettings> configurator)
    {
        return DotNetClean(configurator(new DotNetCleanSettings()));
    }

    /// <summary>Runs the command once for each set of options.</summary>
    public static IEnumerable<(DotNetCleanSettings Settings, IReadOnlyCollection<Output> Output)> DotNetClean(
        CombinatorialConfigure<DotNetCleanSettings> configurator,
        int degreeOfParallelism = 1,
        bool completeOnFailure = false)
    {
        return RunAll(configurator(new DotNetCleanSettings()), degreeOfParallelism, completeOnFailure);
    }

    private static IReadOnlyCollection<Output> Run(ToolOptions options)
    {
        var arguments = options.GetArgumentText();
        // What follows the separator is the application's own.
        if (options is DotNetRunSettings { ApplicationArguments: { } applicationArguments })
            arguments += " -- " + applicationArguments;
        return DotNet(
            arguments,
            options.ProcessWorkingDirectory,
            options.ProcessEnvironmentVariables,
            options.ProcessExecutionTimeout,
            options.ProcessOutputLogging,
            options.ProcessInvocationLogging);
    }

    private static List<(T Settings, IReadOnlyCollection<Output> Output)> RunAll<T>(IEnumerable<T> options, int degreeOfParallelism, bool completeOnFailure)
        where T : ToolOptions
    {
        var results = new List<(T, IReadOnlyCollection<Output>)>();
        var failures = new List<Exception>();
        Parallel.ForEach(options, new ParallelOptions { MaxDegreeOfParallelism = degreeOfParallelism }, (option, state) =>
        {
            try
            {
                var output = Run(option);
                lock (results)
                    results.Add((option, output));
            }
            catch (ProcessException exception)
            {
                lock (failures)
                    failures.Add(exception);
                if (!completeOnFailure)
                    state.Stop();
            }
        });
        return failures.Count == 0 ? results : throw (failures.Count == 1 ? failures[0] : new AggregateException(failures));
    }
}
