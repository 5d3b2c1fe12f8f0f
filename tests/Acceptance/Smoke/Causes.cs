using System.Text.Json.Nodes;
using System.Xml.Linq;
using Amazon.S3;

namespace Tiketi.Acceptance.Smoke;

/// <summary>Something that goes wrong.</summary>
/// <param name="Name">In words.</param>
/// <param name="BringAsync">Brings it about; the answer ends it.</param>
/// <param name="Red">The checks that find it, each with words of its remedy.</param>
internal sealed record Cause(string Name, Func<Somebody, Task<Func<Task>>> BringAsync, params (string Check, string Remedy)[] Red)
{
    /// <summary>Whether it concerns a stack besides the environment's own.</summary>
    public bool HasExtraStack { get; init; }

    /// <summary>Whether the checks have nothing to look at before and after, so that they are skipped.</summary>
    public bool EndsInSkip { get; init; }
}

/// <summary>A check whose cause another test brings about, and why.</summary>
internal sealed record ElsewhereProved(string Check, string File, string Test, string Reason);

/// <summary>What turns each check red.</summary>
internal static class Causes
{
    private const string CertificateTemplate = """
        Resources:
          Zone: { Type: AWS::Route53::HostedZone, Properties: { Name: extra.example } }
          Certificate:
            Type: AWS::CertificateManager::Certificate
            Properties: { DomainName: extra.example, ValidationMethod: DNS, DomainValidationOptions: [{ DomainName: extra.example, HostedZoneId: !Ref Zone }] }
        """;

    private const string ImpossibleTemplate = """{"Resources":{"Subnet":{"Type":"AWS::EC2::Subnet","Properties":{"VpcId":"vpc-0","CidrBlock":"10.0.0.0/24"}}}}""";

    public static IReadOnlyList<ElsewhereProved> Elsewhere { get; } =
    [
        new("socket-io-holds", "tests/Acceptance/Smoke/SmokeTestTests.cs", "AVisitorWhoWaits_AndIsCutOff_IsFound", "the cause has to come about while the check runs"),
        new("google-login", "tests/Tiketi.Pipeline.Tests/Verification/ChecksTests.cs", "ASiteThatGoogleDoesNotKnow_IsFound", "Google is not part of the local cloud"),
        new("dns", "tests/Tiketi.Pipeline.Tests/Verification/AwsChecksTests.cs", "ACause_IsFound_WithItsRemedy", "the local cloud's hosted zones answer no DNS question"),
        new("elasticache", "tests/Tiketi.Pipeline.Tests/Verification/AwsChecksTests.cs", "ACause_IsFound_WithItsRemedy", "the local cloud's Redis is available or gone with its stack"),
        new("redis-auth", "tests/Tiketi.Pipeline.Tests/Verification/AwsChecksTests.cs", "ACause_IsFound_WithItsRemedy", "the local cloud takes no token away"),
    ];

