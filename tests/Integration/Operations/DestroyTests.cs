using Amazon.S3.Model;
using Microsoft.Extensions.Logging.Abstractions;
using Tiketi.Pipeline;
using Tiketi.Pipeline.Infrastructure;
using Tiketi.Pipeline.Infrastructure.Destruction;

namespace Tiketi.Integration.Operations;

/// <summary>DestroyInfra on the local cloud: what it asks for, what it empties, what it leaves.</summary>
public sealed class DestroyTests(LocalAws aws) : IClassFixture<LocalAws>
{
    private const string Storage = """
        Parameters: { Environment: { Type: String } }
        Resources:
          Site: { Type: AWS::S3::Bucket, DeletionPolicy: Delete, Properties: { BucketName: !Sub "destroy-site-${Environment}" } }
          Uploads: { Type: AWS::S3::Bucket, DeletionPolicy: RetainExceptOnCreate, Properties: { BucketName: !Sub "destroy-uploads-${Environment}" } }
          Images: { Type: AWS::ECR::Repository, Properties: { RepositoryName: !Sub "destroy-${Environment}" } }
        Outputs: { Site: { Value: !Ref Site, Export: { Name: !Sub "destroy-${Environment}-Site" } } }
        """;

    private const string Frontend = """
        Parameters: { Environment: { Type: String } }
        Resources: { Handle: { Type: "AWS::CloudFormation::WaitConditionHandle" }, Vpc: { Type: AWS::EC2::VPC, Properties: { CidrBlock: 10.0.0.0/16, Tags: [{ Key: site, Value: !ImportValue { "Fn::Sub": "destroy-${Environment}-Site" } }] } } }
        """;

    private EnvironmentDestroyer Destroyer => new(aws.CloudFormationIn, aws.Clients.S3, aws.Clients.Ecr, NullLoggerFactory.Instance, TimeProvider.System);

    [Fact]
    public async Task An_environment_goes_with_what_its_buckets_and_repositories_hold_and_leaves_what_is_to_be_kept()
    {
        var request = aws.Environment("full", ("storage", Storage), ("frontend", Frontend));
        await aws.Deployer.ApplyAsync(request, TestContext.Current.CancellationToken);
        for (var i = 0; i < 5; i++)
        {
            await aws.Clients.S3.PutObjectAsync(new PutObjectRequest { BucketName = "destroy-site-full", Key = $"assets/{i}.js", ContentBody = "x" });
        }

        await aws.Clients.S3.InitiateMultipartUploadAsync(new InitiateMultipartUploadRequest { BucketName = "destroy-site-full", Key = "half" });
        await aws.Clients.S3.PutObjectAsync(new PutObjectRequest { BucketName = "destroy-uploads-full", Key = "ticket.png", ContentBody = "x" });

        var plan = await Destroyer.PlanAsync(request, TestContext.Current.CancellationToken);
        plan.ToLines().Should().Contain("  Site (AWS::S3::Bucket) destroy-site-full: EMPTIED and deleted")
            .And.Contain("  Uploads (AWS::S3::Bucket) destroy-uploads-full: kept, with all that is in it")
            .And.Contain("tiketi-full-frontend: 2 resources, CREATE_COMPLETE");

        var result = await Destroyer.DestroyAsync(request, new DestroyOptions { Confirmation = "full" }, cancellationToken: TestContext.Current.CancellationToken);

        (result.Stacks.Deleted, result.Objects).Should().Be((2, 6));
        result.Remains.Should().Equal("destroy-uploads-full (AWS::S3::Bucket), with all that is in it");
        var buckets = (await aws.Clients.S3.ListBucketsAsync()).Buckets.Select(bucket => bucket.BucketName);
        buckets.Should().Contain("destroy-uploads-full").And.NotContain("destroy-site-full");
        (await Destroyer.PlanAsync(request, TestContext.Current.CancellationToken)).Stacks.Should().BeEmpty();
        (await Destroyer.DestroyAsync(request, new DestroyOptions { Confirmation = "full" }, cancellationToken: TestContext.Current.CancellationToken)).Stacks.Deleted.Should().Be(0, "a second run finds nothing");
    }

