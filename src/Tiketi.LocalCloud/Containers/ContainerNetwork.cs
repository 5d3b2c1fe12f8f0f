using Docker.DotNet;
using Docker.DotNet.Models;

namespace Tiketi.LocalCloud.Containers;

/// <summary>Makes the cloud's network once; Docker itself would make a second one of the same name.</summary>
internal sealed class ContainerNetwork(IDockerClient docker, CloudIdentity identity) : IDisposable
{
    private readonly SemaphoreSlim _once = new(1);

    /// <summary>The network's id on the engine: another one than before when somebody removed it meanwhile.</summary>
    public async Task<string> EnsureAsync(CancellationToken cancellationToken)
    {
        await _once.WaitAsync(cancellationToken);
        try
        {
            return await FindAsync(cancellationToken)
                ?? (await docker.Networks.CreateNetworkAsync(new NetworksCreateParameters { Name = identity.Network, Driver = "bridge", Labels = identity.Labels() }, cancellationToken)).ID;
        }
        finally
        {
            _once.Release();
        }
    }

    public void Dispose() => _once.Dispose();

    private async Task<string?> FindAsync(CancellationToken cancellationToken)
    {
        var filter = new Dictionary<string, IDictionary<string, bool>>(StringComparer.Ordinal)
        {
            ["name"] = new Dictionary<string, bool>(StringComparer.Ordinal) { [identity.Network] = true },
        };
        var networks = await docker.Networks.ListNetworksAsync(new NetworksListParameters { Filters = filter }, cancellationToken);
        return networks.FirstOrDefault(network => network.Name == identity.Network)?.ID;
    }
}
