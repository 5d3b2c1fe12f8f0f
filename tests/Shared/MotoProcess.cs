using System.Diagnostics;

namespace Tiketi.Testing;

/// <summary>A moto_server of its own: AWS's APIs as somebody else implements them.</summary>
internal sealed class MotoProcess : IAsyncDisposable
{
    public const string Missing = "moto_server is not on PATH (pip install 'moto[server]')";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private readonly Process _process;

    private MotoProcess(Process process, Uri endpoint) => (_process, Endpoint) = (process, endpoint);

    public Uri Endpoint { get; }

    /// <summary>Started and answering; null where moto is not installed.</summary>
    /// <exception cref="InvalidOperationException">It does not answer.</exception>
    public static async Task<MotoProcess?> TryStartAsync()
    {
        var command = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(folder => Path.Combine(folder, "moto_server")).FirstOrDefault(File.Exists);
        if (command is null)
        {
            return null;
        }

        var since = Stopwatch.StartNew();
        while (since.Elapsed < Patience)
        {
            var moto = Start(command, FreePorts.Take(1)[0]);
            if (await moto.AnswersAsync(Patience - since.Elapsed))
            {
                return moto;
            }

            await moto.DisposeAsync(); // somebody else was faster at that port
        }

        throw new InvalidOperationException($"{command} did not answer within {Patience.TotalSeconds:0} s.");
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static MotoProcess Start(string command, int port)
    {
        var process = Process.Start(new ProcessStartInfo(command, ["-H", "127.0.0.1", "-p", $"{port}"]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new MotoProcess(process, new Uri($"http://127.0.0.1:{port}"));
    }

    private async Task<bool> AnswersAsync(TimeSpan limit)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(10) };
        for (var since = Stopwatch.StartNew(); since.Elapsed < limit && !_process.HasExited; await Task.Delay(100))
        {
            try
            {
                using var answer = await http.GetAsync(new Uri(Endpoint, "/moto-api/data.json"));
                if (answer.IsSuccessStatusCode)
                {
                    return true;
                }
            }
            catch (Exception notYet) when (notYet is HttpRequestException or TaskCanceledException)
            {
                // it is still starting
            }
        }

        return false;
    }
}
