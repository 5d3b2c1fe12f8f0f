using System.Globalization;
using System.Net;
using Docker.DotNet;
using Docker.DotNet.Models;
using Tiketi.LocalCloud.Containers;
using Tiketi.LocalCloud.Hosting;

namespace Tiketi.LocalCloud.Kubernetes.Kubelet;

/// <summary>One container of a pod as the engine knows it.</summary>
internal sealed record PodContainer(string Id, string PodUid, string Name, int Attempt, string ImageId, DateTimeOffset Created, State State)
{
    public bool IsRunning => State.Running == true;

    /// <summary>Created but never started: starting it failed, or the process was killed in between.</summary>
    public bool NeverStarted => State.Status is "created";
}

/// <summary>A pod's containers on the Docker engine. Everything made carries labels that tell whose it is, so that it can be adopted later.</summary>
internal sealed class ContainerRuntime(IDockerClient docker, ContainerNetwork network, CloudIdentity identity)
{
    public const string SandboxName = "POD";
    public const string UidLabel = "io.kubernetes.pod.uid";
    private const string PodLabel = "io.kubernetes.pod.name";
    private const string NamespaceLabel = "io.kubernetes.pod.namespace";
    private const string ContainerLabel = "io.kubernetes.container.name";
    private const string AttemptLabel = "io.kubernetes.container.restartCount";

    private readonly SemaphoreSlim _preparing = new(1, 1);
    private bool _prepared;

    public IDockerClient Docker => docker;

    /// <summary>The label, with its value, that all containers of this cloud carry; those of pods have <see cref="UidLabel"/> besides.</summary>
    public string OwnLabel => $"{CloudIdentity.Label}={identity.Name}";

    /// <summary>All of this cluster's containers, by pod uid.</summary>
    public async Task<ILookup<string, string>> ListPodsAsync(CancellationToken cancellationToken)
    {
        var listed = await ListAsync([OwnLabel, UidLabel], cancellationToken);
        return listed.ToLookup(item => item.Labels[UidLabel], item => item.ID, StringComparer.Ordinal);
    }

    /// <summary>A pod's sandbox and containers, the latest attempts first.</summary>
    public async Task<List<PodContainer>> InspectPodAsync(string uid, CancellationToken cancellationToken)
    {
        var listed = await ListAsync([OwnLabel, $"{UidLabel}={uid}"], cancellationToken);
        var found = new List<PodContainer>();
        foreach (var item in listed)
        {
            try
            {
                var details = await docker.Containers.InspectContainerAsync(item.ID, cancellationToken);
                found.Add(new PodContainer(item.ID, uid, item.Labels[ContainerLabel], int.Parse(item.Labels[AttemptLabel], CultureInfo.InvariantCulture), details.Image, new DateTimeOffset(details.Created.ToUniversalTime()), details.State!));
            }
            catch (DockerContainerNotFoundException)
            {
                // removed between the listing and now
            }
        }

        return [.. found.OrderByDescending(item => item.Attempt)];
    }

    /// <summary>Makes and starts the pod's sandbox, which holds its address, host name and the names of its services.</summary>
    public async Task<string> StartSandboxAsync(PodIdentity pod, IReadOnlyList<string> aliases, int attempt, IList<string> dns, IList<string> extraHosts, CancellationToken cancellationToken)
    {
        await PrepareAsync(cancellationToken);
        var created = await docker.Containers.CreateContainerAsync(new CreateContainerParameters
        {
            Name = NameOf(pod, SandboxName, attempt),
            Image = SandboxImage.Reference,
            Entrypoint = [SandboxImage.Program],
            Hostname = pod.Hostname,
            Labels = LabelsOf(pod, SandboxName, attempt),
            StopSignal = "SIGKILL", // nothing in there has anything to tidy up
            HostConfig = new HostConfig { NetworkMode = identity.Network, DNS = dns, ExtraHosts = extraHosts, IpcMode = "shareable", OomScoreAdj = 0 },
            NetworkingConfig = new NetworkingConfig
            {
                EndpointsConfig = new Dictionary<string, EndpointSettings>(StringComparer.Ordinal) { [identity.Network] = new() { Aliases = [.. aliases] } },
            },
        }, cancellationToken);
        await docker.Containers.StartContainerAsync(created.ID, new ContainerStartParameters(), cancellationToken);
        return created.ID;
    }

    /// <summary>The sandbox's address in the pod network; null when it has none.</summary>
    public async Task<string?> AddressAsync(string sandboxId, CancellationToken cancellationToken)
    {
        var details = await docker.Containers.InspectContainerAsync(sandboxId, cancellationToken);
        return details.NetworkSettings!.Networks!.TryGetValue(identity.Network, out var endpoint) && endpoint.IPAddress is { Length: > 0 } address ? address : null;
    }

