using System.Text.Json.Nodes;
using Tiketi.LocalCloud.CloudFormation;
using Tiketi.LocalCloud.Hosting;
using Tiketi.LocalCloud.Kubernetes;

namespace Tiketi.LocalCloud.Eks;

/// <summary>AWS::EKS::Cluster. Every cluster of one local cloud is the same Kubernetes, so there may be one.</summary>
internal sealed class ClusterProvider(EksClusters clusters, IClusterHost host, LocalCloudSettings settings, TimeProvider time) : ILiveProvider
{
    private const string OidcId = "00000000000000000000000000000000";

    public string ResourceType => "AWS::EKS::Cluster";

    public IReadOnlyList<string> PrimaryIdentifier => ["Name"];

    public bool RequiresReplacement(string propertyName) => propertyName is "Name" or "RoleArn" or "EncryptionConfig" or "KubernetesNetworkConfig";

    public Task<PhysicalResource> CreateAsync(ResourceRequest request, CancellationToken cancellationToken)
    {
        var name = Parts.Text(request.Properties, "Name") is { Length: > 0 } given ? given : $"{request.StackName}-{request.LogicalId}";
        if (clusters.Find(name) is not null)
        {
            throw new ResourceException($"Cluster already exists with name: {name} (Service: Eks, Status Code: 409)");
        }

        if (clusters.Names is [var other, ..])
        {
            throw new ResourceException($"The local cloud runs one cluster and already has '{other}'. Delete its stack first, or use another --state folder.");
        }

        var document = Describe(name, request.Properties, former: null);
        clusters.Put(name, document);
        return Task.FromResult(Physical(name, document));
    }

    public Task<PhysicalResource> UpdateAsync(ResourceRequest request, PhysicalResource current, CancellationToken cancellationToken)
    {
        var document = Describe(current.Id, request.Properties, clusters.Find(current.Id));
        clusters.Put(current.Id, document);
        return Task.FromResult(Physical(current.Id, document));
    }

    public Task DeleteAsync(ResourceRequest request, PhysicalResource current, CancellationToken cancellationToken)
    {
        if (clusters.PartNames(current.Id, Parts.NodeGroup) is [var group, ..])
        {
            throw new ResourceException($"Cluster has nodegroups attached: {group} (Service: Eks, Status Code: 409)");
        }

        clusters.Remove(current.Id);
        return Task.CompletedTask;
    }

    public PhysicalResource? Find(IReadOnlyList<string> identifier) => clusters.Find(identifier[0]) is { } document ? Physical(identifier[0], document) : null;

    public JsonObject? Read(PhysicalResource resource, JsonObject stated) => clusters.Find(resource.Id) is not { } document ? null : new JsonObject
    {
        ["Name"] = document.Text("name"),
        ["Version"] = document.Text("version"),
        ["RoleArn"] = document.Text("roleArn"),
        ["AccessConfig"] = new JsonObject
        {
            ["AuthenticationMode"] = document.Text("accessConfig", "authenticationMode"),
            ["BootstrapClusterCreatorAdminPermissions"] = stated["AccessConfig"]?["BootstrapClusterCreatorAdminPermissions"]?.DeepClone(), // EKS never shows it again
        },
        ["Tags"] = new JsonArray([.. (document["tags"] as JsonObject ?? []).Select(tag => (JsonNode)new JsonObject { ["Key"] = tag.Key, ["Value"] = tag.Value?.DeepClone() })]),
    };

    private static PhysicalResource Physical(string name, JsonObject document) => new(name, new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["Arn"] = document.Text("arn")!,
        ["Id"] = document.Text("id")!,
        ["Endpoint"] = document.Text("endpoint")!,
        ["CertificateAuthorityData"] = document.Text("certificateAuthority", "data")!,
        ["ClusterSecurityGroupId"] = document.Text("resourcesVpcConfig", "clusterSecurityGroupId")!,
        ["OpenIdConnectIssuerUrl"] = document.Text("identity", "oidc", "issuer")!,
        ["KubernetesNetworkConfig.ServiceIpv4Cidr"] = document.Text("kubernetesNetworkConfig", "serviceIpv4Cidr")!,
    });

    private JsonObject Describe(string name, JsonObject properties, JsonObject? former)
    {
        var (endpoint, authority) = host.Endpoint;
        var network = properties.Object("ResourcesVpcConfig");
        var tags = new JsonObject(properties.Items("Tags").Select(tag => KeyValuePair.Create(tag.Text("Key") ?? string.Empty, (JsonNode?)tag.Text("Value"))));
        return new JsonObject
        {
            ["name"] = name,
            ["arn"] = $"arn:aws:eks:{settings.Region}:{LocalCloudSettings.AccountId}:cluster/{name}",
            ["createdAt"] = former?["createdAt"]?.DeepClone() ?? Parts.Now(time),
            ["version"] = Parts.Text(properties, "Version") is { Length: > 0 } version ? version : Parts.DefaultVersion,
            ["endpoint"] = endpoint,
            ["roleArn"] = Parts.Text(properties, "RoleArn"),
            ["resourcesVpcConfig"] = new JsonObject
            {
                ["subnetIds"] = network?["SubnetIds"]?.DeepClone() ?? new JsonArray(),
                ["securityGroupIds"] = network?["SecurityGroupIds"]?.DeepClone() ?? new JsonArray(),
                ["clusterSecurityGroupId"] = former.Text("resourcesVpcConfig", "clusterSecurityGroupId") ?? "sg-" + Guid.NewGuid().ToString("N")[..17],
                ["vpcId"] = string.Empty,
                ["endpointPublicAccess"] = true,
                ["endpointPrivateAccess"] = Json.Flag(network, "EndpointPrivateAccess"),
                ["publicAccessCidrs"] = new JsonArray("127.0.0.1/32"),
            },
            ["kubernetesNetworkConfig"] = new JsonObject { ["serviceIpv4Cidr"] = "10.96.0.0/16", ["ipFamily"] = "ipv4" },
            ["logging"] = new JsonObject { ["clusterLogging"] = new JsonArray() },
            ["identity"] = new JsonObject { ["oidc"] = new JsonObject { ["issuer"] = $"https://oidc.eks.{settings.Region}.amazonaws.com/id/{OidcId}" } },
            ["status"] = "ACTIVE",
            ["certificateAuthority"] = new JsonObject { ["data"] = authority },
            ["platformVersion"] = "eks.1",
            ["accessConfig"] = new JsonObject { ["authenticationMode"] = properties.Text("AccessConfig", "AuthenticationMode") ?? "API" },
            ["health"] = new JsonObject { ["issues"] = new JsonArray() },
            ["tags"] = tags,
            ["id"] = Json.Text(former, "id") ?? Guid.NewGuid().ToString(),
        };
    }
}
