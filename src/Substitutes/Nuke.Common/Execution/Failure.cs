using System.Reflection;
using Nuke.Common.Tooling;

namespace Nuke.Common.Execution;

/// <summary>How an exception is told.</summary>
/// <param name="Summary">One line for the summary table.</param>
/// <param name="Text">What is written where it happened.</param>
internal sealed record Failure(string Summary, string Text)
{
    private static readonly string s_indent = Environment.NewLine + "  ";

    public static Failure From(Exception exception)
    {
        while (exception is TargetInvocationException or AggregateException { InnerExceptions.Count: 1 } && exception.InnerException != null)
            exception = exception.InnerException;
        if (exception is AggregateException { InnerExceptions.Count: > 1 } several)
        {
            var all = several.Flatten().InnerExceptions.Select(From).ToList();
            return new Failure(all[0].Summary + $" (and {all.Count - 1} more)", string.Join(Environment.NewLine + "and ", all.Select(x => x.Text)));
        }

        var firstLine = exception.Message.Split('\n')[0].TrimEnd('\r');
        var message = exception.Message.ReplaceLineEndings(s_indent);
        if (GetRemedy(exception) is { } remedy)
            return new Failure(firstLine, $"failed: {message}{s_indent}What to do: {remedy.ReplaceLineEndings(s_indent)}");
        var summary = exception is OperationCanceledException ? firstLine : $"{exception.GetType().Name}: {firstLine}";
        return exception is ProcessException
            ? new Failure(summary, $"failed: {message}")
            : new Failure(summary, $"has thrown an exception{Environment.NewLine}{exception}");
    }

    // An exception type with a public text property Remedy describes an expected failure: its user needs to know what to do,
    // not where in the code it happened. By name, since the types that have it do not know this engine.
    private static string? GetRemedy(Exception exception) =>
        exception.GetType().GetProperty("Remedy", BindingFlags.Instance | BindingFlags.Public, binder: null, typeof(string), [], modifiers: null)
            ?.GetValue(exception) as string is { Length: > 0 } remedy ? remedy : null;
}
