using System.Text.Json.Nodes;
using Tiketi.LocalCloud.Tests.S3;

namespace Tiketi.LocalCloud.Tests.CloudFormation;

/// <summary>The AWS CLI, which we did not write, accepts the local cloud's CloudFormation, Secrets Manager, STS, EC2 and IAM for what they are.</summary>
public sealed class AwsCliTests
{
    private const string Template = """
        Description: "A small stack"
        Parameters:
          Environment: { Type: String, Default: local, Description: where }
          Hidden: { Type: String, NoEcho: true, Default: swordfish-1 }
        Resources:
          Vpc:
            Type: AWS::EC2::VPC
            Properties: { CidrBlock: 10.9.0.0/16, Tags: [{ Key: Name, Value: !Sub "vpc-${Environment}" }] }
          SubnetA:
            Type: AWS::EC2::Subnet
            Properties: { VpcId: !Ref Vpc, CidrBlock: 10.9.1.0/24, AvailabilityZone: !Select [0, !GetAZs ""] }
          Group:
            Type: AWS::EC2::SecurityGroup
            Properties: { GroupDescription: test, GroupName: door, VpcId: !Ref Vpc, SecurityGroupIngress: [{ IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 10.9.0.0/16 }] }
          Role:
            Type: AWS::IAM::Role
            Properties:
              RoleName: tester
              AssumeRolePolicyDocument: { Version: "2012-10-17", Statement: [{ Effect: Allow, Action: sts:AssumeRole, Principal: { Service: ec2.amazonaws.com } }] }
              ManagedPolicyArns: [arn:aws:iam::aws:policy/ReadOnlyAccess]
          Secret:
            Type: AWS::SecretsManager::Secret
            Properties:
              Name: tiketi/local/jwt
              GenerateSecretString: { SecretStringTemplate: "{\"user\":\"me\"}", GenerateStringKey: secret, PasswordLength: 96, ExcludePunctuation: true }
          Keeper:
            Type: Test::Fake::Thing
            Properties: { Value: !Sub "{{resolve:secretsmanager:${Secret}:SecretString:secret}}", Fixed: !Ref Environment }
        Outputs:
          VpcId: { Value: !Ref Vpc, Description: the network, Export: { Name: !Sub "tiketi-${Environment}-VpcId" } }
          SecretArn: { Value: !Ref Secret }
        """;

    [Fact]
    public async Task Deploy_describe_and_delete_work()
    {
        await using var cloud = await TestCloud.StartAsync();
        using var folder = new TemporaryFolder();
        var file = folder.Write("stack.yaml", Template);

        var valid = await cloud.AwsJsonAsync("cloudformation", "validate-template", "--template-body", "file://" + file);
        valid["Parameters"]!.AsArray().Select(parameter => parameter!["ParameterKey"]!.ToString()).Should().Equal("Environment", "Hidden");
        valid["Capabilities"]![0]!.ToString().Should().Be("CAPABILITY_NAMED_IAM");

        (await cloud.AwsAsync("cloudformation", "deploy", "--stack-name", "cli", "--template-file", file)).Error.Should().Contain("InsufficientCapabilities").And.Contain("Requires capabilities : [CAPABILITY_NAMED_IAM]");
        (await DeployAsync(cloud, file)).Ok().Should().Contain("Successfully created/updated stack - cli");
        (await DeployAsync(cloud, file)).Ok().Should().Contain("No changes to deploy. Stack cli is up to date");

        var stack = (await cloud.AwsJsonAsync("cloudformation", "describe-stacks", "--stack-name", "cli"))["Stacks"]![0]!;
        stack["StackStatus"]!.ToString().Should().Be("CREATE_COMPLETE");
        stack["Description"]!.ToString().Should().Be("A small stack");
        stack["Parameters"]!.AsArray().Single(parameter => parameter!["ParameterKey"]!.ToString() == "Hidden")!["ParameterValue"]!.ToString().Should().Be("****");
        stack["Tags"]!.ToJsonString().Should().Contain("tiketi");
        var vpcId = Output(stack, "VpcId");
        vpcId.Should().StartWith("vpc-0");

        var events = (await cloud.AwsJsonAsync("cloudformation", "describe-stack-events", "--stack-name", "cli"))["StackEvents"]!.AsArray();
        events[0]!["ResourceStatus"]!.ToString().Should().Be("CREATE_COMPLETE", "the newest comes first");
        events[^1]!["ResourceStatus"]!.ToString().Should().Be("REVIEW_IN_PROGRESS");
        (await cloud.AwsJsonAsync("cloudformation", "describe-stack-resources", "--stack-name", "cli"))["StackResources"]!.AsArray().Should().HaveCount(6);
        (await cloud.AwsJsonAsync("cloudformation", "list-stack-resources", "--stack-name", "cli"))["StackResourceSummaries"]!.AsArray().Should().HaveCount(6);
        (await cloud.AwsJsonAsync("cloudformation", "describe-stack-resource", "--stack-name", "cli", "--logical-resource-id", "Vpc"))["StackResourceDetail"]!["PhysicalResourceId"]!.ToString().Should().Be(vpcId);
        (await cloud.AwsJsonAsync("cloudformation", "list-exports"))["Exports"]![0]!["Value"]!.ToString().Should().Be(vpcId);
        (await cloud.AwsAsync("cloudformation", "list-imports", "--export-name", "tiketi-local-VpcId")).Error.Should().Contain("is not imported by any stack");
        (await cloud.AwsAsync("cloudformation", "get-template", "--stack-name", "cli", "--query", "TemplateBody", "--output", "text")).Ok().Should().Contain("A small stack");
        (await cloud.AwsJsonAsync("cloudformation", "get-template-summary", "--stack-name", "cli"))["ResourceTypes"]!.AsArray().Should().HaveCount(6);

        (await cloud.AwsAsync("cloudformation", "delete-stack", "--stack-name", "cli")).Ok();
        (await cloud.AwsAsync("cloudformation", "wait", "stack-delete-complete", "--stack-name", "cli")).Ok();
        (await cloud.AwsAsync("cloudformation", "describe-stacks", "--stack-name", "cli")).Error.Should().Contain("(ValidationError)").And.Contain("Stack with id cli does not exist");
        (await cloud.AwsJsonAsync("cloudformation", "list-stacks", "--stack-status-filter", "DELETE_COMPLETE"))["StackSummaries"]!.AsArray().Should().ContainSingle();
    }

