using Docker.DotNet;
using Docker.DotNet.Models;
using Tiketi.LocalCloud.Hosting;

namespace Tiketi.LocalCloud.Containers;

/// <summary>Makes the pod network once; Docker itself would make a second one of the same name.</summary>
internal sealed class ContainerNetwork(IDockerClient docker, LocalCloudSettings settings) : IDisposable
{
    private readonly SemaphoreSlim _once = new(1);

    public async Task EnsureAsync(CancellationToken cancellationToken)
    {
        await _once.WaitAsync(cancellationToken);
        try
        {
            while (!await ExistsAsync(cancellationToken))
            {
                var made = await docker.Networks.CreateNetworkAsync(
                    new NetworksCreateParameters { Name = settings.Network, Driver = "bridge", Labels = new Dictionary<string, string>(StringComparer.Ordinal) { [PodNetwork.OwnerLabel] = "network" } },
                    cancellationToken);
                if (await CountAsync(cancellationToken) > 1)
                {
                    // Somebody else made one at the same moment; a name that two networks have is of no use to anybody.
                    await docker.Networks.DeleteNetworkAsync(made.ID, cancellationToken);
                }
            }
        }
        finally
        {
            _once.Release();
        }
    }

    public void Dispose() => _once.Dispose();

    private async Task<bool> ExistsAsync(CancellationToken cancellationToken) => await CountAsync(cancellationToken) > 0;

    private async Task<int> CountAsync(CancellationToken cancellationToken)
    {
        var filter = new Dictionary<string, IDictionary<string, bool>>(StringComparer.Ordinal)
        {
            ["name"] = new Dictionary<string, bool>(StringComparer.Ordinal) { [settings.Network] = true },
        };
        var networks = await docker.Networks.ListNetworksAsync(new NetworksListParameters { Filters = filter }, cancellationToken);
        return networks.Count(network => network.Name == settings.Network);
    }
}
