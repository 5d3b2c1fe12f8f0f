using System.IO.Enumeration;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Tiketi.LocalCloud.Tests.CloudFormation.Infra;

/// <summary>GitHub's roles have what their jobs call, and little else.</summary>
public sealed partial class PermissionTests(ProductionInfra infra) : IClassFixture<ProductionInfra>
{
    /// <summary>Calls of the SDK whose IAM action has another name; "" for one that needs no right.</summary>
    private static readonly Dictionary<string, string> ActionsOfCalls = new(StringComparer.Ordinal)
    {
        ["s3:GetObjectMetadata"] = "s3:GetObject", ["s3:CopyObject"] = "s3:PutObject", ["s3:DeleteObjects"] = "s3:DeleteObject", ["s3:ListObjectsV2"] = "s3:ListBucket", ["s3:ListObjects"] = "s3:ListBucket",
        ["s3:ListVersions"] = "s3:ListBucketVersions", ["s3:ListMultipartUploads"] = "s3:ListBucketMultipartUploads", ["s3:ListBuckets"] = "s3:ListBucket", ["sts:GetCallerIdentity"] = "", ["sts:AssumeRoleWithWebIdentity"] = "",
    };

    private static readonly string[] Roles = ["BuildRole", "PreviewRole", "PlanRole", "DeployRole"];

    public static TheoryData<string> Types { get; } = [.. Permissions.ByType.Keys];

    [Fact]
    public void Every_type_in_the_stacks_has_its_calls_written_down() =>
        infra.Resources().Select(resource => resource.Type).Distinct().Should().BeEquivalentTo(Permissions.ByType.Keys);

    [Theory]
    [MemberData(nameof(Types))]
    public void The_role_that_deploys_may_make_change_and_delete(string type)
    {
        var allowed = ActionsOf("DeployRole");
        var (service, calls) = Permissions.ByType[type].Split(": ") is [var prefix, var names] ? (prefix, names) : ("", "");
        var needed = calls.Split(' ').Select(call => $"{service}:{call}").Concat((Permissions.Beside.GetValueOrDefault(type) ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries));
        needed.Where(action => !allowed(action)).Should().BeEmpty();
    }

