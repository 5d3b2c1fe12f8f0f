using System.Text.Json.Nodes;
using Tiketi.LocalCloud.CloudFormation.Templates;

namespace Tiketi.LocalCloud.Tests.CloudFormation.Infra;

public sealed class SecurityTests(ProductionInfra infra) : IClassFixture<ProductionInfra>
{
    /// <summary>Each rule with resources that break it: a rule that nothing can break holds nothing.</summary>
    private static readonly (string Rule, string Resource)[] Violations =
    [
        ("no public database", "{ Type: AWS::RDS::DBInstance, Properties: { PubliclyAccessible: true } }"),
        ("no public database", "{ Type: AWS::RDS::DBInstance, Properties: {} }"),
        ("encrypted at rest", "{ Type: AWS::RDS::DBInstance, Properties: { StorageEncrypted: false } }"),
        ("encrypted at rest", "{ Type: AWS::ElastiCache::ReplicationGroup, Properties: { TransitEncryptionEnabled: true } }"),
        ("encrypted at rest", "{ Type: AWS::S3::Bucket, Properties: {} }"),
        ("encrypted at rest", "{ Type: AWS::ECR::Repository, Properties: {} }"),
        ("encrypted at rest", "{ Type: AWS::SNS::Topic, Properties: {} }"),
        ("encrypted at rest", "{ Type: AWS::EC2::LaunchTemplate, Properties: { LaunchTemplateData: { BlockDeviceMappings: [{ Ebs: { VolumeSize: 30 } }] } } }"),
        ("encrypted in transit", "{ Type: AWS::ElastiCache::ReplicationGroup, Properties: {} }"),
        ("encrypted in transit", "{ Type: AWS::CloudFront::Distribution, Properties: { DistributionConfig: { DefaultCacheBehavior: { ViewerProtocolPolicy: allow-all } } } }"),
        ("encrypted in transit", "{ Type: AWS::CloudFront::Distribution, Properties: { DistributionConfig: { ViewerCertificate: { AcmCertificateArn: x, MinimumProtocolVersion: TLSv1 } } } }"),
        ("no open door", "{ Type: AWS::EC2::SecurityGroup, Properties: { GroupName: tiketi-rds-sg, SecurityGroupIngress: [{ IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 0.0.0.0/0 }] } }"),
        ("no open door", "{ Type: AWS::EC2::SecurityGroup, Properties: { GroupName: tiketi-alb-sg, SecurityGroupIngress: [{ IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 0.0.0.0/0 }] } }"),
        ("no open door", "{ Type: AWS::EC2::SecurityGroup, Properties: { GroupName: tiketi-alb-sg, SecurityGroupIngress: [{ IpProtocol: tcp, FromPort: 80, ToPort: 443, CidrIp: 0.0.0.0/0 }] } }"),
        ("no open door", "{ Type: AWS::EC2::SecurityGroupIngress, Properties: { GroupId: sg-1, IpProtocol: \"-1\", CidrIpv6: \"::/0\" } }"),
        ("no public bucket", "{ Type: AWS::S3::Bucket, Properties: { PublicAccessBlockConfiguration: { BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true } } }"),
        ("no wildcard without a reason", "{ Type: AWS::IAM::Role, Properties: { Policies: [{ PolicyDocument: { Version: v, Statement: [{ Effect: Allow, Action: \"s3:*\", Resource: arn:aws:s3:::one }] } }] } }"),
        ("no wildcard without a reason", "{ Type: AWS::IAM::Role, Properties: { Policies: [{ PolicyDocument: { Version: v, Statement: { Sid: All, Effect: Allow, Action: s3:GetObject, Resource: \"*\" } } }] } }"),
        ("no wildcard without a reason", "{ Type: AWS::IAM::ManagedPolicy, Properties: { PolicyDocument: { Version: v, Statement: [{ Effect: Allow, Action: acm:DeleteCertificate, Resource: \"arn:aws:acm:r:1:certificate/*\" }] } } }"),
        ("no wildcard without a reason", "{ Type: AWS::IAM::ManagedPolicy, Properties: { PolicyDocument: { Version: v, Statement: [{ Effect: Allow, NotAction: \"iam:PassRole\", Resource: arn:aws:s3:::one }] } } }"),
        ("no reason without a wildcard", "{ Type: AWS::IAM::ManagedPolicy, Metadata: { Wildcards: { Gone: once needed } }, Properties: { PolicyDocument: { Version: v, Statement: [] } } }"),
        ("nobody unnamed is trusted", "{ Type: AWS::S3::BucketPolicy, Properties: { PolicyDocument: { Version: v, Statement: [{ Effect: Allow, Principal: \"*\", Action: s3:GetObject }] } } }"),
        ("nobody unnamed is trusted", "{ Type: AWS::SNS::TopicPolicy, Properties: { PolicyDocument: { Version: v, Statement: [{ Effect: Allow, Principal: { AWS: \"*\" }, Action: sns:Publish }] } } }"),
        ("federated trust names audience and subject", "{ Type: AWS::IAM::Role, Properties: { AssumeRolePolicyDocument: { Version: v, Statement: [{ Effect: Allow, Action: sts:AssumeRoleWithWebIdentity, Condition: { StringEquals: { \"x:aud\": a } } }] } } }"),
        ("federated trust names audience and subject", "{ Type: AWS::IAM::Role, Properties: { AssumeRolePolicyDocument: { Version: v, Statement: [{ Effect: Allow, Action: sts:AssumeRoleWithWebIdentity, Condition: { StringEquals: { \"x:aud\": a, \"x:sub\": \"repo:o/*\" } } }] } } }"),
        ("no password in a template", "{ Type: AWS::RDS::DBInstance, Properties: { MasterUserPassword: hunter2 } }"),
        ("no password in a template", "{ Type: AWS::ElastiCache::ReplicationGroup, Properties: { AuthToken: hunter2 } }"),
        ("instance metadata needs a session", "{ Type: AWS::EC2::LaunchTemplate, Properties: { LaunchTemplateData: { MetadataOptions: { HttpTokens: optional } } } }"),
    ];

