using System.Collections.Frozen;

namespace Tiketi.Pipeline.Infrastructure;

/// <summary>
/// What people call a resource type, and how long one usually takes to be created. The times are as of November 2026: where
/// AWS's documentation gives a figure, that one (EKS cluster and node group: EKS User Guide; RDS Multi-AZ instance: RDS User
/// Guide; CloudFront: "Propagation is usually completed within minutes"; ACM: validation "up to 30 minutes" after the record
/// is there), otherwise what CloudFormation's own events commonly show. They are a help to the waiting, no promise.
/// </summary>
public static class ResourceTypes
{
    private static readonly FrozenDictionary<string, (string Name, int Seconds)> Known = new Dictionary<string, (string, int)>(StringComparer.Ordinal)
    {
        ["AWS::CertificateManager::Certificate"] = ("TLS certificate", 300),
        ["AWS::CloudFormation::Stack"] = ("nested stack", 0),
        ["AWS::CloudFront::CachePolicy"] = ("CDN cache policy", 5),
        ["AWS::CloudFront::Distribution"] = ("CDN distribution", 300),
        ["AWS::CloudFront::Function"] = ("CDN function", 10),
        ["AWS::CloudFront::OriginAccessControl"] = ("CDN origin access", 5),
        ["AWS::CloudFront::OriginRequestPolicy"] = ("CDN origin request policy", 5),
        ["AWS::CloudFront::ResponseHeadersPolicy"] = ("CDN header policy", 5),
        ["AWS::CloudWatch::Alarm"] = ("alarm", 5),
        ["AWS::CloudWatch::CompositeAlarm"] = ("alarm", 5),
        ["AWS::CloudWatch::Dashboard"] = ("dashboard", 5),
        ["AWS::Budgets::Budget"] = ("budget", 5),
        ["AWS::EC2::EIP"] = ("public IP address", 15),
        ["AWS::EC2::FlowLog"] = ("network flow log", 10),
        ["AWS::EC2::InternetGateway"] = ("internet gateway", 15),
        ["AWS::EC2::LaunchTemplate"] = ("launch template", 5),
        ["AWS::EC2::NatGateway"] = ("NAT gateway", 100),
        ["AWS::EC2::Route"] = ("route", 5),
        ["AWS::EC2::RouteTable"] = ("route table", 10),
        ["AWS::EC2::SecurityGroup"] = ("security group", 5),
        ["AWS::EC2::SecurityGroupEgress"] = ("firewall rule", 5),
        ["AWS::EC2::SecurityGroupIngress"] = ("firewall rule", 5),
        ["AWS::EC2::Subnet"] = ("subnet", 5),
        ["AWS::EC2::SubnetRouteTableAssociation"] = ("subnet's route table", 5),
        ["AWS::EC2::VPC"] = ("network", 15),
        ["AWS::EC2::VPCEndpoint"] = ("private AWS endpoint", 60),
        ["AWS::EC2::VPCGatewayAttachment"] = ("gateway attachment", 15),
        ["AWS::ECR::LifecyclePolicy"] = ("image clean-up rule", 5),
        ["AWS::ECR::RegistryScanningConfiguration"] = ("image scanning", 5),
        ["AWS::ECR::Repository"] = ("image repository", 5),
        ["AWS::EKS::AccessEntry"] = ("cluster access", 10),
        ["AWS::EKS::Addon"] = ("cluster add-on", 60),
        ["AWS::EKS::Cluster"] = ("Kubernetes cluster", 600),
        ["AWS::EKS::Nodegroup"] = ("cluster nodes", 180),
        ["AWS::EKS::PodIdentityAssociation"] = ("pod identity", 5),
        ["AWS::ElastiCache::ParameterGroup"] = ("Redis settings", 10),
        ["AWS::ElastiCache::ReplicationGroup"] = ("Redis", 600),
        ["AWS::ElastiCache::SubnetGroup"] = ("Redis subnets", 10),
        ["AWS::IAM::InstanceProfile"] = ("instance profile", 120),
        ["AWS::IAM::ManagedPolicy"] = ("permission policy", 20),
        ["AWS::IAM::OIDCProvider"] = ("identity provider", 5),
        ["AWS::IAM::Policy"] = ("permissions", 20),
        ["AWS::IAM::Role"] = ("role", 20),
        ["AWS::IAM::RolePolicy"] = ("permissions", 20),
        ["AWS::KMS::Alias"] = ("encryption key alias", 5),
        ["AWS::KMS::Key"] = ("encryption key", 10),
        ["AWS::Logs::LogGroup"] = ("log group", 5),
        ["AWS::Logs::MetricFilter"] = ("log metric", 5),
        ["AWS::RDS::DBInstance"] = ("database", 900),
        ["AWS::RDS::DBParameterGroup"] = ("database settings", 10),
        ["AWS::RDS::DBSubnetGroup"] = ("database subnets", 10),
        ["AWS::Route53::HealthCheck"] = ("health check", 5),
        ["AWS::Route53::HostedZone"] = ("DNS zone", 45),
        ["AWS::Route53::RecordSet"] = ("DNS record", 60),
        ["AWS::Route53::RecordSetGroup"] = ("DNS records", 60),
        ["AWS::S3::Bucket"] = ("bucket", 20),
        ["AWS::S3::BucketPolicy"] = ("bucket policy", 5),
        ["AWS::Scheduler::Schedule"] = ("schedule", 5),
        ["AWS::SecretsManager::Secret"] = ("secret", 5),
        ["AWS::SecretsManager::SecretTargetAttachment"] = ("secret's link", 5),
        ["AWS::SNS::Subscription"] = ("notification address", 5),
        ["AWS::SNS::Topic"] = ("notification topic", 10),
        ["AWS::SNS::TopicPolicy"] = ("notification policy", 5),
        ["AWS::WAFv2::WebACL"] = ("web firewall", 10),
        ["AWS::WAFv2::WebACLAssociation"] = ("web firewall's link", 10),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>"database" for AWS::RDS::DBInstance; the type's own last words where it has no plain name here.</summary>
    public static string NameOf(string type)
    {
        ArgumentNullException.ThrowIfNull(type);
        return Known.TryGetValue(type, out var known) ? known.Name : type.StartsWith("AWS::", StringComparison.Ordinal) ? type["AWS::".Length..].Replace("::", " ", StringComparison.Ordinal) : type;
    }

    /// <summary>How long a creation usually takes; null: not known.</summary>
    public static TimeSpan? UsualTime(string type) => Known.TryGetValue(type, out var known) && known.Seconds > 0 ? TimeSpan.FromSeconds(known.Seconds) : null;

    /// <summary>Whether the type has a plain name.</summary>
    public static bool IsKnown(string type) => Known.ContainsKey(type);
}