    public static IReadOnlyList<Cause> All { get; } =
    [
        new("the ingress has lost all paths but the last",
            somebody => somebody.EditAsync("ingress", "tiketi-ingress", ingress =>
            {
                var rule = ingress["spec"]!["rules"]![0]!["http"]!.AsObject();
                rule["paths"] = new JsonArray(rule["paths"]!.AsArray()[^1]!.DeepClone());
            }),
            ("api-auth-service", "ingress rule of its path"), ("api-ticket-service", "ingress rule of its path"), ("api-payment-service", "ingress rule of its path"), ("api-stats-service", "ingress rule of its path"),
            ("socket-io", "/socket.io rule"), ("user-flow", "ingress rule of its path")),
        new("the backend's Service selects no pod",
            somebody => somebody.EditAsync("service", "backend-service", service => service["spec"]!["selector"] = new JsonObject { ["app"] = "nobody" }),
            ("api-backend", "No pod behind this path is ready"), ("services", "Compare the selector"), ("load-balancer", "No pod of the service is ready")),
        new("the ingress was deleted",
            somebody => somebody.EditAsync("ingress", "tiketi-ingress", change: null),
            ("ingress", "Run ./build.sh DeployK8s.")),
        new("a service was given an image that is not there",
            somebody => somebody.EditAsync("deployment", "stats-service", deployment => deployment["spec"]!["template"]!["spec"]!["containers"]![0]!["image"] = "127.0.0.1:1/absent:1"),
            ("deployments", "./build.sh Diagnose"), ("pods", "Push the image (PushEcr)")),
        new("the pods' role may not write to the bucket any more", ForbidUploadsAsync, ("uploads", "logs deployment/auth-service")),
        new("a script of the site is gone", somebody => somebody.HideFromSiteAsync(key => key.EndsWith(".js", StringComparison.Ordinal)), ("site", "SyncS3 InvalidateCdn")),
        new("the site's start page is gone", somebody => somebody.HideFromSiteAsync(key => key == "index.html"), ("site-newest", "Run ./build.sh SyncS3.")),
        new("the distribution was changed in the console",
            somebody => somebody.EditDistributionAsync(config =>
            {
                var ns = config.Name.Namespace;
                config.Element(ns + "CustomErrorResponses")!.ReplaceNodes(new XElement(ns + "Quantity", 0));
                config.Element(ns + "DefaultCacheBehavior")!.Element(ns + "ResponseHeadersPolicyId")!.Remove();
                config.Element(ns + "WebACLId")!.Value = "";
            }),
            ("site-deep-link", "CustomErrorResponses"), ("site-headers", "response headers policy"), ("waf", "Attach it again")),
        new("the distribution was disabled", somebody => somebody.EditDistributionAsync(config => config.Element(config.Name.Namespace + "Enabled")!.Value = "false"), ("distribution", "ApplyInfra, which enables it")),
        new("a stack could not be made",
            async somebody =>
            {
                await somebody.MakeExtraStackAsync(ImpossibleTemplate);
                return () => somebody.MakeExtraStackAsync(CertificateTemplate);
            },
            ("stacks", "Run ./build.sh ApplyInfra")) { HasExtraStack = true },
        new("a certificate was deleted", DeleteCertificateAsync, ("certificates", "./build.sh DriftInfra")) { HasExtraStack = true },
        new("the database was stopped", StopDatabaseAsync, ("rds", "aws rds start-db-instance"), ("database", "./build.sh")),
        new("Redis has ended", StopRedisAsync, ("redis", "./build.sh")),
        new("Redis' snapshots were switched off",
            async somebody =>
            {
                await SetRetentionAsync(somebody, 0);
                return () => SetRetentionAsync(somebody, 1);
            },
            ("backups", "Restore SnapshotRetentionLimit")),
        new("a secret was deleted",
            async somebody =>
            {
                var arn = await somebody.OutputAsync("data", "JwtSecretArn");
                await somebody.AwsAsync("secretsmanager", $$"""{"SecretId":"{{arn}}","RecoveryWindowInDays":7}""", "secretsmanager.DeleteSecret");
                return () => somebody.AwsAsync("secretsmanager", $$"""{"SecretId":"{{arn}}"}""", "secretsmanager.RestoreSecret");
            },
            ("secrets", "restore-secret")),
        new("an alarm rings, and was switched off", RingAsync, ("alarms", "enable-alarm-actions"), ("alarms-quiet", "")),
        new("the node does not answer",
            async somebody =>
            {
                var node = (await somebody.KubectlAsync("get", "nodes", "-o", "name")).Trim();
                await ReportAsync("Unknown");
                return () => ReportAsync("True");

                Task ReportAsync(string ready) => somebody.KubectlAsync("patch", node, "--subresource=status", "-p", $$$"""{"status":{"conditions":[{"type":"Ready","status":"{{{ready}}}"}]}}""");
            },
            ("nodes", "kubectl describe node")),
        new("nobody knows of the migrations any more",
            async somebody =>
            {
                const string Label = "app.kubernetes.io/component";
                var jobs = (await somebody.KubectlAsync("get", "jobs", "-l", $"{Label}=database-migration", "-o", "name")).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
                await somebody.KubectlAsync(["label", .. jobs, $"{Label}-"]);
                return () => somebody.KubectlAsync(["label", .. jobs, $"{Label}=database-migration"]);
            },
            ("migrations", "DeployK8s")),
        new("an autoscaler is for a service that is not there",
            async somebody =>
            {
                await somebody.KubectlAsync("create", "deployment", "short-lived", "--image=127.0.0.1:1/absent:1", "--replicas=0");
                await somebody.KubectlAsync("autoscale", "deployment", "short-lived", "--min=1", "--max=2");
                await somebody.KubectlAsync("delete", "deployment", "short-lived");
                return () => somebody.KubectlAsync("delete", "hpa", "short-lived");
            },
            ("autoscalers", "Let scaleTargetRef name a Deployment that exists")) { EndsInSkip = true },
    ];

