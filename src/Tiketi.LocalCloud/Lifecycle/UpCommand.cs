using System.Diagnostics;
using System.Net.Http.Json;
using Tiketi.LocalCloud.Engine;
using Tiketi.LocalCloud.Hosting;

namespace Tiketi.LocalCloud.Lifecycle;

/// <summary>`up`: a running local cloud, whatever the state before. Does nothing when it runs already.</summary>
internal sealed class UpCommand(string stateDirectory, Action<string> say)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private static readonly HttpClient Http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(5) };

    /// <exception cref="LocalCloudException">No engine, no images, an occupied port, or the server did not come up.</exception>
    public async Task<UpReport> RunAsync(CommandLine line, CancellationToken cancellationToken)
    {
        StateFolder.Prepare(stateDirectory);
        using var held = await StateLock.AcquireAsync(stateDirectory, say, cancellationToken);
        var former = ServeRecord.Load(stateDirectory);

        using var engine = await new DockerEngine(stateDirectory, say).EnsureAsync(cancellationToken);
        var images = await new BaseImages(engine.Client, stateDirectory, say).EnsureAsync(cancellationToken);
        var settings = Settings(line, former, engine.Host, images);

        if (former is { IsRunning: true })
        {
            var reason = await ReasonToRestartAsync(former, settings, images, cancellationToken);
            if (reason is null)
            {
                return UpReport.Of(former, stateDirectory, started: false);
            }

            say($"Restarting the local cloud (pid {former.Pid}): {reason}.");
            await Posix.StopAsync(former.Pid, DownCommand.Grace, cancellationToken);
        }

        RequireFreePorts(settings);
        say("Starting the local cloud.");
        var record = await new ServeProcess(stateDirectory).StartAsync(settings, images.Node, IsHealthyAsync, cancellationToken);
        await WaitForFormerPodsAsync(record.AwsPort, cancellationToken);
        return UpReport.Of(record, stateDirectory, started: true);
    }

    /// <summary>Whoever started the cloud wants to use what ran in it: waits until it is back, and says what is not.</summary>
    private async Task WaitForFormerPodsAsync(int port, CancellationToken cancellationToken)
    {
        var waited = Stopwatch.StartNew();
        while (await HealthAsync(port, cancellationToken) is { Pending: { Count: > 0 } pending })
        {
            if (waited.Elapsed > Patience)
            {
                say($"Not back after {Patience.TotalSeconds:0} s: {string.Join(", ", pending)}. 'kubectl describe' tells why.");
                return;
            }

            await Task.Delay(200, cancellationToken);
        }
    }

    /// <summary>Ports that were asked for, else those of the last run (the state names them), else the defaults.</summary>
    private LocalCloudSettings Settings(CommandLine line, ServeRecord? former, string dockerHost, BaseImageSet images)
    {
        var settings = new LocalCloudSettings
        {
            StateDirectory = stateDirectory,
            DockerHost = dockerHost,
            PostgresImage = images.Postgres,
            RedisImage = images.Redis,
        };
        return settings with
        {
            AwsPort = line.Port("aws-port") ?? former?.AwsPort ?? settings.AwsPort,
            KubernetesPort = line.Port("kubernetes-port") ?? former?.KubernetesPort ?? settings.KubernetesPort,
            IngressPort = line.Port("ingress-port") ?? former?.IngressPort ?? settings.IngressPort,
            CdnPort = line.Port("cdn-port") ?? former?.CdnPort ?? settings.CdnPort,
        };
    }

    private static async Task<string?> ReasonToRestartAsync(ServeRecord running, LocalCloudSettings wanted, BaseImageSet images, CancellationToken cancellationToken)
    {
        if (running.Build != ServeRecord.CurrentBuild)
        {
            return "it is from another build";
        }

        if ((running.AwsPort, running.KubernetesPort, running.IngressPort, running.CdnPort) != (wanted.AwsPort, wanted.KubernetesPort, wanted.IngressPort, wanted.CdnPort))
        {
            return "other ports are wanted";
        }

        if ((running.DockerHost, running.NodeImage, running.PostgresImage, running.RedisImage) != (wanted.DockerHost, images.Node, images.Postgres, images.Redis))
        {
            return "another engine or other base images are to be used";
        }

        return await IsHealthyAsync(running.AwsPort, cancellationToken) ? null : "it does not answer";
    }

    private static async Task<bool> IsHealthyAsync(int port, CancellationToken cancellationToken) => await HealthAsync(port, cancellationToken) is not null;

    /// <summary>Null: no answer.</summary>
    private static async Task<Health?> HealthAsync(int port, CancellationToken cancellationToken)
    {
        try
        {
            return await Http.GetFromJsonAsync<Health>(new Uri($"http://127.0.0.1:{port}/_health"), cancellationToken);
        }
        catch (HttpRequestException)
        {
            return null;
        }
        catch (TaskCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    private static void RequireFreePorts(LocalCloudSettings settings)
    {
        (string Option, string Use, int Port)[] ports =
        [
            ("--aws-port", "AWS APIs and container registry", settings.AwsPort),
            ("--kubernetes-port", "Kubernetes API", settings.KubernetesPort),
            ("--ingress-port", "Ingress", settings.IngressPort),
            ("--cdn-port", "CloudFront", settings.CdnPort),
        ];
        if (ports.GroupBy(port => port.Port).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new LocalCloudException($"Port {twice.Key} is asked for twice: {string.Join(" and ", twice.Select(port => port.Option))}.", "Give each its own number.");
        }

        foreach (var (option, use, port) in ports.Where(port => !PortOwner.IsFree(port.Port)))
        {
            throw new LocalCloudException(
                $"Port {port} ({use}) is taken by {PortOwner.Describe(port)}.",
                $"End that, or choose another port with {option} N.");
        }
    }
}

/// <summary>What `/_health` answers.</summary>
internal sealed record Health(string Status, IReadOnlyList<string> Services, IReadOnlyList<string> Pending);

/// <summary>What `up --json` prints. Started is false when it ran already and nothing was done.</summary>
internal sealed record UpReport(UpEndpoints Endpoints, string DockerHost, UpImages Images, int Pid, bool Started, string StateDirectory, string Log)
{
    public static UpReport Of(ServeRecord record, string stateDirectory, bool started) => new(
        new UpEndpoints(
            $"http://127.0.0.1:{record.AwsPort}",
            $"https://127.0.0.1:{record.KubernetesPort}",
            $"http://localhost:{record.IngressPort}",
            $"http://localhost:{record.CdnPort}"),
        record.DockerHost,
        new UpImages(record.NodeImage, record.PostgresImage, record.RedisImage),
        record.Pid,
        started,
        stateDirectory,
        ServeProcess.LogOf(stateDirectory));
}

internal sealed record UpEndpoints(string Aws, string Kubernetes, string Ingress, string Cdn);

internal sealed record UpImages(string Node, string Postgres, string Redis);
