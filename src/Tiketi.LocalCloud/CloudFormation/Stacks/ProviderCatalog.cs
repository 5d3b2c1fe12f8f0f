using System.Collections.Frozen;

namespace Tiketi.LocalCloud.CloudFormation.Stacks;

/// <summary>The resource types that the local cloud can make.</summary>
internal sealed class ProviderCatalog(IEnumerable<IResourceProvider> providers)
{
    private readonly FrozenDictionary<string, IResourceProvider> _providers = providers.ToFrozenDictionary(provider => provider.ResourceType, StringComparer.Ordinal);

    public bool Has(string resourceType) => _providers.ContainsKey(resourceType);

    public IResourceProvider Of(string resourceType) => _providers[resourceType];
}
