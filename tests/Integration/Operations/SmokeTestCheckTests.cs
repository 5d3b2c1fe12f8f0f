using Amazon.CertificateManager.Model;
using Amazon.CloudFormation;
using Tiketi.Pipeline.Verification;

namespace Tiketi.Integration.Operations;

/// <summary>What the stacks made is in order; then somebody changes it past them, with AWS's own interfaces, and the check that is there for it says what to do.</summary>
public sealed class SmokeTestCheckTests(LocalAws aws) : IClassFixture<LocalAws>
{
    private const string Edge = """
        Parameters: { Environment: { Type: String } }
        Resources:
          Zone: { Type: AWS::Route53::HostedZone, Properties: { Name: !Sub "${Environment}.example" } }
          Certificate:
            Type: AWS::CertificateManager::Certificate
            Properties: { DomainName: !Sub "${Environment}.example", ValidationMethod: DNS, DomainValidationOptions: [{ DomainName: !Sub "${Environment}.example", HostedZoneId: !Ref Zone }] }
          WebAcl:
            Type: AWS::WAFv2::WebACL
            Properties: { Name: !Sub "waf-${Environment}", Scope: CLOUDFRONT, DefaultAction: { Allow: {} }, VisibilityConfig: { SampledRequestsEnabled: true, CloudWatchMetricsEnabled: true, MetricName: waf }, Rules: [] }
        """;

    private const string Watch = """
        Parameters: { Environment: { Type: String } }
        Resources:
          Topic: { Type: AWS::SNS::Topic, Properties: { TopicName: !Sub "alerts-${Environment}" } }
          Cpu:
            Type: AWS::CloudWatch::Alarm
            Properties: { AlarmName: !Sub "${Environment}-cpu", AlarmDescription: Look for slow queries., Namespace: AWS/RDS, MetricName: CPUUtilization, Statistic: Average, Period: 300, EvaluationPeriods: 1, Threshold: 80, ComparisonOperator: GreaterThanThreshold, AlarmActions: [!Ref Topic] }
          Memory:
            Type: AWS::CloudWatch::Alarm
            Properties: { AlarmName: !Sub "${Environment}-memory", Namespace: AWS/ElastiCache, MetricName: DatabaseMemoryUsagePercentage, Statistic: Average, Period: 300, EvaluationPeriods: 1, Threshold: 80, ComparisonOperator: GreaterThanThreshold, AlarmActions: [!Ref Topic] }
        """;

    [Fact]
    public async Task Alarms_are_on_until_somebody_switches_one_off_or_deletes_it_and_tell_what_rings()
    {
        var target = await DeployAsync("watched", ("watch", Watch));
        (await RunAsync(target, "alarms", "alarms-quiet")).Should().OnlyContain(result => result.Status == CheckStatus.Passed);

        await aws.CallAsync("monitoring", "Action=SetAlarmState&AlarmName=watched-cpu&StateValue=ALARM&StateReason=91+percent");
        await aws.CallAsync("monitoring", "Action=DisableAlarmActions&AlarmNames.member.1=watched-memory");
        var off = await RunAsync(target, "alarms", "alarms-quiet");
        off[0].Should().BeEquivalentTo(new { Status = CheckStatus.Failed, Evidence = "switched off: watched-memory", Remedy = "Switch them on: aws cloudwatch enable-alarm-actions --alarm-names watched-memory." });
        off[1].Should().BeEquivalentTo(new { Status = CheckStatus.Warning, Evidence = "watched-cpu: 91 percent", Remedy = "Look for slow queries." });

        await aws.CallAsync("monitoring", "Action=EnableAlarmActions&AlarmNames.member.1=watched-memory");
        await aws.CallAsync("monitoring", "Action=SetAlarmState&AlarmName=watched-cpu&StateValue=OK&StateReason=40+percent");
        (await RunAsync(target, "alarms", "alarms-quiet")).Should().OnlyContain(result => result.Status == CheckStatus.Passed, "what the remedy says was done");

        await aws.CallAsync("monitoring", "Action=DeleteAlarms&AlarmNames.member.1=watched-cpu");
        (await RunAsync(target, "alarms")).Single().Evidence.Should().Be("deleted: watched-cpu");
    }

