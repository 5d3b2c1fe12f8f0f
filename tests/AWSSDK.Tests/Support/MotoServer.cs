using System.Diagnostics;
using System.Net.Sockets;

namespace AwsSdk.Tests.Support;

/// <summary>
/// A moto_server of its own on a random loopback port. Where moto is not installed these tests are skipped; the scripted
/// tests beside them cover the wire formats there.
/// </summary>
public sealed class MotoServer : IAsyncLifetime
{
    private Process? _process;
    private string _url = "";

    /// <summary>The server's URL; skips the calling test where moto is not installed.</summary>
    public string Url
    {
        get
        {
            Assert.SkipWhen(_process is null, "moto_server is not on PATH (pip install 'moto[server]')");
            return _url;
        }
    }

    public async ValueTask InitializeAsync()
    {
        var command = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Select(folder => Path.Combine(folder, "moto_server")).FirstOrDefault(File.Exists);
        if (command is null)
        {
            return;
        }

        var port = FreePort.Find();
        _url = $"http://127.0.0.1:{port}";
        _process = Process.Start(new ProcessStartInfo(command, ["-H", "127.0.0.1", "-p", $"{port}"])
        {
            UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        _process.OutputDataReceived += (_, _) => { };
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                using var probe = new TcpClient();
                await probe.ConnectAsync("127.0.0.1", port);
                return;
            }
            catch (SocketException) when (attempt < 300 && !_process.HasExited)
            {
                await Task.Delay(100);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
            _process.Dispose();
        }
    }
}

[CollectionDefinition(nameof(Moto))]
public sealed class Moto : ICollectionFixture<MotoServer>;
