using System.Text.Json;
using Docker.DotNet;
using Docker.DotNet.Models;
using Tiketi.LocalCloud.Hosting;

namespace Tiketi.LocalCloud.Lifecycle;

/// <summary>The containers of one state directory: another local cloud on the same engine must never lose its own to our `down`.</summary>
internal static class OwnContainers
{
    /// <summary>Where each part of the local cloud keeps its identity: the document, the property in it, and the label that carries it.</summary>
    private static readonly (string Document, string Property, string Label)[] Identities =
    [
        ("identity", "name", PodNetwork.OwnerLabel),
        ("cluster-identity", "id", PodNetwork.OwnerLabel + ".cluster"),
    ];

    public static async Task<IReadOnlyList<ContainerListResponse>> ListAsync(IDockerClient client, string stateDirectory, bool all, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, ContainerListResponse>(StringComparer.Ordinal);
        foreach (var label in Labels(stateDirectory))
        {
            var filter = new Dictionary<string, IDictionary<string, bool>>(StringComparer.Ordinal) { ["label"] = new Dictionary<string, bool>(StringComparer.Ordinal) { [label] = true } };
            foreach (var container in await client.Containers.ListContainersAsync(new ContainersListParameters { All = all, Filters = filter }, cancellationToken))
            {
                found[container.ID] = container;
            }
        }

        return [.. found.Values];
    }

    /// <summary>"label=value" of whatever has got an identity so far.</summary>
    internal static IEnumerable<string> Labels(string stateDirectory)
    {
        foreach (var (document, property, label) in Identities)
        {
            var file = Path.Combine(stateDirectory, document + ".json");
            if (!File.Exists(file))
            {
                continue;
            }

            using var content = JsonDocument.Parse(File.ReadAllText(file));
            if (content.RootElement.TryGetProperty(property, out var value) && value.GetString() is { Length: > 0 } identity)
            {
                yield return $"{label}={identity}";
            }
        }
    }
}
