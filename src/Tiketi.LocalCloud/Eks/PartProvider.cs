using System.Text.Json.Nodes;
using Tiketi.LocalCloud.CloudFormation;
using Tiketi.LocalCloud.CloudFormation.Records;
using Tiketi.LocalCloud.Hosting;
using Tiketi.LocalCloud.Kubernetes;

namespace Tiketi.LocalCloud.Eks;

/// <summary>
/// Add-ons, access entries and pod identity associations. They are kept and shown; the local cluster needs none of them: its network,
/// names and proxy are built in, and every authenticated user is its administrator.
/// </summary>
internal abstract class PartProvider(EksClusters clusters) : IResourceProvider
{
    public abstract string ResourceType { get; }

    protected abstract string Kind { get; }

    protected abstract PropertyNames Names { get; }

    public abstract bool RequiresReplacement(string propertyName);

    public Task<PhysicalResource> CreateAsync(ResourceRequest request, CancellationToken cancellationToken)
    {
        Names.Check(request.Properties);
        var cluster = Parts.Text(request.Properties, "ClusterName");
        if (clusters.Find(cluster) is null)
        {
            throw new ResourceException($"No cluster found for name: {cluster}. (Service: Eks, Status Code: 404)");
        }

        var name = NameOf(request.Properties);
        if (clusters.FindPart(cluster, Kind, name) is not null)
        {
            throw new ResourceException($"{ResourceType} {name} already exists in cluster {cluster} (Service: Eks, Status Code: 409)");
        }

        return Task.FromResult(Store(cluster, name, request.Properties));
    }

    public Task<PhysicalResource> UpdateAsync(ResourceRequest request, PhysicalResource current, CancellationToken cancellationToken)
    {
        Names.Check(request.Properties);
        return Task.FromResult(Store(Parts.Text(request.Properties, "ClusterName"), current.Attributes["Name"], request.Properties));
    }

    public Task DeleteAsync(ResourceRequest request, PhysicalResource current, CancellationToken cancellationToken)
    {
        clusters.RemovePart(current.Attributes["ClusterName"], Kind, current.Attributes["Name"]);
        return Task.CompletedTask;
    }

    /// <summary>The part's key among its kind.</summary>
    protected abstract string NameOf(JsonObject properties);

    protected abstract (string Id, string Arn, JsonObject Document) Describe(string cluster, string name, JsonObject properties);

    private PhysicalResource Store(string cluster, string name, JsonObject properties)
    {
        var (id, arn, document) = Describe(cluster, name, properties);
        clusters.PutPart(cluster, Kind, name, document);
        return new PhysicalResource(id, new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["Arn"] = arn, ["AccessEntryArn"] = arn, ["AssociationArn"] = arn, ["AssociationId"] = name, ["ClusterName"] = cluster, ["Name"] = name,
        });
    }
}

internal sealed class AddonProvider(EksClusters clusters, LocalCloudSettings settings, TimeProvider time) : PartProvider(clusters)
{
    public override string ResourceType => "AWS::EKS::Addon";

    protected override string Kind => Parts.Addon;

    protected override PropertyNames Names { get; } = new("ClusterName AddonName", "AddonVersion ConfigurationValues NamespaceConfig PodIdentityAssociations PreserveOnDelete ResolveConflicts ServiceAccountRoleArn Tags");

    public override bool RequiresReplacement(string propertyName) => propertyName is "ClusterName" or "AddonName";

    protected override string NameOf(JsonObject properties) => Parts.Text(properties, "AddonName");

    protected override (string, string, JsonObject) Describe(string cluster, string name, JsonObject properties)
    {
        var arn = $"arn:aws:eks:{settings.Region}:{LocalCloudSettings.AccountId}:addon/{cluster}/{name}/local";
        return ($"{cluster}|{name}", arn, new JsonObject
        {
            ["addonName"] = name, ["clusterName"] = cluster, ["status"] = "ACTIVE", ["addonVersion"] = properties.Text("AddonVersion") ?? Parts.AddonVersion,
            ["health"] = new JsonObject { ["issues"] = new JsonArray() }, ["addonArn"] = arn, ["createdAt"] = Parts.Now(time), ["modifiedAt"] = Parts.Now(time), ["tags"] = new JsonObject(),
        });
    }
}

internal sealed class AccessEntryProvider(EksClusters clusters, LocalCloudSettings settings, TimeProvider time) : PartProvider(clusters)
{
    public override string ResourceType => "AWS::EKS::AccessEntry";

    protected override string Kind => Parts.AccessEntry;

    protected override PropertyNames Names { get; } = new("ClusterName PrincipalArn", "AccessPolicies KubernetesGroups Tags Type Username");

    public override bool RequiresReplacement(string propertyName) => propertyName is "ClusterName" or "PrincipalArn" or "Type";

    protected override string NameOf(JsonObject properties) => Parts.Text(properties, "PrincipalArn");

    protected override (string, string, JsonObject) Describe(string cluster, string name, JsonObject properties)
    {
        var arn = $"arn:aws:eks:{settings.Region}:{LocalCloudSettings.AccountId}:access-entry/{cluster}/{name[(name.LastIndexOf(':') + 1)..]}";
        return ($"{name}|{cluster}", arn, new JsonObject
        {
            ["clusterName"] = cluster, ["principalArn"] = name, ["kubernetesGroups"] = properties["KubernetesGroups"]?.DeepClone() ?? new JsonArray(),
            ["accessEntryArn"] = arn, ["createdAt"] = Parts.Now(time), ["modifiedAt"] = Parts.Now(time), ["tags"] = new JsonObject(),
            ["username"] = name, ["type"] = properties.Text("Type") ?? "STANDARD",
        });
    }
}

internal sealed class PodIdentityProvider(EksClusters clusters, LocalCloudSettings settings, TimeProvider time) : PartProvider(clusters)
{
    public override string ResourceType => "AWS::EKS::PodIdentityAssociation";

    protected override string Kind => Parts.PodIdentity;

    protected override PropertyNames Names { get; } = new("ClusterName Namespace ServiceAccount RoleArn", "DisableSessionTags Policy Tags TargetRoleArn");

    public override bool RequiresReplacement(string propertyName) => propertyName is "ClusterName" or "Namespace" or "ServiceAccount";

    protected override string NameOf(JsonObject properties) => "a-" + Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(
        System.Text.Encoding.UTF8.GetBytes($"{Parts.Text(properties, "Namespace")}/{Parts.Text(properties, "ServiceAccount")}")))[..17];

    protected override (string, string, JsonObject) Describe(string cluster, string name, JsonObject properties)
    {
        var arn = $"arn:aws:eks:{settings.Region}:{LocalCloudSettings.AccountId}:podidentityassociation/{cluster}/{name}";
        return (arn, arn, new JsonObject
        {
            ["clusterName"] = cluster, ["namespace"] = Parts.Text(properties, "Namespace"), ["serviceAccount"] = Parts.Text(properties, "ServiceAccount"),
            ["roleArn"] = Parts.Text(properties, "RoleArn"), ["associationArn"] = arn, ["associationId"] = name, ["createdAt"] = Parts.Now(time), ["modifiedAt"] = Parts.Now(time),
        });
    }
}
