#nullable disable
using Nuke.Common.IO;
using Nuke.Common.ValueInjection;
using System.Reflection;

namespace Nuke.Common.Tooling;

/// <summary>Finds executables.</summary>
public static class ToolPathResolver
{
    /// <summary>The executable that an environment variable names, or null.</summary>
    public static string TryGetEnvironmentExecutable(string environmentExecutable)
    {
        return EnvironmentInfo.GetVariable(environmentExecutable) is { Length: > 0 } path
            ? Path.GetFullPath(path)
            : null;
    }

    /// <summary>The executable on PATH.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static string GetPathExecutable(string pathExecutable)
    {
        var path = TryGetPathExecutable(pathExecutable);
        Assert.NotNull(path, $"Could not find '{pathExecutable}' on PATH");
        return path;
    }

    internal static string TryGetPathExecutable(string name)
    {
        string[] extensions = EnvironmentInfo.IsWin ? [".exe", ".cmd", ".bat", string.Empty] : [string.Empty];
        return (EnvironmentInfo.GetVariable("PATH") ?? string.Empty)
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(x => extensions.Select(y => Path.Combine(x, name + y)))
            .FirstOrDefault(File.Exists);
    }
}

/// <summary>Makes tools of executables.</summary>
public static class ToolResolver
{
    public static Tool GetTool(AbsolutePath toolPath)
    {
        return new ToolExecutor(toolPath).Execute;
    }

    public static Tool GetPathTool(string pathExecutable)
    {
        return new ToolExecutor(ToolPathResolver.GetPathExecutable(pathExecutable)).Execute;
    }

    public static Tool GetEnvironmentTool(string name)
    {
        var path = ToolPathResolver.TryGetEnvironmentExecutable($"{name.ToUpperInvariant()}_EXE");
        Assert.NotNull(path, $"Environment variable '{name.ToUpperInvariant()}_EXE' is not set");
        return new ToolExecutor(path).Execute;
    }

    public static Tool GetEnvironmentOrPathTool(string name)
    {
        return ToolPathResolver.TryGetEnvironmentExecutable($"{name.ToUpperInvariant()}_EXE") is { } path
            ? new ToolExecutor(path).Execute
            : GetPathTool(name);
    }
}

/// <summary>Injects a <see cref="Tool"/> for an executable on PATH.</summary>
public class PathVariableAttribute : ValueInjectionAttributeBase
{
    private readonly string _name;

    public PathVariableAttribute(string name = null)
    {
        _name = name;
    }

    public override object GetValue(MemberInfo member, object instance)
    {
        return ToolResolver.GetEnvironmentOrPathTool(_name ?? member.GetShortName().ToLowerInvariant());
    }
}

/// <summary>Injects a <see cref="Tool"/> for a file in the repository.</summary>
public class LocalPathAttribute : ValueInjectionAttributeBase
{
    private readonly string _path;

    public LocalPathAttribute(string absoluteOrRelativePath)
    {
        _path = absoluteOrRelativePath;
    }

    public override object GetValue(MemberInfo member, object instance)
    {
        return ToolResolver.GetTool(Build.RootDirectory / _path);
    }
}

internal sealed class ToolExecutor(string toolPath)
{
    public IReadOnlyCollection<Output> Execute(
        ArgumentStringHandler arguments,
        string workingDirectory = null,
        IReadOnlyDictionary<string, string> environmentVariables = null,
        int? timeout = null,
        bool? logOutput = null,
        bool? logInvocation = null,
        Action<OutputType, string> logger = null,
        Action<IProcess> exitHandler = null)
    {
        using var process = ProcessTasks.StartProcess(toolPath, arguments, workingDirectory, environmentVariables, timeout, logOutput, logInvocation, logger);
        process.AssertWaitForExit();
        if (exitHandler != null)
            exitHandler(process);
        else
            process.AssertZeroExitCode();
        return process.Output;
    }
}
