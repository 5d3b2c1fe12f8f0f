using System.Diagnostics;
using Docker.DotNet;

namespace Tiketi.Integration.Engine;

/// <summary>
/// A Docker engine that a test may break: the machine's own one is everybody's. Its data is on a file system of a few MiB, and
/// all its processes are in a namespace that ends with the first of them, so that a kill leaves nothing behind.
/// </summary>
internal sealed class OwnEngine : IAsyncDisposable
{
    private static readonly TimeSpan StartTime = TimeSpan.FromMinutes(2);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tiketi-engine-");
    private readonly Process _process;

    private OwnEngine(int mebibytes)
    {
        // Told that it has no bridge, an engine deletes docker0 - the machine's engine's, with which all its containers lose their network.
        var run = $"""
            mount -t tmpfs -o size={mebibytes}m tmpfs {_folder}/data && PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin" exec dockerd --host {Host} --data-root {_folder}/data/root \
              --exec-root {_folder}/data/exec --pidfile {_folder}/data/pid --bridge $([ -d /sys/class/net/docker0 ] && echo docker0 || echo none) --iptables=false --ip6tables=false --ip-forward=false >{_folder}/log 2>&1
            """;
        _folder.CreateSubdirectory("data");
        Client = new DockerClientBuilder().WithEndpoint(Host).WithTimeout(Timeout.InfiniteTimeSpan).Build();
        _process = Process.Start(new ProcessStartInfo("unshare", ["--mount", "--pid", "--fork", "--kill-child=KILL", "--mount-proc", "sh", "-c", run]) { UseShellExecute = false })!;
    }

    public Uri Host => new($"unix://{_folder}/docker.sock");

    public IDockerClient Client { get; }

    /// <param name="mebibytes">What its images and contexts may take.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<OwnEngine> StartAsync(int mebibytes, CancellationToken cancellationToken)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess && new[] { "/usr/sbin/dockerd", "/usr/bin/dockerd" }.Any(File.Exists) && File.Exists("/usr/bin/unshare"), "An engine of one's own takes root and dockerd");
        var engine = new OwnEngine(mebibytes);
        for (var start = Stopwatch.GetTimestamp(); ; await Task.Delay(50, cancellationToken))
        {
            try
            {
                await engine.Client.System.PingAsync(cancellationToken);
                return engine;
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException or System.Net.Sockets.SocketException && !engine._process.HasExited && Stopwatch.GetElapsedTime(start) < StartTime)
            {
                // not yet
            }
            catch
            {
                await engine.DisposeAsync();
                throw;
            }
        }
    }

    /// <summary>As a crash or an out-of-memory kill would.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _folder.Delete(recursive: true);
    }
}
