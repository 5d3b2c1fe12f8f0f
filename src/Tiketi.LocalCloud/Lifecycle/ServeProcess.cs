using System.Diagnostics;
using Tiketi.LocalCloud.Hosting;

namespace Tiketi.LocalCloud.Lifecycle;

/// <summary>Starts `serve` so that it outlives this process, its terminal and the next compilation.</summary>
internal sealed class ServeProcess(string stateDirectory)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static string LogOf(string stateDirectory) => Path.Combine(stateDirectory, "serve.log");

    /// <exception cref="LocalCloudException">It ended at once or does not answer: with the last lines of its log.</exception>
    public async Task<ServeRecord> StartAsync(
        LocalCloudSettings settings, string nodeImage, Func<int, CancellationToken, Task<bool>> isHealthy, CancellationToken cancellationToken)
    {
        var log = LogOf(stateDirectory);
        File.Delete(ServeRecord.FileOf(stateDirectory));
        if (File.Exists(log))
        {
            File.Move(log, log + ".1", overwrite: true);
        }

        using var process = Detached.Start(Program(), ServeCommand.Arguments(settings, nodeImage), log);
        var waited = Stopwatch.StartNew();
        while (waited.Elapsed < Patience)
        {
            if (process.HasExited)
            {
                throw new LocalCloudException($"The local cloud ended while starting. Its log ({log}) ends with:\n{StateFolder.Tail(log)}", "Mend what the log names and run it again.");
            }

            if (ServeRecord.Load(stateDirectory) is { } record && record.Pid == process.Id && await isHealthy(settings.AwsPort, cancellationToken))
            {
                return record;
            }

            await Task.Delay(25, cancellationToken);
        }

        process.Kill();
        throw new LocalCloudException($"The local cloud did not answer within {Patience.TotalSeconds:0} s. Its log ({log}) ends with:\n{StateFolder.Tail(log)}", "Mend what the log names and run it again.");
    }

    /// <summary>A copy of this very program in the state directory: compiling again overwrites the original, and a running process must not lose its mapped files.</summary>
    private List<string> Program()
    {
        var copies = Path.Combine(stateDirectory, "program");
        var copy = Path.Combine(copies, ServeRecord.CurrentBuild);
        if (Directory.Exists(copies))
        {
            Directory.Delete(copies, recursive: true); // of former builds, or half-made by a killed run
        }

        foreach (var file in Directory.EnumerateFiles(AppContext.BaseDirectory, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(copy, Path.GetRelativePath(AppContext.BaseDirectory, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        var host = Environment.ProcessPath ?? throw new InvalidOperationException("The running program has no path.");
        var assembly = Path.Combine(copy, Path.GetFileName(typeof(ServeProcess).Assembly.Location));
        return Path.GetFileNameWithoutExtension(host) == Path.GetFileNameWithoutExtension(assembly)
            ? [Path.Combine(copy, Path.GetFileName(host))] // the native launcher that the SDK makes beside the assembly
            : [Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet", assembly];
    }
}
