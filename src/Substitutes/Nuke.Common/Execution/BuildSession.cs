using System.Collections;
using System.Reflection;
using Nuke.Common.IO;
using Nuke.Common.Reporting;
using Nuke.Common.Parameters;
using Serilog.Events;

namespace Nuke.Common.Execution;

/// <summary>What a session takes from its surroundings; tests give their own.</summary>
internal sealed record BuildSurroundings(
    IReadOnlyList<string> Arguments,
    IReadOnlyDictionary<string, string> Environment,
    AbsolutePath WorkingDirectory,
    Assembly? BuildAssembly,
    BuildConsole Console,
    TimeProvider Time)
{
    public static BuildSurroundings FromProcess()
    {
        var environment = System.Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .ToDictionary(x => (string)x.Key, x => (string?)x.Value ?? string.Empty, StringComparer.Ordinal);
        return new BuildSurroundings(
            [.. System.Environment.GetCommandLineArgs().Skip(1)],
            environment,
            Directory.GetCurrentDirectory(),
            Assembly.GetEntryAssembly(),
            BuildConsole.FromProcess(environment),
            TimeProvider.System);
    }
}

/// <summary>One run of a build: what the static members of <see cref="NukeBuild"/> tell belongs to it.</summary>
internal sealed class BuildSession : IDisposable
{
    private static readonly AsyncLocal<BuildSession?> s_current = new();
    private static BuildSession? s_last;

    private readonly BuildSurroundings _surroundings;
    private int _ownInterrupt;
    private bool _cancelsItself;

    /// <exception cref="BuildInputException">An engine parameter that is needed at once is wrong.</exception>
    public BuildSession(BuildSurroundings surroundings)
    {
        _surroundings = surroundings;
        Output = new OutputHub(Secrets, surroundings.Console, surroundings.Time);
        s_current.Value = this;
        s_last = this;
    }

    /// <summary>The session that the calling code runs in.</summary>
    public static BuildSession Current
    {
        get
        {
            if ((s_current.Value ?? s_last) is { } session)
                return session;
            var created = new BuildSession(BuildSurroundings.FromProcess());
            created.Initialize();
            return created;
        }
    }

    public EngineParameters Engine { get; } = new();

    public SecretMask Secrets { get; } = new();

    public OutputHub Output { get; }

    public BuildConsole Console => _surroundings.Console;

    public TimeProvider Time => _surroundings.Time;

    public Assembly? BuildAssembly => _surroundings.BuildAssembly;

    public BuildSurroundings Surroundings => _surroundings;

    public AbsolutePath RootDirectory { get; private set; } = null!;

    public Host Host { get; set; } = new Terminal();

    public IReadOnlyList<string> Profiles { get; private set; } = [];

    public ParameterService Parameters { get; private set; } = null!;

    /// <summary>What is wrong with what was given for them, a line each.</summary>
    public IReadOnlyList<string> ParameterProblems { get; private set; } = [];

    public ValueInjection.ComponentValues ComponentValues { get; } = new();

    /// <summary>Set by an extension that did what was asked for: the run ends with this exit code and no target runs.</summary>
    public int? EarlyExitCode { get; set; }

    /// <summary>Cancelled by the first Ctrl-C, and by a failure with --fail-fast.</summary>
    public CancellationTokenSource Interrupt { get; } = new();

    /// <summary>Where the run keeps its log and report, or null before targets run.</summary>
    public AbsolutePath? RunDirectory { get; set; }

    /// <summary>Finds root, host and the other engine parameters that must be known before the build object exists.</summary>
    public void Initialize()
    {
        // The build's own parameters are not known yet, so unknown options are no errors here.
        var engine = new ParameterService(
            [.. ParameterDiscovery.GetEngineParameters().Where(x => x.Name is nameof(Engine.Root) or nameof(Engine.Host) or nameof(Engine.Profile) or nameof(Engine.Verbosity))],
            new ParameterSources(_surroundings.Arguments, _surroundings.Environment, new Dictionary<string, FileValue>(StringComparer.Ordinal), _surroundings.WorkingDirectory, _surroundings.WorkingDirectory),
            Secrets);
        RootDirectory = FindRoot(engine);
        Parameters = engine;
        if (engine.Resolve(reportUnknown: false) is { Count: > 0 } problems)
            throw new BuildInputException("The build cannot start:", problems);
        T? Get<T>(string name) => (T?)engine.GetValue(engine.Find(CommandLine.Normalize(name))!.Member);
        Engine.Root = RootDirectory;
        SetVerbosity(Get<Verbosity?>(nameof(Engine.Verbosity)) ?? Verbosity.Normal);
        Engine.Profile = Get<string[]>(nameof(Engine.Profile)) ?? [];
        Profiles = Engine.Profile;
        Host = HostDetection.Get(Get<string>(nameof(Engine.Host)), BuildAssembly);
    }

