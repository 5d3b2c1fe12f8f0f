using Tiketi.LocalCloud.Tests.S3;

namespace Tiketi.LocalCloud.Tests.CloudFormation;

/// <summary>Stacks of two regions, and stack policies, through the AWS CLI.</summary>
public sealed class RegionAndPolicyTests
{
    private const string Template = """
        Parameters: { Value: { Type: String, Default: one }, Fixed: { Type: String, Default: a } }
        Resources:
          Kept: { Type: Test::Fake::Thing, Properties: { Value: !Ref Value, Fixed: !Ref Fixed } }
          Free: { Type: Test::Fake::Thing, Properties: { Value: !Ref Value } }
        Outputs:
          Where: { Value: !Ref AWS::Region, Export: { Name: where } }
        """;

    [Fact]
    public async Task The_same_name_is_another_stack_in_another_region()
    {
        await using var cloud = await TestCloud.StartAsync();
        using var folder = new TemporaryFolder();
        var file = folder.Write("stack.yaml", Template);

        foreach (var region in new[] { "ap-northeast-2", "us-east-1" })
        {
            (await cloud.AwsAsync("--region", region, "cloudformation", "deploy", "--stack-name", "twin", "--template-file", file)).Ok();
            var stacks = (await cloud.AwsJsonAsync("--region", region, "cloudformation", "describe-stacks"))["Stacks"]!.AsArray();
            stacks.Should().ContainSingle();
            stacks[0]!["StackId"]!.ToString().Should().StartWith($"arn:aws:cloudformation:{region}:000000000000:stack/twin/");
            stacks[0]!["Outputs"]![0]!["OutputValue"]!.ToString().Should().Be(region);
            (await cloud.AwsJsonAsync("--region", region, "cloudformation", "list-exports"))["Exports"]!.AsArray().Should().ContainSingle()
                .Which!["Value"]!.ToString().Should().Be(region);
        }

        (await cloud.AwsAsync("--region", "eu-west-1", "cloudformation", "describe-stacks", "--stack-name", "twin")).Error.Should().Contain("Stack with id twin does not exist");
        (await cloud.AwsAsync("--region", "us-east-1", "cloudformation", "delete-stack", "--stack-name", "twin")).Ok();
        (await cloud.AwsAsync("--region", "us-east-1", "cloudformation", "wait", "stack-delete-complete", "--stack-name", "twin")).Ok();
        cloud.Stacks.Get("twin").Status.Should().Be("CREATE_COMPLETE");

        await cloud.RestartAsync();
        cloud.Stacks.Get("twin").Region.Should().Be("ap-northeast-2");
    }

    [Fact]
    public async Task A_policy_denies_what_it_names_and_allows_the_rest()
    {
        await using var cloud = await TestCloud.StartAsync();
        const string Policy = """
            { "Statement": [
              { "Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*" },
              { "Effect": "Deny", "Action": ["Update:Replace", "Update:Delete"], "Principal": "*", "Resource": "LogicalResourceId/Kept" } ] }
            """;
        await cloud.CreateAsync("guarded", Template);
        (await cloud.AwsAsync("cloudformation", "get-stack-policy", "--stack-name", "guarded")).Ok().Trim().Should().BeEmpty("it has none yet");
        (await cloud.AwsAsync("cloudformation", "set-stack-policy", "--stack-name", "guarded", "--stack-policy-body", Policy)).Ok();
        (await cloud.AwsJsonAsync("cloudformation", "get-stack-policy", "--stack-name", "guarded"))["StackPolicyBody"]!.ToString().Should().Be(Policy);
        (await cloud.AwsAsync("cloudformation", "set-stack-policy", "--stack-name", "guarded", "--stack-policy-body", "{")).Error.Should().Contain("Error validating stack policy");

        (await cloud.UpdateAsync("guarded", Template, ("Value", "two"))).Status.Should().Be("UPDATE_COMPLETE", "changing in place is allowed");
        var replaced = await cloud.UpdateAsync("guarded", Template, ("Value", "two"), ("Fixed", "b"));
        replaced.Status.Should().Be("UPDATE_ROLLBACK_COMPLETE");
        replaced.Events.Should().Contain(one => one.LogicalId == "Kept"
            && one.Reason == "Action denied by stack policy: Statement [#2] denies [Update:Replace] for resource [LogicalResourceId/Kept]");
        var dropped = await cloud.UpdateAsync("guarded", "Resources: { Free: { Type: Test::Fake::Thing, Properties: { Value: two } } }");
        (dropped.Status, dropped.Resources.ContainsKey("Kept")).Should().Be(("UPDATE_ROLLBACK_COMPLETE", true));
        (await cloud.UpdateAsync("guarded", Template.Replace("  Free: { Type: Test::Fake::Thing, Properties: { Value: !Ref Value } }\n", "", StringComparison.Ordinal), ("Value", "two")))
            .Status.Should().Be("UPDATE_COMPLETE", "Free may go");
    }
}
