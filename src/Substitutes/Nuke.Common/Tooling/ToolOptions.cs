#nullable disable
using Nuke.Common.Utilities;

namespace Nuke.Common.Tooling;

/// <summary>Base of options that are changed fluently; every change makes a copy.</summary>
public abstract class Options
{
    internal Options Clone()
    {
        return (Options)MemberwiseClone();
    }
}

/// <summary>Options of a command-line tool.</summary>
public abstract class ToolOptions : Options
{
    public string ProcessWorkingDirectory { get; internal set; }

    public IReadOnlyDictionary<string, string> ProcessEnvironmentVariables { get; internal set; }

    public int? ProcessExecutionTimeout { get; internal set; }

    public bool? ProcessOutputLogging { get; internal set; }

    public bool? ProcessInvocationLogging { get; internal set; }

    public IReadOnlyList<string> ProcessAdditionalArguments { get; internal set; } = [];

    /// <summary>The arguments, unquoted, one each.</summary>
    internal abstract IEnumerable<string> GetArguments();

    internal string GetArgumentText()
    {
        return GetArguments().Concat(ProcessAdditionalArguments).Select(ArgumentText.Quote).JoinSpace();
    }
}

/// <summary>Setters that every tool's options have.</summary>
public static class ToolOptionsExtensions
{
    public static T SetProcessWorkingDirectory<T>(this T o, string v)
        where T : ToolOptions
    {
        return o.Modify(x => x.ProcessWorkingDirectory = v);
    }

    public static T SetProcessExecutionTimeout<T>(this T o, int? v)
        where T : ToolOptions
    {
        return o.Modify(x => x.ProcessExecutionTimeout = v);
    }

    public static T SetProcessOutputLogging<T>(this T o, bool? v)
        where T : ToolOptions
    {
        return o.Modify(x => x.ProcessOutputLogging = v);
    }

    public static T SetProcessInvocationLogging<T>(this T o, bool? v)
        where T : ToolOptions
    {
        return o.Modify(x => x.ProcessInvocationLogging = v);
    }

    /// <summary>Adds a variable to the inherited ones.</summary>
    public static T SetProcessEnvironmentVariable<T>(this T o, string key, string v)
        where T : ToolOptions
    {
        return o.Modify(x => x.ProcessEnvironmentVariables =
            new Dictionary<string, string>(x.ProcessEnvironmentVariables ?? EnvironmentInfo.Variables, StringComparer.Ordinal) { [key] = v });
    }

    public static T SetProcessAdditionalArguments<T>(this T o, params string[] v)
        where T : ToolOptions
    {
        return o.Modify(x => x.ProcessAdditionalArguments = v);
    }

    public static T AddProcessAdditionalArguments<T>(this T o, params string[] v)
        where T : ToolOptions
    {
        return o.Modify(x => x.ProcessAdditionalArguments = [.. x.ProcessAdditionalArguments, .. v]);
    }

    internal static T Modify<T>(this T options, Action<T> change)
        where T : Options
    {
        var copy = (T)options.Clone();
        change(copy);
        return copy;
    }
}
