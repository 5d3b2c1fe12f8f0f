using System.Text.Json.Nodes;
using Tiketi.Pipeline.Infrastructure;
using Tiketi.Pipeline.Infrastructure.Drift;

namespace Tiketi.Integration.Operations;

/// <summary>Somebody changes things with the AWS CLI; DriftInfra finds each change, and nothing else.</summary>
public sealed class DriftTests(LocalAws aws) : IClassFixture<LocalAws>
{
    private const string Storage = """
        Parameters: { Environment: { Type: String } }
        Resources:
          Uploads:
            Type: AWS::S3::Bucket
            Properties:
              BucketName: !Sub "drift-${Environment}"
              VersioningConfiguration: { Status: Enabled }
              BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: AES256 } }] }
              LifecycleConfiguration: { Rules: [{ Id: cheaper, Status: Enabled, Transitions: [{ StorageClass: INTELLIGENT_TIERING, TransitionInDays: 30 }] }, { Id: tidy, Status: Enabled, Prefix: tmp/, ExpirationInDays: 1 }] }
              Tags: [{ Key: Project, Value: tiketi }]
          Policy:
            Type: AWS::S3::BucketPolicy
            Properties:
              Bucket: !Ref Uploads
              PolicyDocument: { Version: "2012-10-17", Statement: [{ Effect: Deny, Principal: "*", Action: s3:*, Resource: !Sub "${Uploads.Arn}/*", Condition: { Bool: { aws:SecureTransport: "false" } } }] }
          Secret:
            Type: AWS::SecretsManager::Secret
            Properties: { Name: !Sub "drift/${Environment}", Description: Signing key, GenerateSecretString: { PasswordLength: 64 } }
          Images:
            Type: AWS::ECR::Repository
            Properties: { RepositoryName: !Sub "drift-${Environment}/images", ImageTagMutability: MUTABLE, ImageScanningConfiguration: { ScanOnPush: true } }
          Wait: { Type: "AWS::CloudFormation::WaitConditionHandle" }
        Outputs: { Name: { Value: !Ref Uploads, Export: { Name: !Sub "drift-${Environment}-Uploads" } } }
        """;

    private const string Network = """
        Parameters: { Environment: { Type: String } }
        Resources:
          Vpc: { Type: AWS::EC2::VPC, Properties: { CidrBlock: 10.0.0.0/16, Tags: [{ Key: uploads, Value: !ImportValue { "Fn::Sub": "drift-${Environment}-Uploads" } }] } }
          Door:
            Type: AWS::EC2::SecurityGroup
            Properties: { GroupDescription: PostgreSQL, GroupName: !Sub "drift-${Environment}", VpcId: !Ref Vpc, SecurityGroupIngress: [{ IpProtocol: tcp, FromPort: 5432, ToPort: 5432, CidrIp: 10.0.0.0/16 }] }
        """;

    private DriftDetector Detector => new(aws.CloudFormationIn, TimeProvider.System);

    [Fact]
    public async Task What_nobody_touched_is_in_sync_and_what_is_not_deployed_is_missing()
    {
        var request = aws.Environment("calm", ("storage", Storage), ("network", Network));

        var before = await Detector.DetectAsync(request, TestContext.Current.CancellationToken);
        before.Stacks.Should().OnlyContain(stack => stack.Outcome == StackDriftOutcome.Missing);
        before.IsInSync.Should().BeFalse();

        await aws.Deployer.ApplyAsync(request, TestContext.Current.CancellationToken);
        var after = await Detector.DetectAsync(request, TestContext.Current.CancellationToken);
        after.ToLines().Should().Equal("tiketi-calm-storage: 5 of 5 resources as stated", "tiketi-calm-network: 2 of 2 resources as stated");
        after.IsInSync.Should().BeTrue();
    }

