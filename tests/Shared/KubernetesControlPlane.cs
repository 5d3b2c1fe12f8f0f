using System.Diagnostics;
using System.Globalization;

namespace Tiketi.Testing;

/// <summary>
/// A real Kubernetes 1.20 on loopback (shared/kubernetes/up, beside the repository), with a node that runs pods on Docker if asked.
/// A busy machine may need longer than that script waits, and a port may be taken between finding and using it: it is asked again.
/// </summary>
internal sealed class KubernetesControlPlane : IAsyncDisposable
{
    private const int Ports = 7; // the API server's, etcd's two, the controllers', the scheduler's and the kubelet's two
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);
    private static readonly string? Up = Repository.Beside("shared/kubernetes/up");
    private readonly string _folder;

    private KubernetesControlPlane(string folder) => _folder = folder;

    /// <summary>Whether it can be started at all.</summary>
    public static bool IsHere => Up is not null;

    /// <summary>The path of the kubeconfig.</summary>
    public string Config => Path.Combine(_folder, "kubeconfig");

    /// <exception cref="InvalidOperationException">It could not be started; with what its processes wrote last.</exception>
    public static async Task<KubernetesControlPlane> StartAsync(string folder, bool withNode)
    {
        var since = Stopwatch.StartNew();
        for (var attempt = 1; ; attempt++)
        {
            var plane = new KubernetesControlPlane(Path.Combine(folder, $"attempt-{attempt}"));
            string[] arguments = ["--dir", plane._folder, "--port", FreePorts.TakeRange(Ports).ToString(CultureInfo.InvariantCulture), .. withNode ? ["--kubelet"] : Array.Empty<string>()];
            (int ExitCode, string Output) last;
            do
            {
                last = await RunAsync(arguments);
                if (last.ExitCode == 0)
                {
                    return plane;
                }
            }
            while (plane.IsRunning("etcd") && plane.IsRunning("kube-apiserver") && since.Elapsed < Patience);

            var logs = plane.LastLines();
            await plane.DisposeAsync();
            if (attempt == 3 || since.Elapsed >= Patience)
            {
                throw new InvalidOperationException($"{Up} ended with {last.ExitCode}: {last.Output}{logs}");
            }
        }
    }

    /// <summary>Ends all its processes, and waits for that: they write into the folder until then.</summary>
    public async ValueTask DisposeAsync()
    {
        var processes = Pids().ToList();
        await RunAsync("--down", "--dir", _folder);
        var since = Stopwatch.StartNew();
        while (processes.Any(IsAlive))
        {
            if (since.Elapsed > TimeSpan.FromMinutes(1))
            {
                await ExecuteAsync("kill", ["-9", .. processes.Where(IsAlive)]);
            }

            await Task.Delay(100);
        }
    }

    private static Task<(int ExitCode, string Output)> RunAsync(params string[] arguments) => ExecuteAsync(Up!, arguments);

    private static async Task<(int ExitCode, string Output)> ExecuteAsync(string program, IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var output = Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var limit = new CancellationTokenSource(Patience / 2);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException) // it asks without a time limit whoever has the port
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }

        return (process.ExitCode, string.Concat(await output));
    }

    private static bool IsAlive(string pid) => Directory.Exists($"/proc/{pid}") && !File.ReadAllText($"/proc/{pid}/stat").Contains(") Z ", StringComparison.Ordinal);

    private IEnumerable<string> Pids() => Directory.Exists(Path.Combine(_folder, "run"))
        ? Directory.EnumerateFiles(Path.Combine(_folder, "run"), "*.pid").Select(file => File.ReadAllText(file).Trim())
        : [];

    private bool IsRunning(string name) => File.Exists(Path.Combine(_folder, "run", name + ".pid")) && IsAlive(File.ReadAllText(Path.Combine(_folder, "run", name + ".pid")).Trim());

    private string LastLines() => Directory.Exists(Path.Combine(_folder, "logs"))
        ? string.Concat(Directory.EnumerateFiles(Path.Combine(_folder, "logs")).Select(file => $"\n{Path.GetFileName(file)}:\n{string.Join('\n', File.ReadLines(file).TakeLast(8))}"))
        : "";
}
