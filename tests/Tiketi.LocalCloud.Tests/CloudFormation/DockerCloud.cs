using Docker.DotNet;
using Docker.DotNet.Models;
using Microsoft.Extensions.DependencyInjection;
using Tiketi.LocalCloud.Containers;
using Tiketi.LocalCloud.Engine;
using Tiketi.LocalCloud.Hosting;
using Tiketi.LocalCloud.Tests.S3;

namespace Tiketi.LocalCloud.Tests.CloudFormation;

/// <summary>A local cloud on a real Docker engine; what it made there goes with it.</summary>
internal sealed class DockerCloud(TestCloud cloud, IDockerClient docker) : IAsyncDisposable
{
    public TestCloud Cloud => cloud;

    public IDockerClient Docker => docker;

    public CloudIdentity Identity => cloud.Services.GetRequiredService<CloudIdentity>();

    /// <summary>Skips the test where no engine answers.</summary>
    public static async Task<DockerCloud> StartAsync(string? image = null)
    {
        var host = Environment.GetEnvironmentVariable("DOCKER_HOST") ?? "unix:///var/run/docker.sock";
        var docker = await DockerEngine.TryConnectAsync(host, TestContext.Current.CancellationToken);
        Assert.SkipWhen(docker is null, $"No Docker engine answers at {host}.");
        using var folder = new TemporaryFolder();
        var images = await new BaseImages(docker, folder.Path, _ => { }).EnsureAsync(TestContext.Current.CancellationToken);
        return new DockerCloud(await TestCloud.StartAsync(postgresImage: image ?? images.Postgres, redisImage: image ?? images.Redis), docker);
    }

    public async Task<IReadOnlyList<ContainerListResponse>> ContainersAsync() =>
        [.. (await docker.Containers.ListContainersAsync(new ContainersListParameters { All = true })).Where(container => IsOwn(container.Labels))];

    /// <summary>The container's address in the pod network, which a Linux host reaches.</summary>
    public async Task<string> AddressAsync(string container) =>
        (await docker.Containers.InspectContainerAsync(container)).NetworkSettings!.Networks![Identity.Network].IPAddress!;

    public async ValueTask DisposeAsync()
    {
        foreach (var container in await ContainersAsync())
        {
            await docker.Containers.RemoveContainerAsync(container.ID, new ContainerRemoveParameters { Force = true });
        }

        foreach (var volume in (await docker.Volumes.ListAsync(CancellationToken.None)).Volumes.Where(volume => IsOwn(volume.Labels)))
        {
            await docker.Volumes.RemoveAsync(volume.Name, force: true);
        }

        foreach (var network in (await docker.Networks.ListNetworksAsync(new NetworksListParameters())).Where(network => IsOwn(network.Labels)))
        {
            await docker.Networks.DeleteNetworkAsync(network.ID);
        }

        await cloud.DisposeAsync();
        docker.Dispose();
    }

    private bool IsOwn(IDictionary<string, string>? labels) => labels?.TryGetValue(CloudIdentity.Label, out var owner) == true && owner == Identity.Name;
}
