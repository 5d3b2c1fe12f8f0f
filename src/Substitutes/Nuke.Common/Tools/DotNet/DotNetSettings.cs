#nullable disable
using Nuke.Common.Tooling;

namespace Nuke.Common.Tools.DotNet;

/// <summary>How much dotnet writes.</summary>
public class DotNetVerbosity : Enumeration
{
    public static readonly DotNetVerbosity quiet = new() { Value = nameof(quiet) };
    public static readonly DotNetVerbosity minimal = new() { Value = nameof(minimal) };
    public static readonly DotNetVerbosity normal = new() { Value = nameof(normal) };
    public static readonly DotNetVerbosity detailed = new() { Value = nameof(detailed) };
    public static readonly DotNetVerbosity diagnostic = new() { Value = nameof(diagnostic) };
}

/// <summary>What all commands on a project have in common.</summary>
public abstract class DotNetProjectSettings : ToolOptions
{
    private readonly string _command;

    private protected DotNetProjectSettings(string command)
    {
        _command = command;
    }

    public string ProjectFile { get; internal set; }

    public DotNetVerbosity Verbosity { get; internal set; }

    public string Runtime { get; internal set; }

    public IReadOnlyDictionary<string, object> Properties { get; internal set; } = new Dictionary<string, object>(StringComparer.Ordinal);

    internal override IEnumerable<string> GetArguments()
    {
        return
        [
            _command,
            .. ProjectFile is null ? [] : new[] { ProjectFileOption, ProjectFile }.Where(x => x != null),
            .. Option("--verbosity", Verbosity),
            .. Option("--runtime", Runtime),
            .. Properties.Select(x => $"--property:{x.Key}={x.Value}"),
            .. GetOwnArguments(),
        ];
    }

    internal virtual string ProjectFileOption => null;

    internal abstract IEnumerable<string> GetOwnArguments();

    internal static IEnumerable<string> Option(string name, string value)
    {
        return value is null ? [] : [name, value];
    }

    internal static IEnumerable<string> Flag(string name, bool? value)
    {
        return value == true ? [name] : [];
    }
}

/// <summary>What all commands that compile a project have in common.</summary>
public abstract class DotNetCompileSettings : DotNetProjectSettings
{
    private protected DotNetCompileSettings(string command)
        : base(command)
    {
    }

    public string Configuration { get; internal set; }

    public string Framework { get; internal set; }

    public bool? NoRestore { get; internal set; }

    internal override IEnumerable<string> GetOwnArguments()
    {
        return [.. Option("--configuration", Configuration), .. Option("--framework", Framework), .. Flag("--no-restore", NoRestore)];
    }
}

/// <summary>dotnet restore.</summary>
public class DotNetRestoreSettings() : DotNetProjectSettings("restore")
{
    public bool? LockedMode { get; internal set; }

    internal override IEnumerable<string> GetOwnArguments()
    {
        return Flag("--locked-mode", LockedMode);
    }
}

/// <summary>dotnet build.</summary>
public class DotNetBuildSettings() : DotNetCompileSettings("build")
{
    public string OutputDirectory { get; internal set; }

    public bool? NoLogo { get; internal set; }

    internal override IEnumerable<string> GetOwnArguments()
    {
        return [.. base.GetOwnArguments(), .. Option("--output", OutputDirectory), .. Flag("--nologo", NoLogo)];
    }
}

/// <summary>dotnet test.</summary>
public class DotNetTestSettings() : DotNetCompileSettings("test")
{
    public bool? NoBuild { get; internal set; }

    public string Filter { get; internal set; }

    public string ResultsDirectory { get; internal set; }

    public IReadOnlyList<string> Loggers { get; internal set; } = [];

    internal override IEnumerable<string> GetOwnArguments()
    {
        return
        [
            .. base.GetOwnArguments(), .. Flag("--no-build", NoBuild), .. Option("--filter", Filter),
            .. Option("--results-directory", ResultsDirectory), .. Loggers.SelectMany(x => Option("--logger", x)),
        ];
    }
}

/// <summary>dotnet publish.</summary>
public class DotNetPublishSettings() : DotNetCompileSettings("publish")
{
    public bool? NoBuild { get; internal set; }

    public string Output { get; internal set; }

    public bool? SelfContained { get; internal set; }

    internal override IEnumerable<string> GetOwnArguments()
    {
        return
        [
            .. base.GetOwnArguments(), .. Flag("--no-build", NoBuild), .. Option("--output", Output),
            .. SelfContained is { } value ? [$"--self-contained={(value ? "true" : "false")}"] : Array.Empty<string>(),
        ];
    }
}

/// <summary>dotnet run.</summary>
public class DotNetRunSettings() : DotNetCompileSettings("run")
{
    public bool? NoBuild { get; internal set; }

    public string ApplicationArguments { get; internal set; }

    internal override string ProjectFileOption => "--project";

    internal override IEnumerable<string> GetOwnArguments()
    {
        return [.. base.GetOwnArguments(), .. Flag("--no-build", NoBuild)];
    }
}

/// <summary>dotnet clean.</summary>
public class DotNetCleanSettings() : DotNetProjectSettings("clean")
{
    public string Configuration { get; internal set; }

    internal override IEnumerable<string> GetOwnArguments()
    {
        return Option("--configuration", Configuration);
    }
}
