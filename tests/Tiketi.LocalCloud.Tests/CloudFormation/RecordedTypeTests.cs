using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Tiketi.LocalCloud.CloudFormation;
using Tiketi.LocalCloud.CloudFormation.Records;
using Tiketi.LocalCloud.Hosting;
using Tiketi.LocalCloud.Route53;
using Tiketi.LocalCloud.Tests.S3;

namespace Tiketi.LocalCloud.Tests.CloudFormation;

/// <summary>Types that are only recorded are refused where AWS would refuse them, in its words.</summary>
public sealed class RecordedTypeTests
{
    private const string Zone = "Zone: { Type: AWS::Route53::HostedZone, Properties: { Name: tiketi.example } }\n  ";
    private const string Acl = "DefaultAction: { Allow: {} }, VisibilityConfig: { MetricName: a }";

    [Theory]
    [InlineData("Bad: { Type: AWS::CloudWatch::Alarm, Properties: { EvaluationPeriods: 1 } }", "*required key [ComparisonOperator] not found")]
    [InlineData("Bad: { Type: AWS::SNS::Topic, Properties: { Name: alerts } }", "*extraneous key [Name] is not permitted")]
    [InlineData("Bad: { Type: AWS::IAM::Role, Properties: { Policy: x, AssumeRolePolicyDocument: { Statement: [] } } }", "*extraneous key [Policy] is not permitted")]
    [InlineData("Bad: { Type: AWS::CertificateManager::Certificate, Properties: { DomainName: tiketi.example, ValidationMethod: DNS } }", "Nobody would validate tiketi.example*")]
    [InlineData("Bad: { Type: AWS::CertificateManager::Certificate, Properties: { DomainName: tiketi.example, ValidationMethod: EMAIL } }", "Nobody would validate tiketi.example*")]
    [InlineData("Bad: { Type: AWS::CertificateManager::Certificate, Properties: { DomainName: tiketi.example, ValidationMethod: DNS, DomainValidationOptions: [{ DomainName: tiketi.example, HostedZoneId: Z1 }] } }", "No hosted zone found with ID: Z1")]
    [InlineData(Zone + "Bad: { Type: AWS::CertificateManager::Certificate, Properties: { DomainName: other.example, ValidationMethod: DNS, DomainValidationOptions: [{ DomainName: other.example, HostedZoneId: !Ref Zone }] } }", "RRSet with DNS name other.example. is not permitted in zone tiketi.example.")]
    [InlineData(Zone + "Bad: { Type: AWS::Route53::RecordSet, Properties: { HostedZoneId: !Ref Zone, Name: other.example, Type: A, TTL: 60, ResourceRecords: [198.51.100.1] } }", "*is not permitted in zone tiketi.example*")]
    [InlineData(Zone + "Bad: { Type: AWS::Route53::RecordSet, Properties: { HostedZoneId: !Ref Zone, Name: a.tiketi.example, Type: A, TTL: 60 } }", "Invalid request: Expected exactly one of*")]
    [InlineData("Bad: { Type: AWS::Route53::RecordSet, Properties: { HostedZoneId: Z1, Name: a.tiketi.example, Type: A, TTL: 60, ResourceRecords: [198.51.100.1] } }", "No hosted zone found with ID: Z1")]
    [InlineData("Bad: { Type: AWS::WAFv2::WebACL, Properties: { Scope: CLOUDFRONT, " + Acl + " } }", "*The scope is not valid*")]
    [InlineData("Bad: { Type: AWS::WAFv2::WebACL, Properties: { Scope: REGIONAL, Rules: [{ Name: r, Priority: 0, Statement: { RateBasedStatement: {} }, VisibilityConfig: {} }], " + Acl + " } }", "*parameter: r")]
    [InlineData("Bad: { Type: AWS::CloudWatch::Alarm, Properties: { EvaluationPeriods: 1, ComparisonOperator: MoreThan, MetricName: m } }", "*'comparisonOperator' failed to satisfy constraint")]
    [InlineData("Bad: { Type: AWS::CloudWatch::Alarm, Properties: { EvaluationPeriods: 1, ComparisonOperator: GreaterThanThreshold, Metrics: [{ Id: a }, { Id: b }] } }", "Exactly one element of the metrics list should return data.*")]
    [InlineData("Bad: { Type: AWS::CloudWatch::Dashboard, Properties: { DashboardBody: '{ \"widget\": [] }' } }", "The field DashboardBody must be a valid JSON object*")]
    [InlineData("Bad: { Type: AWS::CloudWatch::Dashboard, Properties: { DashboardBody: '{' } }", "The field DashboardBody must be a valid JSON object*")]
    [InlineData("Bad: { Type: AWS::SNS::Subscription, Properties: { TopicArn: arn:aws:sns:r:1:none, Protocol: email, Endpoint: a@b } }", "Topic does not exist*")]
    [InlineData("Topic: { Type: AWS::SNS::Topic }\n  Bad: { Type: AWS::SNS::Subscription, Properties: { TopicArn: !Ref Topic, Protocol: email, Endpoint: nobody } }", "Invalid parameter: Email address*")]
    [InlineData("Bad: { Type: AWS::KMS::Key, Properties: { KeyPolicy: {} } }", "The new key policy is malformed.*")]
    public async Task What_AWS_refuses_is_refused(string resources, string reason)
    {
        await using var cloud = await TestCloud.StartAsync();
        var stack = await cloud.CreateAsync("refused", $"Resources:\n  {resources}");
        stack.Status.Should().Be("ROLLBACK_COMPLETE");
        var failed = stack.Events.First(happened => happened.Status == "CREATE_FAILED");
        failed.LogicalId.Should().Be("Bad");
        failed.Reason.Should().Match(reason);
    }