    [Fact]
    public void The_role_that_deploys_may_touch_what_the_stacks_name()
    {
        var makers = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["AWS::IAM::Role"] = "iam:CreateRole", ["AWS::Logs::LogGroup"] = "logs:CreateLogGroup", ["AWS::SecretsManager::Secret"] = "secretsmanager:CreateSecret",
            ["AWS::SNS::Topic"] = "sns:CreateTopic", ["AWS::CloudWatch::Alarm"] = "cloudwatch:PutMetricAlarm", ["AWS::ECR::Repository"] = "ecr:CreateRepository",
            ["AWS::S3::Bucket"] = "s3:CreateBucket", ["AWS::IAM::ManagedPolicy"] = "iam:CreatePolicy", ["AWS::IAM::OIDCProvider"] = "iam:CreateOpenIDConnectProvider",
            ["AWS::WAFv2::WebACL"] = "wafv2:CreateWebACL",
        };
        var statements = StatementsOf("DeployRole").ToList();
        var refused = infra.Resources().Where(resource => resource.Stack != "access" && makers.ContainsKey(resource.Type))
            .Where(resource => !statements.Exists(statement => Allows(statement, makers[resource.Type]) && Texts(statement["Resource"]).Any(pattern => Matches(pattern, resource.Arn))))
            .Select(resource => $"{resource}: {resource.Arn}");
        refused.Should().BeEmpty();
    }

    [Fact]
    public void The_role_that_deploys_may_not_change_what_it_may_do()
    {
        var own = infra.Resources().Where(resource => resource.Stack == "access" && resource.Type == "AWS::IAM::Role").Select(role => role.Arn).ToList();
        var denied = StatementsOf("DeployRole").Where(statement => statement["Effect"]!.ToString() == "Deny").ToList();
        foreach (var action in (string[])["iam:PutRolePolicy", "iam:AttachRolePolicy", "iam:UpdateAssumeRolePolicy"])
        {
            own.Should().HaveCount(4).And.OnlyContain(arn => denied.Exists(statement => Texts(statement["Action"]).Contains(action) && Texts(statement["Resource"]).Contains(arn)));
        }

        var policies = infra.Resources().Where(resource => resource.Stack == "access" && resource.Type == "AWS::IAM::ManagedPolicy").Select(policy => policy.PhysicalId);
        policies.Should().NotContain(arn => StatementsOf("DeployRole").Any(statement => Allows(statement, "iam:CreatePolicyVersion") && Texts(statement["Resource"]).Any(pattern => Matches(pattern, arn))));
    }

    [Fact]
    public void What_the_role_that_deploys_makes_may_never_change_who_may_do_what()
    {
        var boundary = infra.Resources().Single(resource => resource is { Stack: "access", LogicalId: "BoundaryPolicy" });
        var roles = infra.Resources().Where(resource => resource.Stack != "access" && resource.Type == "AWS::IAM::Role").ToList();
        roles.Should().HaveCountGreaterThan(4).And.OnlyContain(role => $"{role.Properties["PermissionsBoundary"]}" == boundary.PhysicalId);

        foreach (var action in (string[])["iam:AttachRolePolicy", "iam:CreateRole", "iam:PutRolePolicy", "iam:PutRolePermissionsBoundary"])
        {
            StatementsOf("DeployRole").Where(statement => Allows(statement, action)).Should().NotBeEmpty().And.OnlyContain(
                statement => $"{statement["Condition"]!["StringEquals"]!["iam:PermissionsBoundary"]}" == boundary.PhysicalId, "{0} is for roles within the boundary alone", action);
        }

        StatementsOf("DeployRole").Should().NotContain(statement => Allows(statement, "iam:DeleteRolePermissionsBoundary"));
        var bounds = boundary.Properties["PolicyDocument"]!["Statement"]!.AsArray().OfType<JsonObject>().ToList();
        Func<string, bool> isWithin = action => bounds.Exists(statement => Allows(statement, action) || (statement["NotAction"] is { } others && !Texts(others).Any(pattern => Matches(pattern, action))));
        new[] { "iam:CreateRole", "iam:AttachRolePolicy", "iam:CreatePolicyVersion", "iam:CreateUser", "iam:PassRole", "sts:AssumeRole", "organizations:LeaveOrganization" }.Where(isWithin).Should().BeEmpty();
        new[] { "s3:GetObject", "ec2:CreateNetworkInterface", "ecr:BatchGetImage", "elasticloadbalancing:CreateLoadBalancer", "logs:PutLogEvents", "iam:CreateServiceLinkedRole" }.Should().OnlyContain(action => isWithin(action));
    }

    [Fact]
    public void The_role_that_deploys_may_call_what_the_pipeline_calls()
    {
        var calls = CallsIn("src/Tiketi.Pipeline").Concat(CallsIn("build")).ToList();
        calls.Should().Contain(["cloudformation:ExecuteChangeSet", "ecr:GetAuthorizationToken", "eks:DescribeCluster", "rds:DescribeDBInstances", "elasticache:DescribeReplicationGroups", "acm:DescribeCertificate", "cloudwatch:DescribeAlarms", "ce:GetCostAndUsage", "s3:PutObject", "cloudfront:CreateInvalidation"]);
        var allowed = ActionsOf("DeployRole");
        calls.Where(action => !allowed(action)).Should().BeEmpty();
    }

    /// <summary>infra/schedule.yaml is not in production, whose types the others go through.</summary>
    [Fact]
    public void The_role_that_deploys_may_make_schedules()
    {
        var allowed = ActionsOf("DeployRole");
        ((string[])["scheduler:CreateSchedule", "scheduler:UpdateSchedule", "scheduler:DeleteSchedule", "scheduler:GetSchedule"]).Where(action => !allowed(action)).Should().BeEmpty();
        StatementsOf("DeployRole").Where(statement => Allows(statement, "iam:PassRole")).SelectMany(statement => Texts(statement["Condition"]?["StringEquals"]?["iam:PassedToService"])).Should().Contain("scheduler.amazonaws.com");
    }

    [Fact]
    public void The_role_that_builds_may_call_what_pushing_calls()
    {
        var allowed = ActionsOf("BuildRole");
        CallsIn("src/Tiketi.Pipeline/Registry").Where(action => !allowed(action)).Should().BeSubsetOf(["ecr:BatchDeleteImage"], "pruning is for the role that deploys");
    }

    [Theory]
    [InlineData("PreviewRole", "")]
    [InlineData("PlanRole", "cloudformation:DeleteStack")]
    public void The_roles_that_preview_write_nothing_but_change_sets(string role, string beside)
    {
        string[] harmless = ["BatchGet", "BatchCheck", "Describe", "Detect", "Get", "List", "Validate"];
        var writes = StatementsOf(role).SelectMany(statement => Texts(statement["Action"])).Where(action => !harmless.Any(verb => action.Split(':')[1].StartsWith(verb, StringComparison.Ordinal)));
        writes.Should().BeEquivalentTo(beside.Split(' ', StringSplitOptions.RemoveEmptyEntries).Concat(["cloudformation:CreateChangeSet", "cloudformation:DeleteChangeSet", "cloudformation:TagResource"]));
    }

    [Fact]
    public void A_pull_request_reads_no_secret_and_enters_no_cluster()
    {
        StatementsOf("PreviewRole").Should().NotContain(statement => Allows(statement, "secretsmanager:GetSecretValue"));
        infra.Resources().Where(resource => resource.Type == "AWS::EKS::AccessEntry").Select(entry => $"{entry.Properties["PrincipalArn"]}")
            .Should().HaveCountGreaterThan(1).And.NotContain(arn => arn.EndsWith("-preview", StringComparison.Ordinal));
    }

    [Fact]
    public void The_role_that_plans_reads_the_secrets_of_its_environment()
    {
        StatementsOf("PlanRole").Where(statement => Allows(statement, "secretsmanager:GetSecretValue")).SelectMany(statement => Texts(statement["Resource"]))
            .Should().Equal("arn:aws:secretsmanager:ap-northeast-2:000000000000:secret:tiketi/production/*");
    }

    [Fact]
    public void The_role_that_builds_writes_nothing_but_images() =>
        StatementsOf("BuildRole").SelectMany(statement => Texts(statement["Action"])).Where(action => !action.StartsWith("ecr:", StringComparison.Ordinal))
            .Should().Equal("cloudformation:DescribeStacks", "eks:DescribeNodegroup", "eks:ListNodegroups");

    /// <summary>A call of an SDK client, by the names that the code gives clients: "s3.PutObjectAsync(", "Session.Aws.SecretsManager.GetSecretValueAsync(".</summary>
    [GeneratedRegex(@"\b(?<service>(?i:cloudformation|ecr|eks|s3|cloudfront|secretsmanager|sts|rds|elasticache|elb|acm|cloudwatch|costexplorer|route53|wafv2))\.(?<call>[A-Z]\w+?)Async\(", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Call();

    /// <summary>The IAM actions of every SDK call in a folder's sources.</summary>
    private static IEnumerable<string> CallsIn(string folder) => Directory
        .EnumerateFiles(Path.Combine(ProductionInfra.Root, folder), "*.cs", SearchOption.AllDirectories)
        .SelectMany(file => Call().Matches(File.ReadAllText(file)))
        .Select(call => $"{call.Groups["service"].Value.ToLowerInvariant().Replace("elb", "elasticloadbalancing").Replace("costexplorer", "ce")}:{call.Groups["call"].Value}")
        .Select(call => ActionsOfCalls.GetValueOrDefault(call, call)).Where(action => action.Length > 0).Distinct(StringComparer.Ordinal);

    private static IEnumerable<string> Texts(JsonNode? node) => node is JsonArray list ? list.Select(item => item!.ToString()) : node is null ? [] : [node.ToString()];

    private static bool Matches(string pattern, string text) => FileSystemName.MatchesSimpleExpression(pattern, text);

    private static bool Allows(JsonObject statement, string action) =>
        statement["Effect"]!.ToString() == "Allow" && Texts(statement["Action"]).Any(pattern => Matches(pattern, action));

    private Func<string, bool> ActionsOf(string role)
    {
        var statements = StatementsOf(role).ToList();
        return action => statements.Exists(statement => Allows(statement, action));
    }

    private IEnumerable<JsonObject> StatementsOf(string role)
    {
        Roles.Should().Contain(role);
        var attached = Texts(infra.Properties("access", role)["ManagedPolicyArns"]).ToHashSet();
        return infra.Resources().Where(resource => resource.Stack == "access" && attached.Contains(resource.PhysicalId))
            .SelectMany(policy => policy.Properties["PolicyDocument"]!["Statement"]!.AsArray().OfType<JsonObject>());
    }
}
