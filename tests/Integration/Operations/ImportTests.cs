using Amazon.S3.Model;
using Microsoft.Extensions.Logging.Abstractions;
using Tiketi.Pipeline;
using Tiketi.Pipeline.Infrastructure;
using Tiketi.Pipeline.Infrastructure.Importing;

namespace Tiketi.Integration.Operations;

/// <summary>What somebody made with the AWS CLI goes into a stack, untouched, and is managed from then on.</summary>
public sealed class ImportTests(LocalAws aws) : IClassFixture<LocalAws>
{
    private const string Storage = """
        Parameters: { Environment: { Type: String } }
        Resources:
          Uploads:
            Type: AWS::S3::Bucket
            DeletionPolicy: Retain
            Properties: { BucketName: !Sub "import-${Environment}", VersioningConfiguration: { Status: Enabled } }
          Policy:
            Type: AWS::S3::BucketPolicy
            Properties:
              Bucket: !Ref Uploads
              PolicyDocument: { Version: "2012-10-17", Statement: [{ Effect: Deny, Principal: "*", Action: s3:*, Resource: !Sub "${Uploads.Arn}/*", Condition: { Bool: { aws:SecureTransport: "false" } } }] }
          Images: { Type: AWS::ECR::Repository, DependsOn: Policy, Properties: { RepositoryName: !Sub "import-${Environment}" } }
          Secret: { Type: AWS::SecretsManager::Secret, Properties: { Name: !Sub "import/${Environment}" } }
        Outputs:
          Bucket: { Value: !Ref Uploads, Export: { Name: !Sub "import-${Environment}-Bucket" } }
          PolicyOf: { Value: !Ref Policy }
        """;

    private ResourceImporter Importer => new(aws.CloudFormationIn, NullLogger<ResourceImporter>.Instance, TimeProvider.System);

    private ImportDiscovery Discovery => new(aws.Clients.S3, aws.Clients.Ecr, aws.Clients.SecretsManager, aws.Clients.Eks);

    [Fact]
    public async Task A_bucket_made_by_hand_keeps_its_objects_and_its_stack_manages_it()
    {
        var request = aws.Environment("hand", ("storage", Storage));
        await aws.AwsAsync("s3api create-bucket --bucket import-hand --create-bucket-configuration LocationConstraint=ap-northeast-2");
        await aws.Clients.S3.PutObjectAsync(new PutObjectRequest { BucketName = "import-hand", Key = "ticket.txt", ContentBody = "seat 12" });
        await aws.AwsAsync("ecr create-repository --repository-name import-hand");

        var found = await Discovery.FindAsync(request, "ap-northeast-2", TestContext.Current.CancellationToken);
        found.Select(resource => (resource.Stack, resource.LogicalId, resource.Shown)).Should().Equal(("storage", "Uploads", "import-hand"), ("storage", "Images", "import-hand"));
        var done = await Importer.ImportAsync(request, found, TestContext.Current.CancellationToken);

        done.Should().ContainSingle().Which.Imported.Should().HaveCount(2);
        var events = await aws.AwsAsync("cloudformation describe-stack-events --stack-name tiketi-hand-storage");
        events.Should().Contain("IMPORT_IN_PROGRESS").And.Contain("IMPORT_COMPLETE").And.NotContain("CREATE_IN_PROGRESS");
        (await aws.AwsAsync("cloudformation list-exports")).Should().Contain("import-hand-Bucket", "other stacks may wait for it")
            .And.NotContain("PolicyOf");
        (await Importer.PlanAsync(request, found, TestContext.Current.CancellationToken)).Should().BeEmpty("a second run finds all in place");

        var applied = await aws.Deployer.ApplyAsync(request, TestContext.Current.CancellationToken);
        applied.Updated.Should().Be(1, "ApplyInfra makes what is missing");
        using var kept = await aws.Clients.S3.GetObjectAsync("import-hand", "ticket.txt");
        (await new StreamReader(kept.ResponseStream).ReadToEndAsync(TestContext.Current.CancellationToken)).Should().Be("seat 12");
        (await aws.AwsAsync("cloudformation describe-stack-resources --stack-name tiketi-hand-storage")).Should().Contain("Policy").And.Contain("Secret");

        var changed = aws.Environment("hand", ("storage", Storage.Replace("Status: Enabled", "Status: Suspended", StringComparison.Ordinal)));
        await aws.Deployer.ApplyAsync(changed, TestContext.Current.CancellationToken);
        (await aws.AwsAsync("s3api get-bucket-versioning --bucket import-hand")).Should().Contain("Suspended", "the stack manages the bucket");
    }

