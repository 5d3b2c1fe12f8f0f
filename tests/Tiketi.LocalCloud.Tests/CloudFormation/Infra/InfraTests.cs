using System.Text.Json.Nodes;
using Tiketi.LocalCloud.CloudFormation.Templates;
using Tiketi.LocalCloud.Tests.S3;

namespace Tiketi.LocalCloud.Tests.CloudFormation.Infra;

public sealed class InfraTests(ProductionInfra infra) : IClassFixture<ProductionInfra>
{
    [Fact]
    public void Every_stack_is_made_and_a_second_run_has_nothing_to_do()
    {
        ProductionInfra.Stacks.Append("schedule" /* never in production: ScheduleTests */).Should().BeEquivalentTo(Directory.EnumerateFiles(ProductionInfra.Folder, "*.yaml").Select(Path.GetFileNameWithoutExtension));
        infra.RequireMade();
    }

    [Theory]
    [InlineData("network", "VpcId,PublicSubnetIds,NodeSubnetIds,DatabaseSubnetIds,ClusterSecurityGroupId,DatabaseSecurityGroupId,RedisSecurityGroupId,LoadBalancerSecurityGroupId")]
    [InlineData("data", "DatabaseEndpoint,DatabasePort,DatabaseName,DatabaseUser,DatabaseSecretArn,RedisEndpoint,RedisPort,RedisSecretArn,JwtSecretArn")]
    [InlineData("registry", "RegistryUri,BackendRepositoryUri,AuthServiceRepositoryUri,TicketServiceRepositoryUri,PaymentServiceRepositoryUri,StatsServiceRepositoryUri")]
    [InlineData("cluster", "ClusterName,NodeRoleArn,LoadBalancerRoleArn")]
    [InlineData("storage", "UploadsBucketName,UploadsRoleArn")]
    [InlineData("frontend", "FrontendBucketName,DistributionId,DistributionDomainName")]
    [InlineData("dns", "HostedZoneId,CertificateArn,NameServers")]
    [InlineData("edge", "WebAclArn,CertificateArn")]
    [InlineData("observability", "AlertTopicArn,DashboardName")]
    [InlineData("access", "BuildRoleArn,PreviewRoleArn,PlanRoleArn,DeployRoleArn")]
    public void Outputs_that_other_rooms_read_are_there_and_exported(string stack, string keys)
    {
        var outputs = infra.Applied[stack].Outputs.ToDictionary(output => output.Key);
        outputs.Keys.Should().Contain(keys.Split(','));
        outputs.Values.Should().OnlyContain(output => output.Value.Length > 0 && output.ExportName!.StartsWith("tiketi-production-"));
    }

    [Fact]
    public void Nothing_lives_in_another_region_but_what_CloudFront_looks_for_there()
    {
        infra.Applied.Where(stack => stack.Value.Region != infra.Cloud.Settings.Region).Select(stack => stack.Key).Should().Equal("edge");
        infra.Applied["edge"].Region.Should().Be("us-east-1");
        infra.Applied["edge"].Resources["Certificate"].PhysicalId.Should().StartWith("arn:aws:acm:us-east-1:");
        infra.Applied["dns"].Resources["Certificate"].PhysicalId.Should().StartWith("arn:aws:acm:ap-northeast-2:");
        infra.Properties("frontend", "Distribution")["DistributionConfig"]!["WebACLId"]!.ToString().Should().Be(infra.Applied["edge"].Resources["WebAcl"].Attributes["Arn"]);
    }

    [Fact]
    public void Secrets_are_born_in_Secrets_Manager_and_never_pass_through_a_parameter()
    {
        infra.Properties("data", "Database")["MasterUserPassword"]!.ToString().Should().StartWith("{{resolve:secretsmanager:arn:").And.EndWith(":SecretString:password}}");
        infra.Properties("data", "Redis")["AuthToken"]!.ToString().Should().StartWith("{{resolve:secretsmanager:arn:").And.EndWith(":SecretString:password}}");
        ProductionInfra.Stacks.SelectMany(name => Template.Parse(ProductionInfra.TemplateOf(name)).Parameters).Should().NotContain(parameter => parameter.NoEcho);
    }

    [Fact]
    public void The_bucket_is_read_by_this_distribution_only() =>
        infra.Properties("frontend", "FrontendBucketPolicy")["PolicyDocument"]!["Statement"]![0]!["Condition"]!["StringEquals"]!["AWS:SourceArn"]!.ToString()
            .Should().Be($"arn:aws:cloudfront::000000000000:distribution/{infra.Applied["frontend"].Resources["Distribution"].PhysicalId}");

