#nullable disable
using Nuke.Common.Tooling;

namespace Nuke.Common.Tools.DotNet;

/// <summary>The dotnet command line.</summary>
public static partial class DotNetTasks
{
    /// <summary>The dotnet that runs this build, unless DOTNET_EXE names another.</summary>
    public static string DotNetPath =>
        ToolPathResolver.TryGetEnvironmentExecutable("DOTNET_EXE") ?? Environment.ProcessPath switch
        {
            { } path when Path.GetFileNameWithoutExtension(path) == "dotnet" => path,
            _ => ToolPathResolver.GetPathExecutable("dotnet"),
        };

    public static IReadOnlyCollection<Output> DotNet(
        ArgumentStringHandler arguments,
        string workingDirectory = null,
        IReadOnlyDictionary<string, string> environmentVariables = null,
        int? timeout = null,
        bool? logOutput = null,
        bool? logInvocation = null,
        Action<OutputType, string> logger = null,
        Func<IProcess, object> exitHandler = null)
    {
        using var process = ProcessTasks.StartProcess(
            DotNetPath, arguments, workingDirectory, environmentVariables, timeout, logOutput, logInvocation, logger ?? DotNetLogger);
        process.AssertWaitForExit();
        if (exitHandler != null)
            exitHandler(process);
        else
            process.AssertZeroExitCode();
        return process.Output;
    }

    /// <summary>Writes lines with compiler warnings and errors as such.</summary>
    internal static void DotNetLogger(OutputType type, string text)
    {
        if (type == OutputType.Err || text.Contains(": error ", StringComparison.Ordinal))
            Serilog.Log.Error("{Line:l}", text);
        else if (text.Contains(": warning ", StringComparison.Ordinal))
            Serilog.Log.Warning("{Line:l}", text);
        else
            Serilog.Log.Debug("{Line:l}", text);
    }
}