    [Fact]
    public async Task Each_change_by_hand_is_found_and_undoing_it_ends_the_drift()
    {
        var request = aws.Environment("touched", ("storage", Storage), ("network", Network));
        await aws.Deployer.ApplyAsync(request, TestContext.Current.CancellationToken);

        await aws.AwsAsync("s3api put-bucket-versioning --bucket drift-touched --versioning-configuration Status=Suspended");
        await aws.AwsAsync("s3api delete-bucket-lifecycle --bucket drift-touched");
        await aws.AwsAsync("s3api delete-bucket-policy --bucket drift-touched");
        await aws.AwsAsync("secretsmanager delete-secret --secret-id drift/touched --force-delete-without-recovery");
        await aws.AwsAsync("ecr put-image-tag-mutability --repository-name drift-touched/images --image-tag-mutability IMMUTABLE");
        var group = JsonNode.Parse(await aws.AwsAsync("ec2 describe-security-groups --filters Name=group-name,Values=drift-touched"))!["SecurityGroups"]![0]!["GroupId"]!.ToString();
        await aws.AwsAsync($"ec2 authorize-security-group-ingress --group-id {group} --protocol tcp --port 5432 --cidr 0.0.0.0/0");

        var report = await Detector.DetectAsync(request, TestContext.Current.CancellationToken);

        report.IsInSync.Should().BeFalse();
        report.Drifted.Should().Be(5);
        Properties(report, "Uploads").Should().BeEquivalentTo([
            ("/VersioningConfiguration/Status", "Enabled", "Suspended"),
            ("/LifecycleConfiguration", """{"Rules":[{"Id":"cheaper","Status":"Enabled","Transitions":[{"StorageClass":"INTELLIGENT_TIERING","TransitionInDays":30}]},{"Id":"tidy","Status":"Enabled","Prefix":"tmp/","ExpirationInDays":1}]}""", "null")]);
        Resource(report, "Policy").IsDeleted.Should().BeTrue();
        Resource(report, "Secret").IsDeleted.Should().BeTrue();
        Properties(report, "Images").Should().Equal(("/ImageTagMutability", "MUTABLE", "IMMUTABLE"));
        Properties(report, "Door").Should().Equal(("/SecurityGroupIngress/1", "null", """{"IpProtocol":"tcp","FromPort":5432,"ToPort":5432,"CidrIp":"0.0.0.0/0"}"""));
        report.ToLines().Should().ContainInOrder("    /VersioningConfiguration/Status", "      expected  Enabled", "      actual    Suspended");
        (await aws.AwsAsync("cloudformation describe-stacks --stack-name tiketi-touched-storage")).Should().Contain("\"StackDriftStatus\": \"DRIFTED\"");

        await aws.AwsAsync($"ec2 revoke-security-group-ingress --group-id {group} --protocol tcp --port 5432 --cidr 0.0.0.0/0");
        (await Detector.DetectAsync(request, TestContext.Current.CancellationToken)).Stacks.Single(stack => stack.Name == "network").Outcome.Should().Be(StackDriftOutcome.InSync);
    }

    [Fact]
    public async Task A_secrets_value_is_never_in_what_drift_shows()
    {
        const string Template = """
            Parameters: { Environment: { Type: String }, Token: { Type: String, NoEcho: true, Default: swordfish-1 } }
            Resources:
              Vpc: { Type: AWS::EC2::VPC, Properties: { CidrBlock: 10.1.0.0/16, Tags: [{ Key: token, Value: !Ref Token }] } }
            """;
        await aws.Deployer.ApplyAsync(aws.Environment("hidden", ("network", Template)), TestContext.Current.CancellationToken);
        await aws.AwsAsync("cloudformation detect-stack-drift --stack-name tiketi-hidden-network");

        var shown = await aws.AwsAsync("cloudformation describe-stack-resource-drifts --stack-name tiketi-hidden-network");

        shown.Should().Contain("10.1.0.0/16").And.NotContain("swordfish");
    }

    private static ResourceDrift Resource(DriftReport report, string logicalId) => report.Stacks.SelectMany(stack => stack.Resources).Single(resource => resource.LogicalId == logicalId);

    private static IEnumerable<(string Path, string Expected, string Actual)> Properties(DriftReport report, string logicalId) =>
        Resource(report, logicalId).Properties.Select(property => (property.Path, property.Expected, property.Actual));
}