    [Fact]
    public async Task Policies_longer_than_IAM_takes_are_refused()
    {
        await using var cloud = await TestCloud.StartAsync();
        var actions = string.Join(", ", Enumerable.Range(0, 700).Select(number => $"ec2:Call{number}"));
        var stack = await cloud.CreateAsync("long", $"Resources:\n  Bad: {{ Type: AWS::IAM::ManagedPolicy, Properties: {{ PolicyDocument: {{ Statement: [{{ Effect: Allow, Action: [{actions}], Resource: x }}] }} }} }}");
        stack.Events.Select(happened => happened.Reason).Should().Contain("Cannot exceed quota for PolicySize: 6144");
    }

    [Fact]
    public async Task A_web_ACL_for_CloudFront_is_made_where_CloudFront_looks_and_a_distribution_takes_no_other()
    {
        await using var cloud = await TestCloud.StartAsync();
        var request = TestCloud.Request("acl", $"Resources:\n  Acl: {{ Type: AWS::WAFv2::WebACL, Properties: {{ Name: one, Scope: CLOUDFRONT, {Acl} }} }}\nOutputs: {{ Arn: {{ Value: !GetAtt Acl.Arn }} }}");
        cloud.Engine.Create(request with { Region = "us-east-1" });
        var stack = await TestCloud.RestAsync(cloud.Engine.Services.StacksIn("us-east-1").Get("acl"));
        stack.Outputs.Single().Value.Should().StartWith("arn:aws:wafv2:us-east-1:000000000000:global/webacl/one/");

        foreach (var (property, reason) in new (string Property, string Reason)[]
        {
            ("WebACLId: arn:aws:wafv2:ap-northeast-2:000000000000:regional/webacl/one/1", "*web ACL isn't one of scope CLOUDFRONT*"),
            ("ViewerCertificate: { AcmCertificateArn: arn:aws:acm:ap-northeast-2:000000000000:certificate/1 }", "*isn't in us-east-1 region*"),
        })
        {
            var name = "cdn" + property[..1];
            var refused = await cloud.CreateAsync(name, $$"""
                Resources:
                  Bad:
                    Type: AWS::CloudFront::Distribution
                    Properties: { DistributionConfig: { Enabled: true, Origins: [{ Id: o, DomainName: b.s3.ap-northeast-2.amazonaws.com, S3OriginConfig: {} }], DefaultCacheBehavior: { TargetOriginId: o, ViewerProtocolPolicy: allow-all, CachePolicyId: 658327ea-f89d-4fab-a63d-7e88639e58f6 }, {{property}} } }
                """);
            refused.Events.Select(happened => happened.Reason).Should().ContainMatch(reason);
        }
    }

