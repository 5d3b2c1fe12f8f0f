using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Docker.DotNet;
using Docker.DotNet.Models;
using Tiketi.LocalCloud.CloudFormation;
using Tiketi.LocalCloud.Hosting;

namespace Tiketi.LocalCloud.Containers;

/// <summary>Starts, asks and removes the containers behind managed services. All calls may be repeated.</summary>
internal sealed class ManagedContainers(IDockerClient docker, ContainerNetwork network, CloudIdentity identity, LocalCloudSettings settings)
{
    private const string SpecificationLabel = CloudIdentity.Label + ".specification";
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(200);

    /// <summary>Makes the container run as described: started when it stands still, made anew when it is another than described.</summary>
    /// <exception cref="ResourceException">The name is taken by another local cloud, the image is missing, or the engine does not answer.</exception>
    public Task StartAsync(ManagedContainer container, CancellationToken cancellationToken) => ReachAsync(async () =>
    {
        try
        {
            await StartOnEngineAsync(container, cancellationToken);
            return true;
        }
        catch (DockerImageNotFoundException)
        {
            throw new ResourceException($"The Docker engine has no image '{container.Image}' for {container.Name}. Run './build.sh LocalDown' and './build.sh LocalUp': that brings the base images.");
        }
    });

    /// <summary>Waits until the command ends with 0 inside the container.</summary>
    /// <exception cref="ResourceException">The container ended, or the time is over; its last words are in the message.</exception>
    public async Task WaitUntilAsync(string name, string[] command, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(limit);
        try
        {
            while ((await ExecuteAsync(name, command, user: "root", input: null, deadline.Token)).ExitCode != 0)
            {
                await Task.Delay(PollInterval, deadline.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ResourceException($"{name} did not become ready within {limit.TotalSeconds:0} s. Its last words: {await LastWordsAsync(name, cancellationToken)}");
        }
        catch (DockerApiException error) when (error.StatusCode is HttpStatusCode.Conflict)
        {
            throw new ResourceException($"{name} ended before it became ready. Its last words: {await LastWordsAsync(name, cancellationToken)}");
        }
    }

    /// <summary>Runs a command inside the container; the input, which may hold what argv must not, goes through its standard input.</summary>
    public Task<(long ExitCode, string Output)> ExecuteAsync(string name, string[] command, string user, string? input, CancellationToken cancellationToken) => ReachAsync(async () =>
    {
        var parameters = new ContainerExecCreateParameters { Cmd = command, User = user, AttachStdin = input is not null, AttachStdout = true, AttachStderr = true };
        var execution = await docker.Exec.CreateContainerExecAsync(name, parameters, cancellationToken);
        using var stream = await docker.Exec.StartContainerExecAsync(execution.ID, new ContainerExecStartParameters(), cancellationToken);
        if (input is not null)
        {
            var bytes = Encoding.UTF8.GetBytes(input);
            await stream.WriteAsync(bytes, 0, bytes.Length, cancellationToken);
            stream.CloseWrite();
        }

        var (output, error) = await stream.ReadOutputToEndAsync(cancellationToken);
        var ended = await docker.Exec.InspectContainerExecAsync(execution.ID, cancellationToken);
        return (ended.ExitCode ?? -1, output + error);
    });

    /// <summary>Removes the container, stopped in good order before; its volume stays. One that is gone counts as removed.</summary>
    public Task RemoveAsync(string name, CancellationToken cancellationToken) => ReachAsync(async () =>
    {
        if (await InspectAsync(name, cancellationToken) is not { } present)
        {
            return false;
        }

        RequireOwn(name, present);
        try
        {
            await docker.Containers.StopContainerAsync(present.ID, new ContainerStopParameters(), cancellationToken);
            await docker.Containers.RemoveContainerAsync(present.ID, new ContainerRemoveParameters { Force = true }, cancellationToken);
        }
        catch (DockerContainerNotFoundException)
        {
            // somebody else removed it meanwhile
        }

        return true;
    });

    /// <summary>Removes the data for good; a volume that is gone counts as removed.</summary>
    public Task RemoveVolumeAsync(string name, CancellationToken cancellationToken) => ReachAsync(async () =>
    {
        try
        {
            await docker.Volumes.RemoveAsync(name, force: true, cancellationToken);
            return true;
        }
        catch (DockerApiException error) when (error.StatusCode is HttpStatusCode.NotFound)
        {
            return false;
        }
    });

    /// <summary>An engine that does not answer is a reason a person can act on, not an internal failure.</summary>
    private async Task<T> ReachAsync<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (Exception error) when (error is HttpRequestException or SocketException or TimeoutException)
        {
            throw new ResourceException($"The Docker engine at {settings.DockerHost} does not answer: {error.GetBaseException().Message}. Run './build.sh LocalDown' and './build.sh LocalUp'.");
        }
    }

    private async Task StartOnEngineAsync(ManagedContainer container, CancellationToken cancellationToken)
    {
        var networkId = await network.EnsureAsync(cancellationToken);
        var specification = Convert.ToHexString(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(new { container, volume = container.Volume.Name, target = container.Volume.Target })));
        if (await InspectAsync(container.Name, cancellationToken) is { } present)
        {
            RequireOwn(container.Name, present);
            if (LabelOf(present, SpecificationLabel) == specification && NetworkOf(present) == networkId)
            {
                await docker.Containers.StartContainerAsync(present.ID, new ContainerStartParameters(), cancellationToken);
                return;
            }

            await RemoveAsync(container.Name, cancellationToken);
        }

        await docker.Volumes.CreateAsync(new VolumesCreateParameters { Name = container.Volume.Name, Labels = identity.Labels() }, cancellationToken);
        var created = await docker.Containers.CreateContainerAsync(Parameters(container, specification), cancellationToken);
        await docker.Containers.StartContainerAsync(created.ID, new ContainerStartParameters(), cancellationToken);
    }

