using System.ComponentModel;
using System.Diagnostics;

namespace Tiketi.Pipeline.Frontend;

/// <summary>Runs a command-line tool in exactly the given environment.</summary>
internal static class Tool
{
    /// <summary>The file that <paramref name="name"/> stands for on <paramref name="path"/>; null when there is none.</summary>
    public static string? Find(string name, string path)
    {
        string[] names = OperatingSystem.IsWindows() ? [name + ".exe", name + ".cmd"] : [name];
        return path.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(directory => names.Select(candidate => Path.Combine(directory, candidate)))
            .FirstOrDefault(File.Exists);
    }

    /// <summary>Both outputs come back as one list of lines. Cancelling kills the tool and everything it started.</summary>
    public static async Task<(int ExitCode, IReadOnlyList<string> Lines)> RunAsync(
        string file, IEnumerable<string> arguments, string directory, IReadOnlyDictionary<string, string> environment, Action<string> onLine, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            WorkingDirectory = directory,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var lines = new List<string>();
        using var process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => Add(line.Data);
        process.ErrorDataReceived += (_, line) => Add(line.Data);
        try
        {
            process.Start();
        }
        catch (Win32Exception exception)
        {
            throw new PipelineException($"{file} could not be started: {exception.Message}", "Check that it may be executed.", exception);
        }

        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            await process.WaitForExitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        return (process.ExitCode, lines);

        void Add(string? line)
        {
            if (line is not null)
            {
                lock (lines)
                {
                    lines.Add(line);
                }

                onLine(line);
            }
        }
    }
}