    public static TheoryData<string> Rules { get; } = [.. SecurityRules.All.Keys];

    [Theory]
    [MemberData(nameof(Rules))]
    public void Production_keeps_the_rule(string rule) =>
        infra.Resources().SelectMany(resource => SecurityRules.All[rule](resource).Select(wrong => $"{resource}: {wrong}")).Should().BeEmpty();

    [Theory]
    [MemberData(nameof(Rules))]
    public void What_breaks_the_rule_is_found(string rule)
    {
        var violations = Violations.Where(violation => violation.Rule == rule).ToList();
        violations.Should().NotBeEmpty();
        foreach (var violation in violations)
        {
            var resource = Template.Parse($"Resources:\n  Broken: {violation.Resource}").Resources["Broken"];
            var rendered = new RenderedResource("example", "Broken", resource.Type, resource.Properties, resource.Metadata as JsonObject);
            SecurityRules.All[rule](rendered).Should().NotBeEmpty(violation.Resource);
        }
    }

    [Fact]
    public void Databases_have_no_way_to_the_internet()
    {
        var tables = infra.Resources().Where(resource => resource.Type == "AWS::EC2::SubnetRouteTableAssociation")
            .ToLookup(association => association.Properties["SubnetId"]!.ToString(), association => association.Properties["RouteTableId"]!.ToString());
        var ways = infra.Resources().Where(resource => resource.Type == "AWS::EC2::Route").Select(route => route.Properties["RouteTableId"]!.ToString()).ToHashSet();
        var subnets = infra.Properties("data", "DatabaseSubnetGroup")["SubnetIds"]!.AsArray().Select(id => id!.ToString()).ToList();
        subnets.Should().HaveCount(2).And.OnlyContain(subnet => tables[subnet].Any() && tables[subnet].All(table => !ways.Contains(table)));
    }
}