    [Fact]
    public async Task Records_of_one_name_live_side_by_side_and_keep_their_zone()
    {
        await using var cloud = await TestCloud.StartAsync();
        string Record(string type, string value) => $"{{ Type: AWS::Route53::RecordSet, Properties: {{ HostedZoneId: !Ref Zone, Name: a.tiketi.example, Type: {type}, TTL: 60, ResourceRecords: [\"{value}\"] }} }}";
        var template = $"Resources:\n  {Zone}V4: {Record("A", "198.51.100.1")}\n  V6: {Record("AAAA", "2001:db8::1")}\nOutputs: {{ Name: {{ Value: !Ref V4 }}, Servers: {{ Value: !Join [\" \", !GetAtt Zone.NameServers] }} }}";
        var stack = await cloud.CreateAsync("dns", template);
        stack.Outputs.Select(output => output.Value).Should().Equal("a.tiketi.example", "ns-1.local-cloud.invalid ns-2.local-cloud.invalid ns-3.local-cloud.invalid ns-4.local-cloud.invalid");
        var records = cloud.Services.GetRequiredService<RecordStore>();
        records.All(RecordSetProvider.Type).Should().HaveCount(2);

        var again = await cloud.CreateAsync("twice", $"Resources:\n  V4: {Record("A", "198.51.100.2").Replace("!Ref Zone", stack.Resources["Zone"].PhysicalId)}");
        again.Events.Select(happened => happened.Reason).Should().ContainMatch("*Tried to create resource record set*already exists*");

        await cloud.UpdateAsync("dns", $"Resources:\n  {Zone}V6: {Record("AAAA", "2001:db8::2")}");
        records.All(RecordSetProvider.Type).Should().ContainSingle().Which.Properties["ResourceRecords"]![0]!.ToString().Should().Be("2001:db8::2");
        (await cloud.DeleteAsync("dns")).Status.Should().Be("DELETE_COMPLETE");
    }

    /// <summary>No name is taken that AWS would refuse: its published schemas, which cfn-lint carries, say which there are.</summary>
    [Fact]
    public async Task Property_names_are_those_that_AWS_publishes()
    {
        const string Script = """
            import glob, importlib.util, json, os, sys
            if importlib.util.find_spec("cfnlint") is None:
                sys.exit(3)
            import cfnlint
            for file in glob.glob(os.path.join(os.path.dirname(cfnlint.__file__), "data", "schemas", "resources", "*.json")):
                schema = json.load(open(file))
                hidden = {name.split("/")[-1] for name in schema.get("readOnlyProperties", []) if name.count("/") == 2}
                print(json.dumps([schema["typeName"], sorted(set(schema.get("properties", [])) - hidden)]))
            """;
        var python = await Command.RunAsync("python3", ["-c", Script]);
        Assert.SkipWhen(python.ExitCode == 3, "cfn-lint's schemas are not here (pip install cfn-lint).");
        var published = python.Ok().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!)
            .ToLookup(line => line[0]!.ToString(), line => line[1]!.AsArray().Select(name => name!.ToString()).ToList());
        foreach (var (type, names) in Named())
        {
            published.Contains(type).Should().BeTrue(type);
            names.Required.Concat(names.Optional).Should().BeSubsetOf(published[type].SelectMany(list => list), type);
        }
    }

    private static IEnumerable<(string Type, PropertyNames Names)> Named()
    {
        var settings = new LocalCloudSettings { StateDirectory = "", DockerHost = "", PostgresImage = "", RedisImage = "" };
        Func<LocalCloudSettings, IEnumerable<RecordedType>>[] sources =
        [
            LocalCloud.Acm.AcmTypes.All, LocalCloud.Waf.WafTypes.All, Route53Types.All, LocalCloud.Sns.SnsTypes.All, LocalCloud.CloudWatch.CloudWatchTypes.All,
            LocalCloud.Kms.KmsTypes.All, LocalCloud.Iam.IamTypes.All, PlainTypes.All,
        ];
        return sources.SelectMany(source => source(settings)).Where(type => type.Names is not null).Select(type => (type.ResourceType, type.Names!))
            .Append((RecordSetProvider.Type, RecordSetProvider.Names));
    }
}
