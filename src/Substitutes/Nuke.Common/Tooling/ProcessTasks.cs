#nullable disable
using System.Diagnostics;
using Nuke.Common.Execution;
using Serilog;
using Serilog.Events;

namespace Nuke.Common.Tooling;

/// <summary>Starts processes.</summary>
public static class ProcessTasks
{
    public static bool DefaultLogOutput { get; set; } = true;

    public static bool DefaultLogInvocation { get; set; } = true;

    /// <summary>Starts a process. <paramref name="environmentVariables"/>, if given, replace all inherited ones.</summary>
    /// <param name="timeout">Milliseconds after which the process is killed.</param>
    /// <exception cref="ArgumentException">The tool or the working directory does not exist.</exception>
    public static IProcess StartProcess(
        string toolPath,
        string arguments = null,
        string workingDirectory = null,
        IReadOnlyDictionary<string, string> environmentVariables = null,
        int? timeout = null,
        bool? logOutput = null,
        bool? logInvocation = null,
        Action<OutputType, string> logger = null,
        Func<string, string> outputFilter = null)
    {
        Assert.True(toolPath != null, "The tool's path is null");
        var path = ToolPathResolver.TryGetEnvironmentExecutable(Path.GetFileNameWithoutExtension(toolPath).ToUpperInvariant() + "_EXE")
            ?? (Path.IsPathRooted(toolPath) || toolPath.Contains('/', StringComparison.Ordinal) ? toolPath : ToolPathResolver.GetPathExecutable(toolPath));
        Assert.FileExists(path, $"Tool '{path}' does not exist");
        var directory = workingDirectory ?? Directory.GetCurrentDirectory();
        Assert.DirectoryExists(directory, $"Working directory '{directory}' does not exist");

        var filter = outputFilter ?? (x => x);
        if (logInvocation ?? DefaultLogInvocation)
        {
            Log.Information("> {ToolPath} {Arguments:l}", ArgumentText.Quote(path), filter(arguments ?? string.Empty));
            if (workingDirectory != null && workingDirectory != Directory.GetCurrentDirectory())
                Log.Information("@ {WorkingDirectory}", workingDirectory);
        }

        var info = new ProcessStartInfo
        {
            FileName = path,
            Arguments = arguments ?? string.Empty,
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        if (environmentVariables != null)
        {
            info.Environment.Clear();
            foreach (var (key, value) in environmentVariables)
                info.Environment[key] = value;
        }

        return new RunningProcess(info, timeout, (logOutput ?? DefaultLogOutput) ? logger ?? DefaultLogger : null, filter, BuildSession.Current);
    }

    public static IProcess StartProcess(
        string toolPath,
        ArgumentStringHandler arguments,
        string workingDirectory = null,
        IReadOnlyDictionary<string, string> environmentVariables = null,
        int? timeout = null,
        bool? logOutput = null,
        bool? logInvocation = null,
        Action<OutputType, string> logger = null)
    {
        foreach (var secret in arguments.Secrets)
            BuildSession.Current.Secrets.Add(secret);
        return StartProcess(toolPath, arguments.ToStringAndClear(), workingDirectory, environmentVariables, timeout, logOutput, logInvocation, logger, outputFilter: null);
    }

    /// <summary>Runs a command in bash, or cmd on Windows.</summary>
    public static IProcess StartShell(
        string command,
        string workingDirectory = null,
        IReadOnlyDictionary<string, string> environmentVariables = null,
        int? timeout = null,
        bool? logOutput = null,
        bool? logInvocation = null,
        Action<OutputType, string> logger = null,
        Func<string, string> outputFilter = null)
    {
        var escaped = command.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
        return StartProcess(
            EnvironmentInfo.IsWin ? ToolPathResolver.GetPathExecutable("cmd") : ToolPathResolver.GetPathExecutable("bash"),
            EnvironmentInfo.IsWin ? $"/c \"{command}\"" : $"-c \"{escaped}\"",
            workingDirectory, environmentVariables, timeout, logOutput, logInvocation, logger, outputFilter);
    }

    /// <inheritdoc cref="StartShell(string, string, IReadOnlyDictionary{string, string}, int?, bool?, bool?, Action{OutputType, string}, Func{string, string})"/>
    public static IProcess StartShell(
        ArgumentStringHandler command,
        string workingDirectory = null,
        IReadOnlyDictionary<string, string> environmentVariables = null,
        int? timeout = null,
        bool? logOutput = null,
        bool? logInvocation = null,
        Action<OutputType, string> logger = null)
    {
        foreach (var secret in command.Secrets)
            BuildSession.Current.Secrets.Add(secret);
        return StartShell(command.ToStringAndClear(), workingDirectory, environmentVariables, timeout, logOutput, logInvocation, logger, outputFilter: null);
    }

    /// <summary>Writes what the process writes; its error stream as errors.</summary>
    public static void DefaultLogger(OutputType type, string text)
    {
        Log.Write(type == OutputType.Std ? LogEventLevel.Debug : LogEventLevel.Error, "{Line:l}", text);
    }
}
