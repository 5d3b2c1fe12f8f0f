using Docker.DotNet;
using Docker.DotNet.Models;
using Tiketi.LocalCloud.Hosting;

namespace Tiketi.LocalCloud.Containers;

/// <summary>Makes the pod network once; Docker itself would make a second one of the same name.</summary>
internal sealed class ContainerNetwork(IDockerClient docker) : IDisposable
{
    private readonly SemaphoreSlim _once = new(1);

    public async Task EnsureAsync(CancellationToken cancellationToken)
    {
        await _once.WaitAsync(cancellationToken);
        try
        {
            var filter = new Dictionary<string, IDictionary<string, bool>>(StringComparer.Ordinal)
            {
                ["name"] = new Dictionary<string, bool>(StringComparer.Ordinal) { [PodNetwork.Name] = true },
            };
            var present = await docker.Networks.ListNetworksAsync(new NetworksListParameters { Filters = filter }, cancellationToken);
            if (present.Any(network => network.Name == PodNetwork.Name))
            {
                return;
            }

            await docker.Networks.CreateNetworkAsync(
                new NetworksCreateParameters { Name = PodNetwork.Name, Driver = "bridge", Labels = new Dictionary<string, string>(StringComparer.Ordinal) { [PodNetwork.OwnerLabel] = "" } },
                cancellationToken);
        }
        finally
        {
            _once.Release();
        }
    }

    public void Dispose() => _once.Dispose();
}