    private string? NetworkOf(ContainerInspectResponse container) => container.NetworkSettings?.Networks is { } networks && networks.TryGetValue(identity.Network, out var endpoint) ? endpoint.NetworkID : null;

    private CreateContainerParameters Parameters(ManagedContainer container, string specification)
    {
        var labels = identity.Labels();
        labels[SpecificationLabel] = specification;
        return new CreateContainerParameters
        {
            Name = container.Name,
            Image = container.Image,
            User = "root",
            Entrypoint = ["sh", "-c", container.Script],
            Cmd = [],
            Env = [.. container.Environment.Select(variable => $"{variable.Key}={variable.Value}")],
            Labels = labels,
            StopSignal = container.StopSignal,
            HostConfig = new HostConfig
            {
                Mounts = [new Mount { Type = "volume", Source = container.Volume.Name, Target = container.Volume.Target }],
                NetworkMode = identity.Network,
                ShmSize = 256 * 1024 * 1024,
                Init = true,
            },
            NetworkingConfig = new NetworkingConfig
            {
                EndpointsConfig = new Dictionary<string, EndpointSettings>(StringComparer.Ordinal) { [identity.Network] = new() { Aliases = [.. container.Aliases] } },
            },
        };
    }

    private static string? LabelOf(ContainerInspectResponse container, string label) =>
        container.Config?.Labels is { } labels && labels.TryGetValue(label, out var value) ? value : null;

    private void RequireOwn(string name, ContainerInspectResponse container)
    {
        var owner = LabelOf(container, CloudIdentity.Label);
        if (owner != identity.Name)
        {
            throw new ResourceException($"The container {name} belongs to {(owner is null ? "somebody else" : $"another local cloud ({owner})")}. Stop that one and remove the container ('docker rm -f {name}'), or give this resource another identifier.");
        }
    }

    private async Task<ContainerInspectResponse?> InspectAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            return await docker.Containers.InspectContainerAsync(name, cancellationToken);
        }
        catch (DockerContainerNotFoundException)
        {
            return null;
        }
    }

    private async Task<string> LastWordsAsync(string name, CancellationToken cancellationToken)
    {
        using var stream = await docker.Containers.GetContainerLogsAsync(name, new ContainerLogsParameters { ShowStdout = true, ShowStderr = true, Tail = "20" }, cancellationToken);
        var (output, error) = await stream.ReadOutputToEndAsync(cancellationToken);
        return (output + error).Trim();
    }
}