    [Fact]
    public async Task What_is_not_there_is_taken_back_and_named()
    {
        var request = aws.Environment("absent", ("storage", Storage));

        var failure = await FluentActions.Awaiting(() => Importer.ImportAsync(request, ImportMap.Parse("map.yaml", "storage: { Uploads: import-absent }"))).Should().ThrowAsync<PipelineException>();

        failure.Which.Message.Should().Contain("IMPORT_ROLLBACK_COMPLETE").And.Contain("Uploads (AWS::S3::Bucket)").And.Contain("import-absent").And.Contain("not found");
    }

    [Theory]
    [InlineData("storage: { Uploads: other-name }", "does not match the template's BucketName")]
    [InlineData("storage: { Policy: import-wrong }", "Policy refers to Uploads, which neither is deployed nor imported.")]
    [InlineData("storage: { Nothing: x }", "infra/storage.yaml has no resource Nothing.")]
    [InlineData("network: { Vpc: vpc-1 }", "Vpc is to go into stack network, which environment wrong does not have.")]
    [InlineData("storage: { Images: { Name: x } }", "Images (AWS::ECR::Repository) is identified by RepositoryName.")]
    public async Task What_does_not_fit_is_refused_before_anything_is_imported(string map, string message)
    {
        var request = aws.Environment("wrong", ("storage", Storage));

        var failure = await FluentActions.Awaiting(() => Importer.ImportAsync(request, ImportMap.Parse("map.yaml", map))).Should().ThrowAsync<PipelineException>();

        failure.Which.Message.Should().Contain(message);
        (await aws.TryAwsAsync("cloudformation", "describe-stacks", "--stack-name", "tiketi-wrong-storage")).Error.Should().Contain("does not exist", "nothing is left behind");
    }

    [Fact]
    public async Task CloudFormations_own_rules_hold_for_the_aws_cli_too()
    {
        await aws.AwsAsync("s3api create-bucket --bucket import-cli --create-bucket-configuration LocationConstraint=ap-northeast-2");
        const string Import = """[{"ResourceType":"AWS::S3::Bucket","LogicalResourceId":"B","ResourceIdentifier":{"BucketName":"import-cli"}}]""";
        async Task<string> ReasonAsync(string name, string template)
        {
            var file = aws.Write($"{name}.yaml", template);
            var (code, _, error) = await aws.TryAwsAsync("cloudformation", "create-change-set", "--stack-name", "cli", "--change-set-name", name, "--change-set-type", "IMPORT", "--resources-to-import", Import, "--template-body", "file://" + file);
            return code != 0 ? error : await aws.AwsAsync($"cloudformation describe-change-set --stack-name cli --change-set-name {name}");
        }

        (await ReasonAsync("a", "Resources: { B: { Type: AWS::S3::Bucket, Properties: { BucketName: import-cli } } }")).Should().Contain("must have DeletionPolicy attribute");
        (await ReasonAsync("b", "Resources: { B: { Type: AWS::S3::Bucket, DeletionPolicy: Retain }, C: { Type: AWS::S3::Bucket } }")).Should().Contain("not being imported");
        (await ReasonAsync("c", "Resources: { B: { Type: AWS::S3::Bucket, DeletionPolicy: Retain } }\nOutputs: { O: { Value: x } }")).Should().Contain("cannot modify or add [Outputs]");
        (await ReasonAsync("d", "Resources: { B: { Type: AWS::S3::Bucket, DeletionPolicy: Retain } }")).Should().Contain("\"Action\": \"Import\"").And.Contain("CREATE_COMPLETE");
        (await aws.AwsAsync("cloudformation get-template-summary --template-body " + """{"Resources":{"B":{"Type":"AWS::S3::Bucket"}}}""")).Should().Contain("BucketName");
    }
}
