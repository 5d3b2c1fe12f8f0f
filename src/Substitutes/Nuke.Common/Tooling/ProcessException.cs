#nullable disable
using System.Text;
using Newtonsoft.Json;

namespace Nuke.Common.Tooling;

/// <summary>A process ended with an exit code that means failure.</summary>
public class ProcessException : Exception
{
    private const int ShownLines = 20;

    public ProcessException(IProcess process)
        : base(GetMessage(process))
    {
        Process = process;
        ExitCode = process.ExitCode;
    }

    internal IProcess Process { get; }

    public int ExitCode { get; }

    private static string GetMessage(IProcess process)
    {
        var text = new StringBuilder()
            .Append($"Process '{Path.GetFileName(process.FileName)}' exited with code {process.ExitCode}.").AppendLine()
            .Append($"   > {ArgumentText.Quote(process.FileName)} {process.Arguments}").AppendLine()
            .Append($"   @ {process.WorkingDirectory}");
        var error = process.Output.Where(x => x.Type == OutputType.Err).ToList();
        var (heading, lines) = error.Count > 0 ? ("Error output:", error) : ("Standard output:", process.Output.ToList());
        if (lines.Count > 0)
        {
            text.AppendLine().Append(heading);
            // The end is where the cause is; the whole output is above in the target's block.
            foreach (var line in lines.TakeLast(ShownLines))
                text.AppendLine().Append("   ").Append(line.Text);
        }

        return Execution.BuildSession.Current.Secrets.Apply(text.ToString());
    }
}

/// <summary>What comes after starting a process.</summary>
public static class ProcessExtensions
{
    /// <exception cref="ArgumentException">The process did not end in time.</exception>
    public static IProcess AssertWaitForExit(this IProcess process)
    {
        Assert.True(process != null && process.WaitForExit(), $"Process '{process?.FileName}' did not end in time and was killed");
        return process;
    }

    /// <exception cref="ProcessException">The exit code is not zero.</exception>
    public static IProcess AssertZeroExitCode(this IProcess process)
    {
        process.AssertWaitForExit();
        if (process.ExitCode != 0)
            throw new ProcessException(process);
        return process;
    }

    /// <summary>The lines of standard output as one text.</summary>
    public static string StdToText(this IEnumerable<Output> output)
    {
        return string.Join(Environment.NewLine, output.Where(x => x.Type == OutputType.Std).Select(x => x.Text));
    }

    /// <summary>Standard output read as JSON.</summary>
    public static T StdToJson<T>(this IEnumerable<Output> output)
    {
        return JsonConvert.DeserializeObject<T>(output.StdToText());
    }

    /// <exception cref="ArgumentException">Something was written to standard error.</exception>
    public static IReadOnlyCollection<Output> EnsureOnlyStd(this IReadOnlyCollection<Output> output)
    {
        foreach (var line in output)
            Assert.True(line.Type == OutputType.Std, $"Unexpected error output: {line.Text}");
        return output;
    }
}
