using System.Net.Http.Json;
using Tiketi.LocalCloud.Engine;

namespace Tiketi.LocalCloud.Lifecycle;

/// <summary>`status`: what runs, where it listens and how much it keeps. Changes nothing.</summary>
internal static class StatusCommand
{
    public static async Task<StatusReport> RunAsync(string stateDirectory, CancellationToken cancellationToken)
    {
        var record = ServeRecord.Load(stateDirectory);
        var data = Directory.Exists(stateDirectory)
            ? new DirectoryInfo(stateDirectory).EnumerateDirectories().Select(part => new DataStatus(part.Name, StateFolder.Size(part))).OrderBy(part => part.Name).ToList()
            : [];
        if (record is null)
        {
            return new StatusReport("absent", Up: null, Started: null, CurrentBuild: false, Services: [], EngineVersion: null, Containers: [], data);
        }

        var services = record.IsRunning ? await ServicesAsync(record.AwsPort, cancellationToken) : null;
        using var client = await DockerEngine.TryConnectAsync(record.DockerHost, cancellationToken);
        return new StatusReport(
            record.IsRunning ? services is null ? "not answering" : "running" : "stopped",
            record.IsRunning ? UpReport.Of(record, stateDirectory, started: false) : null,
            record.IsRunning ? record.Started : null,
            record.Build == ServeRecord.CurrentBuild,
            services ?? [],
            client is null ? null : (await client.System.GetVersionAsync(cancellationToken)).Version,
            client is null ? [] : [.. (await OwnContainers.ListAsync(client, stateDirectory, all: true, cancellationToken)).Select(container => new ContainerStatus(
                container.Names.FirstOrDefault()?.TrimStart('/') ?? container.ID[..12],
                container.Image,
                container.State,
                container.Status)).OrderBy(container => container.Name, StringComparer.Ordinal)],
            data);
    }

    private static async Task<IReadOnlyList<string>?> ServicesAsync(int port, CancellationToken cancellationToken)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(5) };
        try
        {
            return (await http.GetFromJsonAsync<Health>(new Uri($"http://127.0.0.1:{port}/_health"), cancellationToken))?.Services;
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
}

/// <summary>
/// What `status --json` prints. The state is "running", "not answering", "stopped" (its data is kept) or "absent" (there is
/// none); no engine version means that the Docker engine does not answer.
/// </summary>
internal sealed record StatusReport(
    string State,
    UpReport? Up,
    DateTimeOffset? Started,
    bool CurrentBuild,
    IReadOnlyList<string> Services,
    string? EngineVersion,
    IReadOnlyList<ContainerStatus> Containers,
    IReadOnlyList<DataStatus> Data)
{
    /// <summary>The same for a person.</summary>
    public IEnumerable<string> Lines()
    {
        yield return $"local cloud  {State}{(Up is null ? "" : $", pid {Up.Pid}, since {Started:u}{(CurrentBuild ? "" : ", of another build")}")}";
        if (Up is not null)
        {
            yield return $"  AWS and registry  {Up.Endpoints.Aws}  ({string.Join(' ', Services)})";
            yield return $"  Kubernetes        {Up.Endpoints.Kubernetes}";
            yield return $"  Ingress           {Up.Endpoints.Ingress}";
            yield return $"  CloudFront        {Up.Endpoints.Cdn}";
            yield return $"  Docker engine     {Up.DockerHost}  ({EngineVersion ?? "does not answer"})";
        }

        foreach (var container in Containers.Where(container => container.State == "running").DistinctBy(container => container.ShortName))
        {
            yield return $"  {container.ShortName,-44}  {container.Status}";
        }

        foreach (var part in Data)
        {
            yield return $"  {part.Name,-16}  {part.Bytes / 1024.0 / 1024.0:0.0} MiB";
        }
    }
}

internal sealed record ContainerStatus(string Name, string Image, string State, string Status)
{
    /// <summary>A pod's container is called k8s_CONTAINER_POD_NAMESPACE_UID_ATTEMPT, as the kubelet calls it; people know its pod.</summary>
    public string ShortName => Name.Split('_') is ["k8s", _, var pod, ..] ? "pod " + pod : Name;
}

internal sealed record DataStatus(string Name, long Bytes);
