using System.Text.Json.Nodes;
using Tiketi.LocalCloud.CloudFormation;
using Tiketi.LocalCloud.Hosting;
using Tiketi.LocalCloud.Kubernetes;

namespace Tiketi.LocalCloud.Eks;

/// <summary>AWS::EKS::Nodegroup: one node, the Docker engine, whatever size the group asks for; it carries the group's labels.</summary>
internal sealed class NodeGroupProvider(EksClusters clusters, IClusterHost host, LocalCloudSettings settings, TimeProvider time) : ILiveProvider
{
    public string ResourceType => "AWS::EKS::Nodegroup";

    public IReadOnlyList<string> PrimaryIdentifier => ["Id"];

    public bool RequiresReplacement(string propertyName) =>
        propertyName is "ClusterName" or "NodegroupName" or "NodeRole" or "Subnets" or "AmiType" or "CapacityType" or "DiskSize" or "InstanceTypes" or "RemoteAccess";

    public async Task<PhysicalResource> CreateAsync(ResourceRequest request, CancellationToken cancellationToken)
    {
        var cluster = Parts.Text(request.Properties, "ClusterName");
        var name = Parts.Text(request.Properties, "NodegroupName") is { Length: > 0 } given ? given : $"{request.StackName}-{request.LogicalId}";
        if (clusters.Find(cluster) is null)
        {
            throw new ResourceException($"No cluster found for name: {cluster}. (Service: Eks, Status Code: 404)");
        }

        return clusters.FindPart(cluster, Parts.NodeGroup, name) is not null
            ? throw new ResourceException($"NodeGroup already exists with name {name} and cluster name {cluster} (Service: Eks, Status Code: 409)")
            : await StoreAsync(cluster, name, request.Properties, former: null, cancellationToken);
    }

    public Task<PhysicalResource> UpdateAsync(ResourceRequest request, PhysicalResource current, CancellationToken cancellationToken)
    {
        var parts = current.Id.Split('/', 2);
        return StoreAsync(parts[0], parts[1], request.Properties, clusters.FindPart(parts[0], Parts.NodeGroup, parts[1]), cancellationToken);
    }

    public async Task DeleteAsync(ResourceRequest request, PhysicalResource current, CancellationToken cancellationToken)
    {
        var parts = current.Id.Split('/', 2);
        await host.RemoveNodeAsync(NodeOf(parts[1]), cancellationToken);
        clusters.RemovePart(parts[0], Parts.NodeGroup, parts[1]);
    }

    public PhysicalResource? Find(IReadOnlyList<string> identifier) =>
        identifier[0].Split('/', 2) is [var cluster, var name] && clusters.FindPart(cluster, Parts.NodeGroup, name) is { } document ? Physical(cluster, name, document) : null;

    public JsonObject? Read(PhysicalResource resource, JsonObject stated)
    {
        var parts = resource.Id.Split('/', 2);
        return clusters.FindPart(parts[0], Parts.NodeGroup, parts[1]) is not { } document ? null : new JsonObject
        {
            ["ClusterName"] = parts[0],
            ["NodegroupName"] = parts[1],
            ["NodeRole"] = document["nodeRole"]?.DeepClone(),
            ["Subnets"] = document["subnets"]?.DeepClone(),
            ["InstanceTypes"] = document["instanceTypes"]?.DeepClone(),
            ["AmiType"] = document["amiType"]?.DeepClone(),
            ["CapacityType"] = document["capacityType"]?.DeepClone(),
            ["Labels"] = document["labels"]?.DeepClone(),
            ["ScalingConfig"] = new JsonObject
            {
                ["MinSize"] = document["scalingConfig"]?["minSize"]?.DeepClone(),
                ["MaxSize"] = document["scalingConfig"]?["maxSize"]?.DeepClone(),
                ["DesiredSize"] = document["scalingConfig"]?["desiredSize"]?.DeepClone(),
            },
        };
    }

    private static PhysicalResource Physical(string cluster, string name, JsonObject document)
    {
        var arn = Json.Text(document, "nodegroupArn") ?? "";
        return new PhysicalResource($"{cluster}/{name}", new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["Arn"] = arn, ["ClusterName"] = cluster, ["NodegroupName"] = name, ["Id"] = $"{cluster}/{name}",
        });
    }

    private static string NodeOf(string group) => $"{group}-local".ToLowerInvariant();

    private async Task<PhysicalResource> StoreAsync(string cluster, string name, JsonObject properties, JsonObject? former, CancellationToken cancellationToken)
    {
        var labels = properties.TextMap("Labels");
        labels["eks.amazonaws.com/nodegroup"] = name;
        labels["node.kubernetes.io/instance-type"] = properties.Texts("InstanceTypes").FirstOrDefault() ?? "t3.medium";
        await host.EnsureNodeAsync(NodeOf(name), labels, cancellationToken);

        var arn = Json.Text(former, "nodegroupArn") ?? $"arn:aws:eks:{settings.Region}:{LocalCloudSettings.AccountId}:nodegroup/{cluster}/{name}/{Guid.NewGuid()}";
        var scaling = properties.Object("ScalingConfig");
        JsonNode Size(string key) => (int)(scaling?[key] is JsonValue value && int.TryParse(value.ToString(), System.Globalization.CultureInfo.InvariantCulture, out var parsed) ? parsed : 1);
        var document = new JsonObject
        {
            ["nodegroupName"] = name,
            ["nodegroupArn"] = arn,
            ["clusterName"] = cluster,
            ["version"] = Json.Text(clusters.Find(cluster), "version"),
            ["releaseVersion"] = Parts.DefaultVersion + ".0-local",
            ["createdAt"] = former?["createdAt"]?.DeepClone() ?? Parts.Now(time),
            ["modifiedAt"] = Parts.Now(time),
            ["status"] = "ACTIVE",
            ["capacityType"] = properties.Text("CapacityType") ?? "ON_DEMAND",
            ["scalingConfig"] = new JsonObject { ["minSize"] = Size("MinSize"), ["maxSize"] = Size("MaxSize"), ["desiredSize"] = Size("DesiredSize") },
            ["instanceTypes"] = properties["InstanceTypes"]?.DeepClone() ?? new JsonArray("t3.medium"),
            ["subnets"] = properties["Subnets"]?.DeepClone() ?? new JsonArray(),
            ["amiType"] = properties.Text("AmiType") ?? "AL2023_x86_64_STANDARD",
            ["nodeRole"] = Parts.Text(properties, "NodeRole"),
            ["labels"] = properties["Labels"]?.DeepClone() ?? new JsonObject(),
            ["diskSize"] = 20,
            ["health"] = new JsonObject { ["issues"] = new JsonArray() },
            ["tags"] = properties["Tags"]?.DeepClone() ?? new JsonObject(),
        };
        clusters.PutPart(cluster, Parts.NodeGroup, name, document);
        return Physical(cluster, name, document);
    }
}
