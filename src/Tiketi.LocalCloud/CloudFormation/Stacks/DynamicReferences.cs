using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Tiketi.LocalCloud.CloudFormation.Stacks;

/// <summary>Fills in <c>{{resolve:...}}</c> texts.</summary>
internal sealed partial class DynamicReferences(IEnumerable<IDynamicReferenceResolver> resolvers)
{
    private readonly Dictionary<string, IDynamicReferenceResolver> _resolvers = resolvers.ToDictionary(resolver => resolver.Service, StringComparer.Ordinal);

    /// <summary>A copy of the properties with every reference resolved.</summary>
    public async Task<JsonObject> ResolveAsync(JsonObject properties, CancellationToken cancellationToken) =>
        (JsonObject)(await ResolveNodeAsync(properties, cancellationToken))!;

    [GeneratedRegex(@"\{\{resolve:(?<service>[a-z-]+):(?<reference>[^{}]+)\}\}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Pattern();

    private async Task<JsonNode?> ResolveNodeAsync(JsonNode? node, CancellationToken cancellationToken)
    {
        switch (node)
        {
            case JsonObject mapping:
                var resolved = new JsonObject();
                foreach (var (name, value) in mapping)
                {
                    resolved[name] = await ResolveNodeAsync(value, cancellationToken);
                }

                return resolved;
            case JsonArray list:
                var items = new JsonArray();
                foreach (var item in list)
                {
                    items.Add(await ResolveNodeAsync(item, cancellationToken));
                }

                return items;
            case JsonValue value when value.TryGetValue<string>(out var text) && text.Contains("{{resolve:", StringComparison.Ordinal):
                return await ResolveTextAsync(text, cancellationToken);
            default:
                return node?.DeepClone();
        }
    }

    private async Task<string> ResolveTextAsync(string text, CancellationToken cancellationToken)
    {
        foreach (Match match in Pattern().Matches(text))
        {
            var service = match.Groups["service"].Value;
            var resolver = _resolvers.GetValueOrDefault(service)
                ?? throw new ResourceException($"The local cloud resolves no dynamic references of '{service}' ({match.Value}). It resolves: {string.Join(", ", _resolvers.Keys.Order(StringComparer.Ordinal))}.");
            text = text.Replace(match.Value, await resolver.ResolveAsync(match.Groups["reference"].Value, cancellationToken), StringComparison.Ordinal);
        }

        return text;
    }
}
