using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Tiketi.LocalCloud.CloudFormation;
using Tiketi.LocalCloud.CloudFormation.Stacks;
using Tiketi.LocalCloud.CloudFormation.Templates;

namespace Tiketi.LocalCloud.Tests.CloudFormation.Infra;

/// <summary>
/// All of infra/ applied once as production gets it: environments/production.yaml, and beside it what only whoever deploys can
/// know. Clusters and servers are fakes here, since they would run as containers.
/// </summary>
public sealed class ProductionInfra : IAsyncLifetime
{
    /// <summary>Each after those that it takes values from.</summary>
    internal static readonly string[] Stacks = ["access", "network", "dns", "edge", "data", "registry", "cluster", "storage", "frontend", "observability"];

    private static readonly FakeProvider[] Foreign =
    [
        new("AWS::EKS::Cluster", ("ClusterSecurityGroupId", "sg-0eks"), ("OpenIdConnectIssuerUrl", "https://oidc.eks.ap-northeast-2.amazonaws.com/id/ABC")),
        new("AWS::EKS::Nodegroup"), new("AWS::EKS::Addon"), new("AWS::EKS::AccessEntry"), new("AWS::EKS::PodIdentityAssociation"),
        new("AWS::RDS::DBInstance", ("Endpoint.Port", "5432")),
        new("AWS::ElastiCache::ReplicationGroup", ("PrimaryEndPoint.Address", "redis.fake"), ("PrimaryEndPoint.Port", "6379")),
        new("AWS::SecretsManager::SecretTargetAttachment"),
    ];

    internal TestCloud Cloud { get; private set; } = null!;

    internal Dictionary<string, StackRecord> Applied { get; } = new(StringComparer.Ordinal);

    internal static string Root { get; } = Locate();

    internal static string Folder => Path.Combine(Root, "infra");

    /// <summary>What production.yaml says, and the four values that it cannot hold in a repository that anyone may copy.</summary>
    internal static IReadOnlyDictionary<string, string> Given { get; } = ReadGiven();

    public async ValueTask InitializeAsync() =>
        await ApplyAsync(await TestCloud.StartAsync(services => Array.ForEach(Foreign, provider => services.AddSingleton<IResourceProvider>(provider))));

    internal async Task ApplyAsync(TestCloud cloud)
    {
        Cloud = cloud;
        foreach (var name in Stacks)
        {
            Cloud.Engine.Create(Request(name));
            Applied[name] = await TestCloud.RestAsync(Cloud.Engine.Services.StacksIn(RegionOf(name)).Get(StackName(name)));
        }
    }

    public ValueTask DisposeAsync() => Cloud.DisposeAsync();

    /// <summary>Every stack's status, and what an update to the same would do.</summary>
    internal void RequireMade()
    {
        foreach (var (name, stack) in Applied)
        {
            stack.Status.Should().Be("CREATE_COMPLETE", "{0}: {1}", name, string.Join("\n", stack.Events.Select(happened => happened.Reason)));
            var (_, plan) = Cloud.ChangeSets.Create(Request(name), "again", "UPDATE", description: null);
            plan.StatusReason.Should().Be(ChangeSets.NoChanges, name);
        }
    }

    internal static string StackName(string name) => "tiketi-production-" + name;

    internal static string TemplateOf(string name) => File.ReadAllText(Path.Combine(Folder, name + ".yaml"));

    internal static string? RegionOf(string name) => MetadataOf(name)?["Region"]?.ToString();

    internal static JsonObject? MetadataOf(string name) => Template.Parse(TemplateOf(name)).Metadata?["Tiketi"] as JsonObject;

    /// <summary>The stack's request as the pipeline makes it: given values first, then other stacks' outputs.</summary>
    internal StackRequest Request(string name)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (parameter, source) in MetadataOf(name)?["ParametersFrom"] as JsonObject ?? [])
        {
            var (stack, output) = source!.ToString().Split('.') is [var owner, var key] ? (owner, key) : throw new InvalidDataException(source.ToString());
            values[parameter] = Applied[stack].Outputs.Single(candidate => candidate.Key == output).Value;
        }

        foreach (var parameter in Template.Parse(TemplateOf(name)).Parameters.Where(parameter => Given.ContainsKey(parameter.Name)))
        {
            values[parameter.Name] = Given[parameter.Name];
        }

        return TestCloud.Request(StackName(name), TemplateOf(name), [.. values.Select(pair => (pair.Key, pair.Value))]) with { Region = RegionOf(name) };
    }

    /// <summary>A resource's resolved properties.</summary>
    internal JsonObject Properties(string stack, string resource) => Cloud.Engine.Services.Open(Applied[stack].Resources[resource]);

    /// <summary>Every resource of every stack, resolved.</summary>
    internal IEnumerable<RenderedResource> Resources() =>
        from stack in Applied
        from resource in stack.Value.Resources.Values
        select new RenderedResource(stack.Key, resource.LogicalId, resource.Type, Properties(stack.Key, resource.LogicalId), resource.Metadata as JsonObject)
        {
            PhysicalId = resource.PhysicalId!, Arn = resource.Attributes.GetValueOrDefault("Arn") ?? resource.PhysicalId!,
        };

    private static Dictionary<string, string> ReadGiven()
    {
        var file = TemplateReader.Read(File.ReadAllText(Path.Combine(Root, "environments", "production.yaml")));
        var domain = file["domain"]!.ToString();
        var values = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["Domain"] = domain,
            ["ApiUrl"] = "https://api." + domain,
            ["GitHubRepository"] = "octo-org@123/tiketi@456",
            ["AlertEmail"] = "people@" + domain,
            ["ApiAddress"] = "k8s-tiketialb-1.ap-northeast-2.elb.amazonaws.com",
            ["ApiAddressZoneId"] = "ZWKZPGTI48KDX",
            ["ApiLoadBalancer"] = "app/k8s-tiketialb/1",
        };
        foreach (var (name, value) in file["parameters"] as JsonObject ?? [])
        {
            values[name] = value!.ToString();
        }

        return values;
    }

    private static string Locate()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!Directory.Exists(Path.Combine(folder.FullName, "infra")))
        {
            folder = folder.Parent ?? throw new DirectoryNotFoundException("no infra folder above " + AppContext.BaseDirectory);
        }

        return folder.FullName;
    }
}

/// <summary>A resource with every function resolved.</summary>
internal sealed record RenderedResource(string Stack, string LogicalId, string Type, JsonObject Properties, JsonObject? Metadata)
{
    public string PhysicalId { get; init; } = "";

    /// <summary>The ARN where the type has one, else the physical id.</summary>
    public string Arn { get; init; } = "";

    public override string ToString() => $"{Stack}/{LogicalId}";
}
