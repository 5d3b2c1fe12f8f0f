using System.Globalization;
using Tiketi.Pipeline.Infrastructure.Rendering;

namespace Tiketi.Pipeline.Cost;

/// <summary>One billed part of a resource.</summary>
/// <param name="What">"instance", "storage" ...</param>
/// <param name="PriceKey">Which unit price.</param>
/// <param name="Quantity">How many units a month.</param>
/// <param name="IsUsage">Billed by use, so that the quantity is an assumption.</param>
internal sealed record Charge(string What, string PriceKey, decimal Quantity, bool IsUsage = false);

/// <summary>What each resource type is billed by. A type that is in neither table is reported, never taken for free.</summary>
internal static class CostRules
{
    /// <summary>AWS's own month: 8,760 hours in twelve parts.</summary>
    public const decimal Hours = 730;

    private static readonly IReadOnlyDictionary<string, Func<RenderedResource, IReadOnlyList<RenderedResource>, PriceTable, IEnumerable<Charge>>> Rules =
        new Dictionary<string, Func<RenderedResource, IReadOnlyList<RenderedResource>, PriceTable, IEnumerable<Charge>>>(StringComparer.Ordinal)
        {
            ["AWS::EKS::Cluster"] = (cluster, _, table) => [new("control plane", "eks.cluster", Hours), new("logs", "logs.ingestion", cluster.Properties["Logging"] is null ? 0 : table.UsageOf("logs.cluster"), IsUsage: true)],
            ["AWS::EKS::Nodegroup"] = Nodes,
            ["AWS::EKS::Addon"] = (addon, _, table) => addon.Text("AddonName") == "amazon-cloudwatch-observability"
                ? [new("Container Insights", "cloudwatch.metric", table.UsageOf("cloudwatch.insights"), IsUsage: true)] : [],
            ["AWS::EC2::NatGateway"] = (_, stack, table) => [new("gateway", "nat.gateway", Hours), new("data", "nat.data", table.UsageOf("nat.data") / stack.Count(other => other.Type == "AWS::EC2::NatGateway"), IsUsage: true)],
            ["AWS::EC2::EIP"] = (_, _, _) => [new("address", "ipv4.address", Hours)],
            ["AWS::EC2::VPCEndpoint"] = (endpoint, _, _) => endpoint.Text("VpcEndpointType") is "Interface" ? [new("interface", "vpc.endpoint", Hours * Math.Max(1, Count(endpoint, "SubnetIds")))] : [],
            ["AWS::RDS::DBInstance"] = Database,
            ["AWS::ElastiCache::ReplicationGroup"] = (cache, _, _) => [new("nodes", "elasticache." + cache.Text("CacheNodeType"), Hours * Number(cache, "NumCacheClusters", 1))],
            ["AWS::S3::Bucket"] = (_, _, table) => [new("objects", "s3.standard", table.UsageOf("s3.bucket"), IsUsage: true)],
            ["AWS::ECR::Repository"] = (_, _, table) => [new("layers", "ecr.storage", table.UsageOf("ecr.repository"), IsUsage: true)],
            ["AWS::CloudFront::Distribution"] = (_, _, table) =>
            [
                new("requests", "cloudfront.request", Beyond(table, "cloudfront.request"), IsUsage: true),
                new("transfer", "cloudfront.transfer", Beyond(table, "cloudfront.transfer"), IsUsage: true),
            ],
            ["AWS::WAFv2::WebACL"] = (acl, _, table) => [new("web ACL", "waf.acl", 1), new("rules", "waf.rule", Count(acl, "Rules")), new("requests", "waf.request", table.UsageOf("waf.request"), IsUsage: true)],
            ["AWS::Route53::HostedZone"] = (_, _, table) => [new("zone", "route53.zone", 1), new("queries", "route53.query", table.UsageOf("route53.query"), IsUsage: true)],
            ["AWS::SecretsManager::Secret"] = (_, _, _) => [new("secret", "secretsmanager.secret", 1)],
            ["AWS::KMS::Key"] = (_, _, _) => [new("key", "kms.key", 1)],
            ["AWS::Logs::LogGroup"] = (_, _, table) => [new("lines", "logs.ingestion", table.UsageOf("logs.group"), IsUsage: true), new("storage", "logs.storage", table.UsageOf("logs.group"), IsUsage: true)],
            ["AWS::CloudWatch::Alarm"] = (_, _, _) => [new("alarm", "cloudwatch.alarm", 1)],
        };