    [Fact]
    public void Pages_may_speak_to_the_API_and_its_sockets()
    {
        var policy = infra.Properties("frontend", "SecurityHeaders")["ResponseHeadersPolicyConfig"]!["SecurityHeadersConfig"]!["ContentSecurityPolicy"]!["ContentSecurityPolicy"]!.ToString();
        policy.Should().Contain("connect-src 'self' https://api.tiketi.example wss://api.tiketi.example https://accounts.google.com;").And.Contain("script-src 'self' https://accounts.google.com;").And.NotContain("\n");
    }

    [Fact]
    public void What_holds_data_outlives_its_stack()
    {
        string PolicyOf(string stack, string resource) => infra.Applied[stack].Resources[resource].DeletionPolicy;
        PolicyOf("data", "Database").Should().Be("Snapshot");
        PolicyOf("data", "Redis").Should().Be("Snapshot");
        PolicyOf("storage", "UploadsBucket").Should().Be("RetainExceptOnCreate");
        PolicyOf("dns", "Zone").Should().Be("RetainExceptOnCreate");
    }

    [Fact]
    public void Stack_policies_name_resources_that_are_there_and_deny_what_would_lose_data()
    {
        foreach (var file in Directory.EnumerateFiles(Path.Combine(ProductionInfra.Folder, "policies"), "*.json"))
        {
            var resources = Template.Parse(ProductionInfra.TemplateOf(Path.GetFileNameWithoutExtension(file))).Resources;
            var deny = JsonNode.Parse(File.ReadAllText(file))!["Statement"]!.AsArray().Single(statement => statement!["Effect"]!.ToString() == "Deny")!;
            var named = (deny["Resource"] is JsonArray list ? list.Select(item => item!.ToString()) : [deny["Resource"]!.ToString()]).Select(name => name.Replace("LogicalResourceId/", ""));
            named.Should().BeSubsetOf(resources.Keys).And.NotBeEmpty();
            deny["Action"]!.AsArray().Select(action => action!.ToString()).Should().BeEquivalentTo("Update:Replace", "Update:Delete");
        }
    }

    [Fact]
    public async Task Cfn_lint_has_nothing_to_say()
    {
        var lint = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(folder => Path.Combine(folder, "cfn-lint")).FirstOrDefault(File.Exists);
        Assert.SkipWhen(lint is null, "cfn-lint is not installed (pip install cfn-lint).");
        foreach (var region in ProductionInfra.Stacks.GroupBy(name => ProductionInfra.RegionOf(name) ?? infra.Cloud.Settings.Region))
        {
            var outcome = await Command.RunAsync(lint, ["--include-checks", "I", "--regions", region.Key, "--", .. region.Select(name => Path.Combine(ProductionInfra.Folder, name + ".yaml"))]);
            (outcome.ExitCode, outcome.Output).Should().Be((0, ""));
        }
    }

    [Fact]
    public async Task The_aws_cli_validates_every_template()
    {
        foreach (var name in ProductionInfra.Stacks)
        {
            var answer = await infra.Cloud.AwsJsonAsync("cloudformation", "validate-template", "--template-body", "file://" + Path.Combine(ProductionInfra.Folder, name + ".yaml"));
            answer["Parameters"]!.AsArray().Should().Contain(parameter => parameter!["ParameterKey"]!.ToString() == "Environment");
        }
    }
}

public sealed class InfraTeardownTests
{
    [Fact]
    public async Task Everything_goes_again_in_the_order_of_its_imports()
    {
        var infra = new ProductionInfra();
        await infra.InitializeAsync();
        await using var cloud = infra.Cloud;
        (await cloud.DeleteAsync("tiketi-production-network")).StatusReason.Should().StartWith("Delete canceled. Cannot delete export tiketi-production-");
        foreach (var name in ProductionInfra.Stacks.Reverse())
        {
            var record = infra.Applied[name];
            cloud.Engine.Delete(record, [], clientRequestToken: null);
            var stack = await TestCloud.RestAsync(record);
            stack.Status.Should().Be("DELETE_COMPLETE", "{0}: {1}", name, string.Join("\n", stack.Events.Select(happened => happened.Reason)));
        }
    }
}
