#nullable disable

namespace Nuke.Common.Tooling;

/// <summary>A command-line tool as a method.</summary>
public delegate IReadOnlyCollection<Output> Tool(
    ArgumentStringHandler arguments,
    string workingDirectory = null,
    IReadOnlyDictionary<string, string> environmentVariables = null,
    int? timeout = null,
    bool? logOutput = null,
    bool? logInvocation = null,
    Action<OutputType, string> logger = null,
    Action<IProcess> exitHandler = null);

/// <summary>Changes options and returns them.</summary>
public delegate T Configure<T>(T options);

/// <summary>Changes options by a value and returns them.</summary>
public delegate TOptions Configure<TOptions, in TValue>(TOptions options, TValue value)
    where TOptions : new();

/// <summary>Makes several sets of options of one.</summary>
public delegate IEnumerable<T> CombinatorialConfigure<T>(T options)
    where T : new();

/// <summary>The stream that a line came from.</summary>
public enum OutputType
{
    Std,
    Err,
}

/// <summary>A line that a process wrote.</summary>
public struct Output
{
    public OutputType Type;

    public string Text;

    public override readonly string ToString()
    {
        return Text;
    }
}