    /// <summary>Resolves the build's parameters, from .nuke/parameters.json too: before its targets are defined, as their definitions may depend on them.</summary>
    public void ReadParameters(NukeBuild build)
    {
        Parameters = new ParameterService(
            ParameterDiscovery.GetParameters(build),
            new ParameterSources(_surroundings.Arguments, _surroundings.Environment, ParameterFiles.Read(RootDirectory, Profiles), _surroundings.WorkingDirectory, RootDirectory),
            Secrets);
        ParameterProblems = Parameters.Resolve(reportUnknown: true);
    }

    /// <summary>Why running targets were cancelled.</summary>
    public string? InterruptReason { get; private set; }

    /// <summary>Whether Ctrl-C, rather than a failure, cancelled the run.</summary>
    public bool IsCancelledByUser => Interrupt.IsCancellationRequested && !_cancelsItself;

    /// <summary>Lets nothing new start; running targets are asked to end.</summary>
    public void Cancel(string reason)
    {
        if (Interrupt.IsCancellationRequested)
            return;
        InterruptReason = reason;
        Output.Write(LogEventLevel.Warning, $"Cancelling ({reason}); waiting for running targets to end. Press Ctrl-C again to end at once.", target: null);
        Interrupt.Cancel();
    }

    /// <summary>Cancels as Ctrl-C would, so that the build's own handlers hear of it too.</summary>
    public void CancelRunning(string reason)
    {
        // Once: what was cancelled fails too, and a second interrupt would end the process at once.
        if (Interrupt.IsCancellationRequested)
            return;
        _cancelsItself = true;
        Interlocked.Exchange(ref _ownInterrupt, 1);
        Cancel(reason);
        NativeSignal.RaiseInterrupt();
    }

    /// <summary>Whether the interrupt that arrives was raised by <see cref="CancelRunning"/>.</summary>
    public bool ExpectsOwnInterrupt() => Interlocked.Exchange(ref _ownInterrupt, 0) == 1;

    /// <summary>Makes the directory of this run's log and report, which no other run shares; keeps the last 20.</summary>
    public void OpenRunDirectory()
    {
        RunDirectory = RunDirectories.Create(RootDirectory, Time.GetLocalNow());
        Output.OpenLog(RunDirectory / "build.log");
    }

    public void SetVerbosity(Verbosity verbosity)
    {
        Engine.Verbosity = verbosity;
        Output.MinimumLevel = verbosity switch
        {
            Verbosity.Verbose => LogEventLevel.Verbose,
            Verbosity.Minimal => LogEventLevel.Warning,
            Verbosity.Quiet => LogEventLevel.Error,
            _ => LogEventLevel.Debug,
        };
    }

    public void Dispose()
    {
        Output.Dispose();
        Interrupt.Dispose();
        if (s_last == this)
            s_last = null;
        if (s_current.Value == this)
            s_current.Value = null;
    }

    private AbsolutePath FindRoot(ParameterService engine)
    {
        static AbsolutePath? Above(string? directory) =>
            string.IsNullOrEmpty(directory) ? null : AbsolutePath.Create(directory).FindParentOrSelf(x => (x / ".nuke").DirectoryExists());

        if (engine.CommandLine.Options.TryGetValue("root", out var values))
            return values.Length == 0 ? _surroundings.WorkingDirectory : Path.GetFullPath(values[0], _surroundings.WorkingDirectory);
        if (_surroundings.Environment.TryGetValue("NUKE_ROOT", out var variable) && variable.Length > 0)
            return Path.GetFullPath(variable, _surroundings.WorkingDirectory);
        // The build belongs to the repository that it is in, wherever it is called from.
        return Above(Path.GetDirectoryName(BuildAssembly?.Location))
            ?? Above(_surroundings.WorkingDirectory)
            ?? throw new BuildInputException(
                $"There is no root directory: neither the build nor '{_surroundings.WorkingDirectory}' is below a directory with a .nuke directory. "
                + "Create .nuke in the root of the repository, or pass --root PATH");
    }
}
