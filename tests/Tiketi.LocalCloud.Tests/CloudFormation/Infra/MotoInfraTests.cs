using System.Text.Json.Nodes;
using Tiketi.LocalCloud.Tests.S3;

namespace Tiketi.LocalCloud.Tests.CloudFormation.Infra;

/// <summary>
/// The templates at moto, a CloudFormation that is not ours: all are validated, and the stacks whose types moto knows are made.
/// It knows no distribution, web ACL, node group or pod identity.
/// </summary>
public sealed class MotoInfraTests : IAsyncLifetime
{
    private static readonly string[] Makeable = ["access", "network", "registry"];

    private MotoProcess? _moto;

    [Fact]
    public async Task Every_template_is_valid_and_those_that_moto_knows_are_made()
    {
        Assert.SkipWhen(_moto is null, MotoProcess.Missing);
        foreach (var name in ProductionInfra.Stacks)
        {
            (await CallAsync("ValidateTemplate", ("TemplateBody", ProductionInfra.TemplateOf(name)))).Should().Contain("<Description>Tiketi ");
        }

        foreach (var name in Makeable)
        {
            var (parameter, value) = name == "access" ? ("GitHubRepository", "octo-org@1/tiketi@2") : ("Environment", "production");
            await CallAsync("CreateStack", ("StackName", name), ("TemplateBody", ProductionInfra.TemplateOf(name)), ("Capabilities.member.1", "CAPABILITY_NAMED_IAM"),
                ("Parameters.member.1.ParameterKey", parameter), ("Parameters.member.1.ParameterValue", value));
            (await CallAsync("DescribeStacks", ("StackName", name))).Should().Contain("<StackStatus>CREATE_COMPLETE</StackStatus>", name);
        }

        var blocks = (await AwsAsync("ec2", "describe-subnets", "--filters", "Name=default-for-az,Values=false"))["Subnets"]!.AsArray().Select(subnet => subnet!["CidrBlock"]!.ToString());
        blocks.Should().BeEquivalentTo("10.0.1.0/24", "10.0.2.0/24", "10.0.11.0/24", "10.0.12.0/24", "10.0.21.0/24", "10.0.22.0/24");
        (await AwsAsync("ecr", "describe-repositories"))["repositories"]!.AsArray().Should().HaveCount(5);
        var trust = (await AwsAsync("iam", "get-role", "--role-name", "tiketi-production-plan"))["Role"]!["AssumeRolePolicyDocument"]!.ToJsonString();
        trust.Should().Contain("repo:octo-org@1/tiketi@2:environment:production-plan").And.Contain("repo:octo-org/tiketi:environment:production-plan");
    }

    public async ValueTask InitializeAsync() => _moto = await MotoProcess.TryStartAsync();

    public ValueTask DisposeAsync() => _moto?.DisposeAsync() ?? ValueTask.CompletedTask;

    private async Task<string> CallAsync(string action, params (string Name, string Value)[] arguments)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, _moto!.Endpoint);
        request.Content = new FormUrlEncodedContent([new("Action", action), new("Version", "2010-05-15"), .. arguments.Select(argument => KeyValuePair.Create(argument.Name, argument.Value))]);
        request.Headers.TryAddWithoutValidation("Authorization", "AWS4-HMAC-SHA256 Credential=test/20260101/ap-northeast-2/cloudformation/aws4_request, SignedHeaders=host, Signature=unchecked");
        using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
        var answer = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        response.IsSuccessStatusCode.Should().BeTrue(answer);
        return answer;
    }

    private async Task<JsonNode> AwsAsync(params string[] arguments) => JsonNode.Parse((await Command.RunAsync("aws", arguments, new Dictionary<string, string?>(StringComparer.Ordinal)
    {
        ["AWS_ENDPOINT_URL"] = _moto!.Endpoint.ToString(), ["AWS_ACCESS_KEY_ID"] = "test", ["AWS_SECRET_ACCESS_KEY"] = "test", ["AWS_DEFAULT_REGION"] = "ap-northeast-2",
        ["AWS_REGION"] = "ap-northeast-2", ["AWS_EC2_METADATA_DISABLED"] = "true", ["AWS_PAGER"] = "", ["AWS_DEFAULT_OUTPUT"] = "json",
    })).Ok())!;
}