    public async Task<string> CreateAsync(PodIdentity pod, string name, int attempt, string sandboxId, CreateContainerParameters parameters, CancellationToken cancellationToken)
    {
        parameters.Name = NameOf(pod, name, attempt);
        parameters.Labels = LabelsOf(pod, name, attempt);
        parameters.HostConfig!.NetworkMode = "container:" + sandboxId;
        parameters.HostConfig.IpcMode = "container:" + sandboxId;
        return (await docker.Containers.CreateContainerAsync(parameters, cancellationToken)).ID;
    }

    public Task StartAsync(string id, CancellationToken cancellationToken) => docker.Containers.StartContainerAsync(id, new ContainerStartParameters(), cancellationToken);

    /// <summary>Sends a signal; a container that has ended already is left alone.</summary>
    public async Task SignalAsync(string id, string? signal, CancellationToken cancellationToken)
    {
        try
        {
            var asked = signal ?? (await docker.Containers.InspectContainerAsync(id, cancellationToken)).Config!.StopSignal;
            await docker.Containers.KillContainerAsync(id, new ContainerKillParameters { Signal = asked is { Length: > 0 } ? asked : "SIGTERM" }, cancellationToken);
        }
        catch (DockerContainerNotFoundException)
        {
            // it is gone already
        }
        catch (DockerApiException e) when (e.StatusCode == HttpStatusCode.Conflict)
        {
            // it has ended already
        }
    }

    /// <summary>Waits until a container has ended or is gone.</summary>
    public async Task WaitAsync(string id, CancellationToken cancellationToken)
    {
        try
        {
            await docker.Containers.WaitContainerAsync(id, cancellationToken);
        }
        catch (DockerContainerNotFoundException)
        {
            // gone: ended all the same
        }
    }

    public async Task RemoveAsync(string id, CancellationToken cancellationToken)
    {
        try
        {
            await docker.Containers.RemoveContainerAsync(id, new ContainerRemoveParameters { Force = true, RemoveVolumes = true }, cancellationToken);
        }
        catch (DockerContainerNotFoundException)
        {
            // what was asked for
        }
        catch (DockerApiException e) when (e.StatusCode == HttpStatusCode.Conflict)
        {
            // somebody else's removal is in progress
        }
    }

    private async Task PrepareAsync(CancellationToken cancellationToken)
    {
        await _preparing.WaitAsync(cancellationToken);
        try
        {
            if (!_prepared)
            {
                await network.EnsureAsync(cancellationToken);
                await EnsureImageAsync(cancellationToken);
                _prepared = true;
            }
        }
        finally
        {
            _preparing.Release();
        }
    }

    private async Task EnsureImageAsync(CancellationToken cancellationToken)
    {
        try
        {
            await docker.Images.InspectImageAsync(SandboxImage.Reference, cancellationToken);
        }
        catch (DockerImageNotFoundException)
        {
            var engine = await docker.System.GetSystemInfoAsync(cancellationToken);
            await docker.Images.CreateImageAsync(
                new ImagesCreateParameters { FromSrc = "-", Repo = SandboxImage.Repository, Tag = SandboxImage.Tag },
                SandboxImage.Build(engine.Architecture), authConfig: null, new Progress<JSONMessage>(), cancellationToken);
        }
    }

    private Task<IList<ContainerListResponse>> ListAsync(string[] labels, CancellationToken cancellationToken) => docker.Containers.ListContainersAsync(new ContainersListParameters
    {
        All = true,
        Filters = new Dictionary<string, IDictionary<string, bool>>(StringComparer.Ordinal) { ["label"] = labels.ToDictionary(label => label, _ => true, StringComparer.Ordinal) },
    }, cancellationToken);

    private Dictionary<string, string> LabelsOf(PodIdentity pod, string name, int attempt) => new(StringComparer.Ordinal)
    {
        [CloudIdentity.Label] = identity.Name,
        [UidLabel] = pod.Uid,
        [PodLabel] = pod.Name,
        [NamespaceLabel] = pod.Namespace,
        [ContainerLabel] = name,
        [AttemptLabel] = attempt.ToString(CultureInfo.InvariantCulture),
    };

    private static string NameOf(PodIdentity pod, string container, int attempt) => $"k8s_{container}_{pod.Name}_{pod.Namespace}_{pod.Uid}_{attempt}";
}

/// <summary>Which pod a container belongs to.</summary>
internal sealed record PodIdentity(string Namespace, string Name, string Uid, string Hostname);