    [Fact]
    public async Task Certificates_are_issued_and_their_end_is_seen_coming()
    {
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(DateTimeOffset.UtcNow);
        var target = await DeployAsync("named", ("edge", Edge), "us-east-1");
        (await RunAsync(target, time, "certificates")).Single().Should().Match<CheckResult>(result => result.Status == CheckStatus.Passed && result.Evidence.Contains("named.example (us-east-1) issued"));

        time.Advance(TimeSpan.FromDays(390));
        (await RunAsync(target, time, "certificates")).Single().Should().Match<CheckResult>(result => result.Status == CheckStatus.Failed && result.Evidence.Contains("days left") && result.Remedy!.Contains("validation record"));

        var arn = (await target.Stacks.Single().Value.DescribeStackResourcesAsync(new() { StackName = target.Stacks.Single().Key })).StackResources.Single(resource => resource.LogicalResourceId == "Certificate").PhysicalResourceId;
        (await aws.Clients.CertificateManagerIn("us-east-1").DescribeCertificateAsync(new DescribeCertificateRequest { CertificateArn = arn })).Certificate.SubjectAlternativeNames.Should().Equal("named.example");
        await aws.CallAsync("acm", $$"""{"CertificateArn":"{{arn}}"}""", "CertificateManager.DeleteCertificate");
        (await RunAsync(target, "certificates")).Single().Should().Match<CheckResult>(result => result.Evidence == $"there is no certificate {arn} any more" && result.Remedy!.Contains("DriftInfra"));
    }

    [Fact]
    public async Task The_web_acl_is_attached_until_somebody_detaches_it()
    {
        var target = await DeployAsync("guarded", ("edge", Edge + """

              Site:
                Type: AWS::CloudFront::Distribution
                Properties:
                  DistributionConfig:
                    Enabled: true
                    WebACLId: !GetAtt WebAcl.Arn
                    Origins: [{ Id: site, DomainName: guarded.s3.ap-northeast-2.amazonaws.com, S3OriginConfig: { OriginAccessIdentity: "" } }]
                    DefaultCacheBehavior: { TargetOriginId: site, ViewerProtocolPolicy: allow-all, CachePolicyId: 658327ea-f89d-4fab-a63d-7e88639e58f6 }
            """), "us-east-1");
        var id = (await target.Stacks.Single().Value.DescribeStackResourcesAsync(new() { StackName = target.Stacks.Single().Key })).StackResources.Single(resource => resource.LogicalResourceId == "Site").PhysicalResourceId;
        target = target with { CloudFront = aws.Clients.CloudFront, DistributionId = id };
        (await RunAsync(target, "waf", "distribution")).Should().OnlyContain(result => result.Status == CheckStatus.Passed);

        await aws.EditDistributionAsync(id, config => config.Element(config.Name.Namespace + "WebACLId")!.Value = "");
        var detached = (await RunAsync(target, "waf")).Single();
        detached.Should().BeEquivalentTo(new { Status = CheckStatus.Failed, Evidence = $"{id} has no web ACL instead of waf-guarded" });
        detached.Remedy.Should().Contain("Attach it again");

        await aws.EditDistributionAsync(id, config => config.Element(config.Name.Namespace + "Enabled")!.Value = "false");
        (await RunAsync(target, "distribution")).Single().Should().BeEquivalentTo(new { Status = CheckStatus.Failed, Evidence = $"{id} is disabled", Remedy = "Run ./build.sh ApplyInfra, which enables it." });
    }

    private static Task<IReadOnlyList<CheckResult>> RunAsync(SmokeTestTarget target, params string[] only) =>
        RunAsync(target, TimeProvider.System, only);

    private static async Task<IReadOnlyList<CheckResult>> RunAsync(SmokeTestTarget target, TimeProvider time, params string[] only)
    {
        using var http = new HttpClient();
        var checks = SmokeTestChecks.For(target, time, http).Where(check => only.Contains(check.Id)).Select(check => (ICheck)new Check(check.Id, check.Meaning, check.RunAsync) { Severity = check.Severity, Retry = new CheckRetry(1, TimeSpan.Zero) }).ToList();
        var results = await new CheckRunner(TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger<CheckRunner>.Instance).RunAsync(checks, cancellationToken: TestContext.Current.CancellationToken);
        return [.. only.Select(id => results.Checks.Single(result => result.Id == id))];
    }

    private async Task<SmokeTestTarget> DeployAsync(string environment, (string Name, string Body) stack, string? region = null)
    {
        var body = region is null ? stack.Body : $"Metadata: {{ Tiketi: {{ Region: {region} }} }}\n{stack.Body}";
        await aws.Deployer.ApplyAsync(aws.Environment(environment, (stack.Name, body)), TestContext.Current.CancellationToken);
        return new SmokeTestTarget
        {
            ApiUrl = new Uri("http://127.0.0.1:9"),
            SiteUrl = new Uri("http://127.0.0.1:9"),
            Services = [],
            Stacks = new Dictionary<string, IAmazonCloudFormation>(StringComparer.Ordinal) { [$"tiketi-{environment}-{stack.Name}"] = aws.Clients.CloudFormationIn(region) },
            CloudWatch = aws.Clients.CloudWatch,
            CertificatesIn = aws.Clients.CertificateManagerIn,
        };
    }
}