    private static async Task<Func<Task>> ForbidUploadsAsync(Somebody somebody)
    {
        var bucket = await somebody.OutputAsync("storage", "UploadsBucketName");
        var role = await somebody.OutputAsync("storage", "UploadsRoleArn");
        var before = (await somebody.S3.GetBucketPolicyAsync(bucket)).Policy;
        var policy = JsonNode.Parse(before)!;
        policy["Statement"]!.AsArray().Add((JsonNode)new JsonObject { ["Effect"] = "Deny", ["Principal"] = new JsonObject { ["AWS"] = role }, ["Action"] = "s3:PutObject", ["Resource"] = $"arn:aws:s3:::{bucket}/*" });
        await somebody.S3.PutBucketPolicyAsync(bucket, policy.ToJsonString());
        return () => somebody.S3.PutBucketPolicyAsync(bucket, before);
    }

    private static async Task<Func<Task>> DeleteCertificateAsync(Somebody somebody)
    {
        await somebody.MakeExtraStackAsync(CertificateTemplate);
        var resources = await somebody.AwsAsync("cloudformation", $"Action=DescribeStackResources&StackName={somebody.ExtraStack}");
        var arn = Somebody.Value(Somebody.Values(resources, "member").Single(resource => Somebody.Value(resource, "LogicalResourceId") == "Certificate"), "PhysicalResourceId");
        await somebody.AwsAsync("acm", $$"""{"CertificateArn":"{{arn}}"}""", "CertificateManager.DeleteCertificate");
        return () => somebody.MakeExtraStackAsync(CertificateTemplate);
    }

    private static async Task<Func<Task>> StopDatabaseAsync(Somebody somebody)
    {
        var id = Somebody.Values(await somebody.AwsAsync("rds", "Action=DescribeDBInstances"), "DBInstanceIdentifier").Single().Value;
        await somebody.AwsAsync("rds", $"Action=StopDBInstance&DBInstanceIdentifier={id}");
        return () => somebody.AwsAsync("rds", $"Action=StartDBInstance&DBInstanceIdentifier={id}");
    }

    private static async Task<Func<Task>> StopRedisAsync(Somebody somebody)
    {
        var address = (await somebody.OutputAsync("data", "RedisEndpoint")).Split('.'); // master.GROUP.CLOUD....
        var container = $"tiketi-{address[2]}-redis-{address[1]}";
        await somebody.DockerAsync("stop", container);
        return () => somebody.DockerAsync("start", container);
    }

    private static async Task SetRetentionAsync(Somebody somebody, int days)
    {
        var group = (await somebody.OutputAsync("data", "RedisEndpoint")).Split('.')[1];
        await somebody.AwsAsync("elasticache", $"Action=ModifyReplicationGroup&ReplicationGroupId={group}&SnapshotRetentionLimit={days}&ApplyImmediately=true");
    }

    private static async Task<Func<Task>> RingAsync(Somebody somebody)
    {
        var name = Uri.EscapeDataString(Somebody.Values(await somebody.AwsAsync("monitoring", "Action=DescribeAlarms"), "AlarmName").First().Value);
        await somebody.AwsAsync("monitoring", $"Action=DisableAlarmActions&AlarmNames.member.1={name}");
        await SetAsync("ALARM");
        return async () =>
        {
            await SetAsync("OK");
            await somebody.AwsAsync("monitoring", $"Action=EnableAlarmActions&AlarmNames.member.1={name}");
        };

        Task SetAsync(string state) => somebody.AwsAsync("monitoring", $"Action=SetAlarmState&AlarmName={name}&StateValue={state}&StateReason=somebody+said+so");
    }
}
