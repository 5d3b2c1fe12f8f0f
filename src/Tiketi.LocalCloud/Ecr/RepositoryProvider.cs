using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Tiketi.LocalCloud.CloudFormation;
using Tiketi.LocalCloud.Ecr.Storage;

namespace Tiketi.LocalCloud.Ecr;

/// <summary>AWS::ECR::Repository. Ref is the repository's name.</summary>
internal sealed class RepositoryProvider(RepositoryStore store, EcrAddress address) : ILiveProvider
{
    private static readonly IReadOnlySet<string> Known = new HashSet<string>(StringComparer.Ordinal)
    {
        "RepositoryName", "ImageScanningConfiguration", "ImageTagMutability", "ImageTagMutabilityExclusionFilters", "EncryptionConfiguration",
        "LifecyclePolicy", "RepositoryPolicyText", "Tags", "EmptyOnDelete",
    };

    public string ResourceType => "AWS::ECR::Repository";

    public IReadOnlyList<string> PrimaryIdentifier => ["RepositoryName"];

    public bool RequiresReplacement(string propertyName) => propertyName is "RepositoryName" or "EncryptionConfiguration";

    public Task<PhysicalResource> CreateAsync(ResourceRequest request, CancellationToken cancellationToken)
    {
        var name = request.Properties["RepositoryName"]?.GetValue<string>()
            ?? $"{request.StackName}-{request.LogicalId}-{RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyz0123456789", 12)}".ToLowerInvariant();
        return Guard(() =>
        {
            var read = Read(request.Properties);
            store.Create(name, read.Settings, read.Tags);
            store.Change(name, repository => repository with { LifecyclePolicy = read.LifecyclePolicy, Policy = read.Policy });
            return Describe(name);
        });
    }

    public Task<PhysicalResource> UpdateAsync(ResourceRequest request, PhysicalResource current, CancellationToken cancellationToken) => Guard(() =>
    {
        var read = Read(request.Properties);
        store.Change(current.Id, repository => repository with { Settings = read.Settings, Tags = read.Tags, LifecyclePolicy = read.LifecyclePolicy, Policy = read.Policy });
        return Describe(current.Id);
    });

    public Task DeleteAsync(ResourceRequest request, PhysicalResource current, CancellationToken cancellationToken) => Guard(() =>
    {
        if (store.Find(current.Id) is not null)
        {
            store.Delete(current.Id, force: IsTrue(request.Properties["EmptyOnDelete"]));
        }

        return current;
    });

    public PhysicalResource? Find(IReadOnlyList<string> identifier) => store.Find(identifier[0]) is { } repository ? Describe(repository.Name) : null;

    public JsonObject? Read(PhysicalResource resource, JsonObject stated) => store.Find(resource.Id) is not { } repository ? null : new JsonObject
    {
        ["RepositoryName"] = repository.Name,
        ["ImageTagMutability"] = repository.Settings.TagMutability,
        ["ImageTagMutabilityExclusionFilters"] = new JsonArray([.. repository.Settings.MutabilityExclusions.Select(filter =>
            (JsonNode)new JsonObject { ["ImageTagMutabilityExclusionFilterType"] = "WILDCARD", ["ImageTagMutabilityExclusionFilterValue"] = filter })]),
        ["ImageScanningConfiguration"] = new JsonObject { ["ScanOnPush"] = repository.Settings.ScanOnPush },
        ["EncryptionConfiguration"] = new JsonObject { ["EncryptionType"] = repository.Settings.EncryptionType, ["KmsKey"] = repository.Settings.KmsKey },
        ["LifecyclePolicy"] = repository.LifecyclePolicy is null ? null : new JsonObject { ["LifecyclePolicyText"] = repository.LifecyclePolicy },
        ["RepositoryPolicyText"] = repository.Policy is null ? null : JsonNode.Parse(repository.Policy),
        ["Tags"] = new JsonArray([.. repository.Tags.Select(tag => (JsonNode)new JsonObject { ["Key"] = tag.Key, ["Value"] = tag.Value })]),
        ["EmptyOnDelete"] = null,
    };

    private PhysicalResource Describe(string name) => new(name, new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["Arn"] = address.ArnOf(name),
        ["RepositoryUri"] = address.UriOf(name),
    });

    private static (RepositorySettings Settings, Dictionary<string, string> Tags, string? LifecyclePolicy, string? Policy) Read(JsonObject properties)
    {
        if (properties.FirstOrDefault(property => !Known.Contains(property.Key)).Key is { } unknown)
        {
            throw new ResourceException($"The local cloud's ECR does not support the property {unknown} of AWS::ECR::Repository. Supported: {string.Join(", ", Known)}.");
        }

        var lifecycle = properties["LifecyclePolicy"]?["LifecyclePolicyText"]?.GetValue<string>();
        return (
            new RepositorySettings
            {
                TagMutability = properties["ImageTagMutability"]?.GetValue<string>() ?? "MUTABLE",
                MutabilityExclusions = [.. (properties["ImageTagMutabilityExclusionFilters"]?.AsArray() ?? []).Select(filter => filter!["ImageTagMutabilityExclusionFilterValue"]!.GetValue<string>())],
                ScanOnPush = IsTrue(properties["ImageScanningConfiguration"]?["ScanOnPush"]),
                EncryptionType = properties["EncryptionConfiguration"]?["EncryptionType"]?.GetValue<string>() ?? "AES256",
                KmsKey = properties["EncryptionConfiguration"]?["KmsKey"]?.GetValue<string>(),
            },
            (properties["Tags"]?.AsArray() ?? []).ToDictionary(tag => tag!["Key"]!.GetValue<string>(), tag => tag!["Value"]!.GetValue<string>(), StringComparer.Ordinal),
            lifecycle is null ? null : Api.RepositoryOperations.Json(lifecycle, "LifecyclePolicyText", "rules"),
            properties["RepositoryPolicyText"] switch { null => null, JsonValue text => text.GetValue<string>(), var document => document.ToJsonString() });
    }

    /// <summary>Templates give Booleans as such or, from a parameter, as text.</summary>
    private static bool IsTrue(JsonNode? node) => string.Equals(node?.ToString(), "true", StringComparison.OrdinalIgnoreCase);

    private static Task<PhysicalResource> Guard(Func<PhysicalResource> act)
    {
        try
        {
            return Task.FromResult(act());
        }
        catch (EcrException error)
        {
            throw new ResourceException($"{error.Message} (Service: Ecr, Status Code: 400, Error Code: {error.Code})");
        }
    }
}