    /// <summary>Types that AWS does not bill by themselves, with the reason where it is not plain.</summary>
    private static readonly IReadOnlySet<string> Free = new HashSet<string>(StringComparer.Ordinal)
    {
        "AWS::EC2::VPC", "AWS::EC2::Subnet", "AWS::EC2::Route", "AWS::EC2::RouteTable", "AWS::EC2::SubnetRouteTableAssociation", "AWS::EC2::InternetGateway",
        "AWS::EC2::VPCGatewayAttachment", "AWS::EC2::SecurityGroup", "AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress",
        "AWS::EC2::LaunchTemplate", // its disks are billed with the node group
        "AWS::IAM::Role", "AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::OIDCProvider", "AWS::IAM::InstanceProfile",
        "AWS::EKS::AccessEntry", "AWS::EKS::PodIdentityAssociation",
        "AWS::RDS::DBSubnetGroup", "AWS::RDS::DBParameterGroup", "AWS::ElastiCache::SubnetGroup", "AWS::ElastiCache::ParameterGroup",
        "AWS::S3::BucketPolicy", "AWS::SecretsManager::SecretTargetAttachment", "AWS::KMS::Alias",
        "AWS::CloudFront::OriginAccessControl", "AWS::CloudFront::ResponseHeadersPolicy", "AWS::CloudFront::CachePolicy",
        "AWS::CertificateManager::Certificate", // public certificates
        "AWS::Route53::RecordSet", // billed by query, with the zone
        "AWS::CloudWatch::Dashboard", // the first three of an account
        "AWS::SNS::Topic", "AWS::SNS::TopicPolicy", "AWS::SNS::Subscription", // the first 1,000 mails of a month
        "AWS::Scheduler::Schedule", // the first 14 million calls of a month
        "AWS::CloudFormation::WaitConditionHandle",
    };

    /// <summary>Whether it is known what a type costs, or that it costs nothing.</summary>
    public static bool Knows(string type) => Rules.ContainsKey(type) || Free.Contains(type);

    /// <summary>What a resource is billed by; nothing for a free one.</summary>
    /// <param name="resource">The resource.</param>
    /// <param name="stack">All resources of its stack.</param>
    /// <param name="table">Assumed usage.</param>
    public static IEnumerable<Charge> Of(RenderedResource resource, IReadOnlyList<RenderedResource> stack, PriceTable table) =>
        Rules.TryGetValue(resource.Type, out var rule) ? rule(resource, stack, table).Where(charge => charge.Quantity > 0) : [];

    /// <summary>The load balancer that the ingress controller makes: no template has it.</summary>
    public static IEnumerable<Charge> LoadBalancer(PriceTable table) =>
    [
        new("load balancer", "alb.hour", Hours),
        new("capacity units", "alb.lcu", Hours * table.UsageOf("alb.lcu"), IsUsage: true),
        new("addresses", "ipv4.address", Hours * 2), // one a zone
    ];

    /// <summary>What crosses the borders of zones and of AWS.</summary>
    public static IEnumerable<Charge> Transfer(PriceTable table) =>
    [
        new("to the internet", "transfer.internet", Beyond(table, "transfer.internet"), IsUsage: true),
        new("between zones", "transfer.zones", table.UsageOf("transfer.zones") * 2, IsUsage: true),
    ];

    private static IEnumerable<Charge> Nodes(RenderedResource group, IReadOnlyList<RenderedResource> stack, PriceTable table)
    {
        var nodes = Number(group, "ScalingConfig.DesiredSize", Number(group, "ScalingConfig.MinSize", 1));
        var template = stack.FirstOrDefault(other => other.Type == "AWS::EC2::LaunchTemplate" && group.Text("LaunchTemplate.Id") == $"${{{other.LogicalId}}}");
        var disk = template is null ? Number(group, "DiskSize", 20) : Number(template, "LaunchTemplateData.BlockDeviceMappings.0.Ebs.VolumeSize", 20);
        return
        [
            new("nodes", "ec2." + (group.Text("InstanceTypes.0") ?? template?.Text("LaunchTemplateData.InstanceType") ?? "t3.medium"), Hours * nodes),
            new("disks", "ebs." + (template?.Text("LaunchTemplateData.BlockDeviceMappings.0.Ebs.VolumeType") ?? "gp2"), nodes * disk),
        ];
    }

    /// <summary>A standby in the other zone is billed as a second instance with a second disk.</summary>
    private static IEnumerable<Charge> Database(RenderedResource database, IReadOnlyList<RenderedResource> stack, PriceTable table)
    {
        var copies = database.Flag("MultiAZ") ? 2 : 1;
        return
        [
            new(copies == 2 ? "instance and standby" : "instance", "rds." + database.Text("DBInstanceClass"), Hours * copies),
            new("storage", "rds.storage." + (database.Text("StorageType") ?? "gp2"), Number(database, "AllocatedStorage", 20) * copies),
        ];
    }

    private static decimal Beyond(PriceTable table, string key) => Math.Max(0, table.UsageOf(key) - table.UsageOf(key + ".free"));

    private static decimal Number(RenderedResource resource, string path, decimal otherwise) =>
        decimal.TryParse(resource.Text(path), NumberStyles.Number, CultureInfo.InvariantCulture, out var number) ? number : otherwise;

    private static int Count(RenderedResource resource, string list) => (resource.Properties[list] as System.Text.Json.Nodes.JsonArray)?.Count ?? 0;
}
