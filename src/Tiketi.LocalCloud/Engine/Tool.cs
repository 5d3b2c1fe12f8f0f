using System.Diagnostics;
using Tiketi.LocalCloud.Lifecycle;

namespace Tiketi.LocalCloud.Engine;

/// <summary>A program of the host.</summary>
internal static class Tool
{
    /// <summary>Its full path; null when it is not installed. The sbin folders count even where PATH lacks them.</summary>
    public static string? Find(string name)
        => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Concat(["/usr/local/sbin", "/usr/sbin", "/sbin"])
            .Where(folder => folder.Length > 0)
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);

    /// <summary>Runs it and returns what it printed. Its messages go to <paramref name="log"/>, appended.</summary>
    /// <exception cref="LocalCloudException">It is missing or failed: with its last lines.</exception>
    public static async Task<string> RunAsync(
        string name, IEnumerable<string> arguments, string log, string remedy, CancellationToken cancellationToken, string? workingDirectory = null)
    {
        var start = new ProcessStartInfo(Find(name) ?? throw new LocalCloudException($"{name} is not installed.", remedy))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = workingDirectory ?? "",
        };
        start.Environment["DEBIAN_FRONTEND"] = "noninteractive";
        start.Environment["LC_ALL"] = "C.UTF-8";
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var errors = process.StandardError.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            await File.AppendAllTextAsync(log, $"$ {name}\n{await errors}{await output}", cancellationToken);
            return process.ExitCode == 0
                ? await output
                : throw new LocalCloudException($"{name} failed (exit code {process.ExitCode}). Its log ({log}) ends with:\n{StateFolder.Tail(log)}", remedy);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }
}
