using System.Diagnostics;
using System.Text;

namespace Tiketi.Acceptance;

/// <summary>Runs a program the way a person would, and keeps what it printed.</summary>
internal static class Command
{
    public sealed record Result(int ExitCode, string Output, TimeSpan Duration)
    {
        public Result ShouldSucceed()
        {
            ExitCode.Should().Be(0, "the output was:\n{0}", Output);
            return this;
        }

        public Result ShouldFail()
        {
            ExitCode.Should().NotBe(0, "the output was:\n{0}", Output);
            return this;
        }
    }

    public static async Task<Result> RunAsync(
        string program, IEnumerable<string> arguments, string directory, IReadOnlyDictionary<string, string?>? environment = null, TimeSpan? timeout = null, string? input = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            UseShellExecute = false,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>(StringComparer.Ordinal))
        {
            start.Environment[name] = value;
        }

        var watch = Stopwatch.StartNew();
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
        var output = new StringBuilder();
        void Append(string? line)
        {
            lock (output)
            {
                output.AppendLine(line);
            }
        }

        process.OutputDataReceived += (_, line) => Append(line.Data);
        process.ErrorDataReceived += (_, line) => Append(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        using var limit = new CancellationTokenSource(timeout ?? TimeSpan.FromMinutes(2));
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException exception)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} {string.Join(' ', arguments)} did not end in time. It printed:\n{output}", exception);
        }

        return new Result(process.ExitCode, output.ToString(), watch.Elapsed);
    }
}
