using System.Net.Sockets;
using Docker.DotNet;
using Tiketi.LocalCloud.Lifecycle;

namespace Tiketi.LocalCloud.Engine;

/// <summary>Finds the Docker engine to use: the one that the user's Docker settings name; else a private one, started here.</summary>
internal sealed class DockerEngine(string stateDirectory, Action<string> say)
{
    private static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(5);

    /// <summary>
    /// An engine that answers. In this order: DOCKER_HOST (given, it must answer), a private engine of ours that runs,
    /// the current docker context or the default socket, a new private engine (root on Linux only).
    /// </summary>
    /// <exception cref="LocalCloudException">None answers and none can be started, with what would mend it.</exception>
    public async Task<ConnectedEngine> EnsureAsync(CancellationToken cancellationToken)
    {
        if (Environment.GetEnvironmentVariable("DOCKER_HOST") is { Length: > 0 } given)
        {
            var (asked, problem) = await ConnectAsync(given, cancellationToken);
            return asked is null
                ? throw new LocalCloudException($"The Docker engine at {given} (DOCKER_HOST) does not answer: {problem}", "Start it, or unset DOCKER_HOST so that another engine is looked for.")
                : new ConnectedEngine(given, asked, IsPrivate: false);
        }

        var privateEngine = new PrivateEngine(stateDirectory, say);
        if (privateEngine.IsRunning && await TryConnectAsync(privateEngine.Host, cancellationToken) is { } running)
        {
            return new ConnectedEngine(privateEngine.Host, running, IsPrivate: true);
        }

        var configured = ConfiguredHost();
        var (client, reason) = await ConnectAsync(configured, cancellationToken);
        if (client is not null)
        {
            return new ConnectedEngine(configured, client, IsPrivate: false);
        }

        if (PrivateEngine.WhyNot() is { } obstacle)
        {
            throw new LocalCloudException(
                $"No Docker engine: {configured} does not answer ({reason}), and a private one can't be started: {obstacle}.",
                "Start Docker (Docker Desktop, 'systemctl start docker', 'colima start'), make sure that you may use its socket ('usermod -aG docker USER', then log in again), or name another engine with DOCKER_HOST.");
        }

        if (await PrivateEngine.InstallAsync(stateDirectory, say, cancellationToken)
            && await TryConnectAsync(configured, cancellationToken) is { } started)
        {
            return new ConnectedEngine(configured, started, IsPrivate: false); // the package's own service came up
        }

        await privateEngine.StartAsync(cancellationToken);
        return new ConnectedEngine(privateEngine.Host, CreateClient(privateEngine.Host), IsPrivate: true);
    }

    /// <summary>A client for an engine that answers now, else null.</summary>
    public static async Task<IDockerClient?> TryConnectAsync(string host, CancellationToken cancellationToken)
        => (await ConnectAsync(host, cancellationToken)).Client;

    private static async Task<(IDockerClient? Client, string Problem)> ConnectAsync(string host, CancellationToken cancellationToken)
    {
        IDockerClient? client = null;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(AnswerTime);
        try
        {
            client = CreateClient(host);
            await client.System.PingAsync(limit.Token);
            var answered = client;
            client = null;
            return (answered, "");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (null, $"no answer within {AnswerTime.TotalSeconds:0} s");
        }
        catch (Exception exception) when (exception is HttpRequestException or SocketException or IOException or DockerApiException or TimeoutException or NotSupportedException or UriFormatException)
        {
            return (null, exception.GetBaseException().Message);
        }
        finally
        {
            client?.Dispose();
        }
    }

    private static IDockerClient CreateClient(string host)
        => new DockerClientBuilder().WithEndpoint(new Uri(host)).WithTimeout(Timeout.InfiniteTimeSpan).Build();

    /// <summary>What the docker CLI would use: DOCKER_CONTEXT, the config file's current context, or the default socket.</summary>
    private static string ConfiguredHost() => DockerConfig.Instance.GetEndpoint().ToString();
}

/// <summary>An engine that answered (its address as in DOCKER_HOST), a client for it, and whether we started it for this state directory.</summary>
internal sealed record ConnectedEngine(string Host, IDockerClient Client, bool IsPrivate) : IDisposable
{
    public void Dispose() => Client.Dispose();
}