    [Fact]
    public async Task Change_sets_show_what_would_happen()
    {
        await using var cloud = await TestCloud.StartAsync();
        using var folder = new TemporaryFolder();
        var file = folder.Write("stack.yaml", Template);
        (await DeployAsync(cloud, file)).Ok();
        (await cloud.AwsAsync(
            "cloudformation", "create-change-set", "--stack-name", "cli", "--change-set-name", "plan", "--template-body", "file://" + file, "--capabilities", "CAPABILITY_NAMED_IAM",
            "--parameters", "ParameterKey=Environment,ParameterValue=staging", "ParameterKey=Hidden,UsePreviousValue=true")).Ok();
        (await cloud.AwsAsync("cloudformation", "wait", "change-set-create-complete", "--stack-name", "cli", "--change-set-name", "plan")).Ok();
        var plan = await cloud.AwsJsonAsync("cloudformation", "describe-change-set", "--stack-name", "cli", "--change-set-name", "plan", "--include-property-values");
        var changes = plan["Changes"]!.AsArray().Select(change => change!["ResourceChange"]!).ToDictionary(change => change["LogicalResourceId"]!.ToString());
        changes.Keys.Should().BeEquivalentTo("Vpc", "Keeper");
        changes["Keeper"]["Replacement"]!.ToString().Should().Be("True");
        changes["Vpc"]["Replacement"]!.ToString().Should().Be("False");
        changes["Vpc"]["Scope"]![0]!.ToString().Should().Be("Tags");
        (await cloud.AwsJsonAsync("cloudformation", "list-change-sets", "--stack-name", "cli"))["Summaries"]!.AsArray().Should().Contain(summary => summary!["ChangeSetName"]!.ToString() == "plan");
        (await cloud.AwsAsync("cloudformation", "execute-change-set", "--stack-name", "cli", "--change-set-name", "plan")).Ok();
        await cloud.RestAsync("cli");
        Output((await cloud.AwsJsonAsync("cloudformation", "describe-stacks", "--stack-name", "cli"))["Stacks"]![0]!, "VpcId").Should().StartWith("vpc-0");
        (await cloud.AwsAsync("cloudformation", "describe-change-set", "--stack-name", "cli", "--change-set-name", "none")).Error.Should().Contain("(ChangeSetNotFound)").And.Contain("ChangeSet [none] does not exist");
        (await cloud.AwsAsync("cloudformation", "update-stack", "--stack-name", "cli", "--use-previous-template", "--capabilities", "CAPABILITY_NAMED_IAM",
            "--parameters", "ParameterKey=Environment,UsePreviousValue=true", "ParameterKey=Hidden,UsePreviousValue=true")).Error.Should().Contain("No updates are to be performed.");
    }

