using System.Diagnostics;
using System.Net.NetworkInformation;
using System.Security.Cryptography;
using System.Text;
using Tiketi.LocalCloud.Lifecycle;

namespace Tiketi.LocalCloud.Engine;

/// <summary>
/// A Docker engine of this state directory's own. Its images and volumes live in the state directory; its sockets and pid
/// file in a short path under /run, because a Unix socket's path may have 107 bytes at most and must not survive a reboot.
/// </summary>
internal sealed class PrivateEngine(string stateDirectory, Action<string> say)
{
    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopTime = TimeSpan.FromSeconds(40); // it stops its containers first, ten seconds each at most, all at once

    private readonly string _runDirectory = Path.Combine(
        Directory.Exists("/run") ? "/run" : "/tmp",
        "tiketi-docker-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Path.GetFullPath(stateDirectory))))[..8]);

    public string Host => "unix://" + Socket;

    public string Log => Path.Combine(stateDirectory, "dockerd.log");

    /// <summary>Whether our engine's process is there. The pid file alone proves nothing: the process must be a dockerd on our socket.</summary>
    public bool IsRunning => Pid is not null;

    private string Socket => Path.Combine(_runDirectory, "docker.sock");

    private string PidFile => Path.Combine(_runDirectory, "docker.pid");

    private int? Pid => File.Exists(PidFile) && int.TryParse(File.ReadAllText(PidFile), out var pid) && Posix.IsAlive(pid) && Posix.CommandLine(pid).Contains(Host, StringComparison.Ordinal)
        ? pid
        : null;

    /// <summary>What stands in the way of a private engine on this machine; null when nothing does.</summary>
    public static string? WhyNot()
        => !OperatingSystem.IsLinux() ? "that works on Linux only"
        : !Posix.IsRoot ? "that needs root"
        : Tool.Find("dockerd") is null && Tool.Find("apt-get") is null ? "dockerd is not installed and there is no apt-get to install it with"
        : null;

    /// <summary>Installs docker.io (and iptables, which dockerd sets its network up with) where missing.</summary>
    /// <returns>Whether something was installed.</returns>
    public static async Task<bool> InstallAsync(string stateDirectory, Action<string> say, CancellationToken cancellationToken)
    {
        var missing = new List<string>();
        if (Tool.Find("dockerd") is null)
        {
            missing.Add("docker.io");
        }

        if (Tool.Find("iptables") is null)
        {
            missing.Add("iptables");
        }

        if (missing.Count > 0)
        {
            await AptPackages.InstallAsync(missing, stateDirectory, say, cancellationToken);
        }

        return missing.Count > 0;
    }

    /// <exception cref="LocalCloudException">dockerd ended or did not answer, with the last lines of its log.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        say("No Docker engine answers: starting a private one.");
        if (!OperatingSystem.IsLinux())
        {
            throw new PlatformNotSupportedException(WhyNot());
        }

        Directory.CreateDirectory(_runDirectory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Cgroups.EnsureMounted(say);
        await StopOrphanAsync(cancellationToken);
        if (await StartedAsync(searchPath: null, cancellationToken))
        {
            return;
        }

        // A kernel without nf_tables makes Debian's default iptables fail; the legacy one works there.
        if (File.ReadAllText(Log).Contains("iptables", StringComparison.Ordinal) && Tool.Find("iptables-legacy") is { } legacy)
        {
            say("dockerd could not set up iptables: trying iptables-legacy.");
            if (await StartedAsync(LegacyTables(legacy), cancellationToken))
            {
                return;
            }
        }

        throw new LocalCloudException(
            $"The private Docker engine did not start. Its log ({Log}) ends with:\n{StateFolder.Tail(Log)}",
            "Mend what the log names, or start an engine yourself and name it with DOCKER_HOST.");
    }

    /// <summary>Stops it and its containers; data stays.</summary>
    /// <returns>Whether one ran.</returns>
    public async Task<bool> StopAsync(CancellationToken cancellationToken)
    {
        if (Pid is not { } pid)
        {
            await StopOrphanAsync(cancellationToken);
            return false;
        }

        if (!await Posix.StopAsync(pid, StopTime, cancellationToken))
        {
            say($"The private Docker engine (pid {pid}) did not end within {StopTime.TotalSeconds:0} s and was killed.");
        }

        return true;
    }

    /// <summary>
    /// A killed dockerd takes its containerd along or leaves it behind; the next dockerd waits in vain for either as long as
    /// the pid file is there and any process has that id, a zombie even.
    /// </summary>
    private async Task StopOrphanAsync(CancellationToken cancellationToken)
    {
        var file = Path.Combine(_runDirectory, "exec", "containerd", "containerd.pid");
        if (!File.Exists(file))
        {
            return;
        }

        if (int.TryParse(File.ReadAllText(file), out var pid) && Posix.CommandLine(pid).Contains(_runDirectory, StringComparison.Ordinal))
        {
            await Posix.StopAsync(pid, StopTime, cancellationToken);
        }

        File.Delete(file);
    }

    private async Task<bool> StartedAsync(string? searchPath, CancellationToken cancellationToken)
    {
        File.Delete(PidFile); // a stale one: dockerd would refuse to start if any process has that id by now
        if (File.Exists(Log))
        {
            File.Move(Log, Log + ".1", overwrite: true);
        }

        // dockerd looks for iptables, containerd and runc in PATH, which lacks the sbin folders for some users
        List<string> program = ["env", $"PATH={(searchPath is null ? "" : searchPath + ":")}{Environment.GetEnvironmentVariable("PATH")}:/usr/local/sbin:/usr/sbin:/sbin", "setsid", "dockerd"];
        List<string> arguments =
        [
            "--host", Host,
            "--data-root", Path.Combine(stateDirectory, "engine"),
            "--exec-root", Path.Combine(_runDirectory, "exec"),
            "--pidfile", PidFile,
        ];
        if (UplinkMtu() is { } mtu)
        {
            arguments.AddRange(["--mtu", mtu.ToString()]);
        }

        using var process = Detached.Start(program, arguments, Log);
        var waited = Stopwatch.StartNew();
        while (waited.Elapsed < StartTime && !process.HasExited)
        {
            if (File.Exists(Socket) && await DockerEngine.TryConnectAsync(Host, cancellationToken) is { } client)
            {
                client.Dispose();
                say($"The private Docker engine runs (pid {process.Id}, {Host}).");
                return true;
            }

            await Task.Delay(100, cancellationToken);
        }

        await Posix.StopAsync(process.Id, TimeSpan.FromSeconds(5), cancellationToken);
        return false;
    }

    /// <summary>A folder for the front of PATH in which iptables is the legacy one.</summary>
    private string LegacyTables(string legacy)
    {
        var folder = Path.Combine(_runDirectory, "legacy");
        Directory.CreateDirectory(folder);
        foreach (var name in new[] { "iptables", "ip6tables" })
        {
            var link = Path.Combine(folder, name);
            File.Delete(link);
            File.CreateSymbolicLink(link, Path.Combine(Path.GetDirectoryName(legacy)!, name + "-legacy"));
        }

        return folder;
    }

    /// <summary>Containers must not send larger packets than the way out takes (tunnels and VPNs take less than Ethernet's 1500 bytes).</summary>
    private static int? UplinkMtu()
        => NetworkInterface.GetAllNetworkInterfaces()
            .Where(link => link.OperationalStatus == OperationalStatus.Up && link.GetIPProperties().GatewayAddresses.Count > 0)
            .Select(link => (int?)link.GetIPProperties().GetIPv4Properties().Mtu)
            .Where(mtu => mtu is >= 576 and < 1500)
            .Min();
}
