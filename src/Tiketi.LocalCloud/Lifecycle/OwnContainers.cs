using System.Text.Json;
using Docker.DotNet;
using Docker.DotNet.Models;
using Tiketi.LocalCloud.Containers;

namespace Tiketi.LocalCloud.Lifecycle;

/// <summary>What one state directory has on the engine: another local cloud there must never lose its own to our `down`.</summary>
internal static class OwnContainers
{
    public static async Task<IReadOnlyList<ContainerListResponse>> ListAsync(IDockerClient client, string stateDirectory, bool all, CancellationToken cancellationToken) =>
        Filter(stateDirectory) is { } filter
            ? [.. await client.Containers.ListContainersAsync(new ContainersListParameters { All = all, Filters = filter }, cancellationToken)]
            : [];

    /// <summary>Removes the network unless a container, if only a stopped one, is to come back to it.</summary>
    public static async Task RemoveUnusedNetworkAsync(IDockerClient client, string stateDirectory, Action<string> say, CancellationToken cancellationToken)
    {
        if (Filter(stateDirectory) is not { } filter || (await ListAsync(client, stateDirectory, all: true, cancellationToken)).Count > 0)
        {
            return;
        }

        foreach (var network in await client.Networks.ListNetworksAsync(new NetworksListParameters { Filters = filter }, cancellationToken))
        {
            try
            {
                await client.Networks.DeleteNetworkAsync(network.ID, cancellationToken);
            }
            catch (DockerApiException kept) // an engine may count the endpoint of a container that it has killed until it is restarted
            {
                say($"The Docker network {network.Name} stays: {kept.ResponseBody?.Trim()} 'docker network rm {network.Name}' removes it later.");
            }
        }
    }

    /// <summary>"label=value" of what is this state directory's; null before it has run anything.</summary>
    internal static string? Label(string stateDirectory)
    {
        var file = Path.Combine(stateDirectory, "identity.json");
        if (!File.Exists(file))
        {
            return null;
        }

        using var content = JsonDocument.Parse(File.ReadAllText(file));
        return content.RootElement.TryGetProperty("name", out var value) && value.GetString() is { Length: > 0 } name ? $"{CloudIdentity.Label}={name}" : null;
    }

    private static Dictionary<string, IDictionary<string, bool>>? Filter(string stateDirectory) => Label(stateDirectory) is { } label
        ? new(StringComparer.Ordinal) { ["label"] = new Dictionary<string, bool>(StringComparer.Ordinal) { [label] = true } }
        : null;
}