    [Fact]
    public async Task Secrets_identity_network_and_roles_answer()
    {
        await using var cloud = await TestCloud.StartAsync();
        var stack = await cloud.CreateAsync("cli", Template);
        stack.Status.Should().Be("CREATE_COMPLETE", stack.StatusReason);
        var secret = await cloud.AwsJsonAsync("secretsmanager", "get-secret-value", "--secret-id", "tiketi/local/jwt");
        var value = JsonNode.Parse(secret["SecretString"]!.ToString())!;
        (value["user"]!.ToString(), value["secret"]!.ToString().Length).Should().Be(("me", 96));
        cloud.Fake.Living.Single().Value["Value"]!.ToString().Should().Be(value["secret"]!.ToString(), "the dynamic reference gives it to the resource");
        foreach (var document in Directory.EnumerateFiles(cloud.Settings.StateDirectory, "*", SearchOption.AllDirectories))
        {
            (await File.ReadAllTextAsync(document)).Should().NotContain(value["secret"]!.ToString(), document);
        }

        if (!OperatingSystem.IsWindows())
        {
            File.GetUnixFileMode(Path.Combine(cloud.Settings.StateDirectory, "keys", "secrets.key")).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        (await cloud.AwsAsync("secretsmanager", "put-secret-value", "--secret-id", "tiketi/local/jwt", "--secret-string", "second")).Ok();
        await cloud.RestartAsync();
        (await cloud.AwsJsonAsync("secretsmanager", "get-secret-value", "--secret-id", "tiketi/local/jwt"))["SecretString"]!.ToString().Should().Be("second");
        (await cloud.AwsJsonAsync("secretsmanager", "get-secret-value", "--secret-id", "tiketi/local/jwt", "--version-stage", "AWSPREVIOUS"))["SecretString"]!.ToString().Should().Contain("me");
        (await cloud.AwsJsonAsync("secretsmanager", "describe-secret", "--secret-id", "tiketi/local/jwt"))["ARN"]!.ToString().Should().StartWith("arn:aws:secretsmanager:ap-northeast-2:000000000000:secret:tiketi/local/jwt-");
        (await cloud.AwsJsonAsync("secretsmanager", "list-secrets"))["SecretList"]!.AsArray().Should().ContainSingle();
        (await cloud.AwsAsync("secretsmanager", "get-secret-value", "--secret-id", "none")).Error.Should().Contain("(ResourceNotFoundException)").And.Contain("Secrets Manager can't find the specified secret.");

        var identity = await cloud.AwsJsonAsync("sts", "get-caller-identity");
        (identity["Account"]!.ToString(), identity["Arn"]!.ToString()).Should().Be(("000000000000", "arn:aws:iam::000000000000:user/tiketi-admin"));
        var session = await cloud.AwsJsonAsync("sts", "assume-role", "--role-arn", "arn:aws:iam::000000000000:role/tester", "--role-session-name", "ci");
        session["AssumedRoleUser"]!["Arn"]!.ToString().Should().Be("arn:aws:sts::000000000000:assumed-role/tester/ci");
        (await cloud.AwsJsonAsync("sts", "get-session-token"))["Credentials"]!["SessionToken"]!.ToString().Should().NotBeEmpty();

        (await cloud.AwsJsonAsync("ec2", "describe-vpcs", "--filters", "Name=tag:Name,Values=vpc-local"))["Vpcs"]![0]!["CidrBlock"]!.ToString().Should().Be("10.9.0.0/16");
        (await cloud.AwsJsonAsync("ec2", "describe-subnets"))["Subnets"]![0]!["AvailabilityZone"]!.ToString().Should().Be("ap-northeast-2a");
        (await cloud.AwsJsonAsync("ec2", "describe-security-groups"))["SecurityGroups"]![0]!["IpPermissions"]![0]!["FromPort"]!.GetValue<int>().Should().Be(443);
        (await cloud.AwsAsync("ec2", "describe-vpcs", "--vpc-ids", "vpc-none")).Error.Should().Contain("(InvalidVpcID.NotFound)");
        (await cloud.AwsJsonAsync("iam", "get-role", "--role-name", "tester"))["Role"]!["Arn"]!.ToString().Should().Be("arn:aws:iam::000000000000:role/tester");
        (await cloud.AwsJsonAsync("iam", "list-attached-role-policies", "--role-name", "tester"))["AttachedPolicies"]![0]!["PolicyName"]!.ToString().Should().Be("ReadOnlyAccess");
    }

    [Theory]
    [InlineData("CidrBlock: 10.9.1.0/24", "CidrBlock: 10.8.1.0/24", "The CIDR '10.8.1.0/24' is invalid.")]
    [InlineData("ToPort: 443", "ToPort: 44", "Invalid value '443-44' for portRange.")]
    [InlineData("VpcId: !Ref Vpc, CidrBlock", "VpcId: vpc-gone, CidrBlock", "The vpc ID 'vpc-gone' does not exist")]
    [InlineData("PasswordLength: 96", "PasswordLength: 2", "You provided password options that leave no password to generate.")]
    [InlineData(":SecretString:secret}}", ":SecretString:other}}", "Could not find a value associated with JSONKey in SecretString*")]
    public async Task A_wrong_resource_fails_with_the_reason_AWS_would_give(string right, string wrong, string reason)
    {
        await using var cloud = await TestCloud.StartAsync();
        var stack = await cloud.CreateAsync("wrong", Template.Replace(right, wrong, StringComparison.Ordinal));
        stack.Status.Should().Be("ROLLBACK_COMPLETE");
        stack.Events.Where(happened => happened.Status == "CREATE_FAILED").Select(happened => happened.Reason).Should().ContainMatch(reason);
    }

    private static Task<Outcome> DeployAsync(TestCloud cloud, string file) =>
        cloud.AwsAsync("cloudformation", "deploy", "--stack-name", "cli", "--template-file", file, "--capabilities", "CAPABILITY_NAMED_IAM", "--no-fail-on-empty-changeset", "--tags", "Project=tiketi");

    private static string Output(JsonNode stack, string key) => stack["Outputs"]!.AsArray().Single(output => output!["OutputKey"]!.ToString() == key)!["OutputValue"]!.ToString();
}
