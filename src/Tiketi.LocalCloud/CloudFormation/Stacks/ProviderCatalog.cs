using System.Collections.Frozen;

namespace Tiketi.LocalCloud.CloudFormation.Stacks;

/// <summary>The resource types that the local cloud can make. Of two providers of a type the one registered last serves it, as everywhere in dependency injection.</summary>
internal sealed class ProviderCatalog(IEnumerable<IResourceProvider> providers)
{
    private readonly FrozenDictionary<string, IResourceProvider> _providers = providers
        .GroupBy(provider => provider.ResourceType, StringComparer.Ordinal)
        .ToFrozenDictionary(group => group.Key, group => group.Last(), StringComparer.Ordinal);

    public bool Has(string resourceType) => _providers.ContainsKey(resourceType);

    public IResourceProvider Of(string resourceType) => _providers[resourceType];
}
