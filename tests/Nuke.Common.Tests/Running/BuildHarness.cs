using System.Linq.Expressions;
using Nuke.Common.Execution;
using Nuke.Common.IO;
using Nuke.Common.Reporting;

namespace Nuke.Common.Tests.Running;

/// <summary>Runs of builds in this process change the process's console, so they run one after the other.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class RunsBuilds
{
    public const string Name = "runs builds";
}

/// <summary>Runs a build in this process, in a root directory of its own, with a given command line and environment.</summary>
internal sealed class BuildHarness : IDisposable
{
    public BuildHarness()
    {
        (Root / ".nuke").CreateDirectory();
    }

    public AbsolutePath Root { get; } = AbsolutePath.Create(Directory.CreateTempSubdirectory("nuke-tests-").FullName);

    /// <summary>A person's terminal, even where a CI server runs the tests.</summary>
    public Dictionary<string, string> Environment { get; } = new(StringComparer.Ordinal) { ["NUKE_HOST"] = nameof(Terminal) };

    public TimeProvider Time { get; set; } = TimeProvider.System;

    public BuildResult Run<T>(string arguments, params Expression<Func<T, Target>>[] defaults)
        where T : NukeBuild, new()
    {
        using var output = new StringWriter();
        T? build = null;
        var surroundings = new BuildSurroundings(
            arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            Environment,
            Root,
            BuildAssembly: null,
            new BuildConsole(TextWriter.Synchronized(output), IsTerminal: false, UsesColor: false, CanPrompt: false),
            Time);
        var exitCode = BuildRunner.Run(() => build = new T(), defaults, surroundings);
        return new BuildResult(exitCode, output.ToString().ReplaceLineEndings("\n"), build!, Root);
    }

    public void Dispose() => Root.DeleteDirectory();
}

internal sealed record BuildResult(int ExitCode, string Output, NukeBuild Build, AbsolutePath Root)
{
    /// <summary>What ran, in the order in which the targets wrote that they did.</summary>
    public IReadOnlyList<string> Ran => ((TracingBuild)Build).Ran;

    public ExecutableTarget this[string name] => Build.ExecutionPlan.Single(x => x.Name == name);

    public ExecutionStatus Status(string name) => this[name].Status;

    public string Log => string.Concat((Root / ".nuke" / "temp" / "runs").GetFiles("build.log", depth: 2).Select(x => x.ReadAllText()));
}

/// <summary>A build whose targets note that they ran.</summary>
public abstract class TracingBuild : NukeBuild
{
    private readonly List<string> _ran = [];

    public IReadOnlyList<string> Ran
    {
        get
        {
            lock (_ran)
                return [.. _ran];
        }
    }

    protected void Trace(string name)
    {
        lock (_ran)
            _ran.Add(name);
    }
}