    [Theory]
    [InlineData(null, "Nothing was destroyed: nobody has confirmed that environment asked is to go.")]
    [InlineData("production", "Nothing was destroyed: 'production' is not the environment's name, asked.")]
    public async Task Without_the_environments_name_nothing_goes(string? confirmation, string message)
    {
        var request = aws.Environment("asked", ("network", "Resources: { Vpc: { Type: AWS::EC2::VPC, Properties: { CidrBlock: 10.2.0.0/16 } } }"));
        await aws.Deployer.ApplyAsync(request, TestContext.Current.CancellationToken);

        var refusal = await FluentActions.Awaiting(() => Destroyer.DestroyAsync(request, new DestroyOptions { Confirmation = confirmation })).Should().ThrowAsync<PipelineException>();

        refusal.Which.Message.Should().Be(message);
        refusal.Which.Remedy.Should().Contain("--confirm asked");
        (await Destroyer.PlanAsync(request, TestContext.Current.CancellationToken)).Stacks.Should().ContainSingle();
    }

    [Fact]
    public async Task A_stack_that_is_protected_goes_only_when_that_is_asked()
    {
        var request = aws.Environment("guarded", ("network", "Resources: { Vpc: { Type: AWS::EC2::VPC, Properties: { CidrBlock: 10.3.0.0/16 } } }"));
        await aws.Deployer.ApplyAsync(request, TestContext.Current.CancellationToken);
        await aws.AwsAsync("cloudformation update-termination-protection --enable-termination-protection --stack-name tiketi-guarded-network");

        var refusal = await FluentActions.Awaiting(() => Destroyer.DestroyAsync(request, new DestroyOptions { Confirmation = "guarded" })).Should().ThrowAsync<PipelineException>();
        var result = await Destroyer.DestroyAsync(request, new DestroyOptions { Confirmation = "guarded", DisableProtection = true }, cancellationToken: TestContext.Current.CancellationToken);

        refusal.Which.Message.Should().Be("Nothing was destroyed: protected against deletion are stack tiketi-guarded-network.");
        refusal.Which.Remedy.Should().Contain("--disable-protection");
        result.Stacks.Deleted.Should().Be(1);
    }

    [Fact]
    public async Task What_cannot_be_deleted_is_named_and_can_be_given_up()
    {
        // A bucket that keeps its name but not its policy would be emptied; a repository in use elsewhere can't be told apart, so a group that another one refers to stands in.
        const string Template = """
            Resources:
              Vpc: { Type: AWS::EC2::VPC, Properties: { CidrBlock: 10.4.0.0/16 } }
              Subnet: { Type: AWS::EC2::Subnet, Properties: { VpcId: !Ref Vpc, CidrBlock: 10.4.1.0/24 } }
            """;
        var request = aws.Environment("stuck", ("network", Template));
        await aws.Deployer.ApplyAsync(request, TestContext.Current.CancellationToken);
        var vpc = System.Text.Json.Nodes.JsonNode.Parse(await aws.AwsAsync("ec2 describe-vpcs --filters Name=cidr,Values=10.4.0.0/16"))!["Vpcs"]![0]!["VpcId"]!.ToString();
        var guest = aws.Environment("guest", ("network", $"Resources: {{ Subnet: {{ Type: AWS::EC2::Subnet, Properties: {{ VpcId: {vpc}, CidrBlock: 10.4.2.0/24 }} }} }}"));
        await aws.Deployer.ApplyAsync(guest, TestContext.Current.CancellationToken);

        var failure = await FluentActions.Awaiting(() => Destroyer.DestroyAsync(request, new DestroyOptions { Confirmation = "stuck" })).Should().ThrowAsync<PipelineException>();
        var left = await Destroyer.PlanAsync(request, TestContext.Current.CancellationToken);
        var wrong = await FluentActions.Awaiting(() => Destroyer.DestroyAsync(request, new DestroyOptions { Confirmation = "stuck", RetainResources = ["Subnet"] })).Should().ThrowAsync<PipelineException>();
        var result = await Destroyer.DestroyAsync(request, new DestroyOptions { Confirmation = "stuck", RetainResources = ["Vpc"] }, cancellationToken: TestContext.Current.CancellationToken);

        failure.Which.Message.Should().Contain("Vpc").And.Contain("DELETE_FAILED");
        failure.Which.Remedy.Should().Contain("--retain-resources Vpc");
        left.Stacks.Should().ContainSingle().Which.Stuck.Should().Equal("Vpc");
        wrong.Which.Message.Should().StartWith("Subnet cannot be retained");
        result.Remains.Should().Equal("Vpc, which could not be deleted");
        (await Destroyer.PlanAsync(request, TestContext.Current.CancellationToken)).Stacks.Should().BeEmpty();
        (await aws.AwsAsync($"ec2 describe-vpcs --vpc-ids {vpc}")).Should().Contain(vpc, "it was left where it is");
    }
}
