using Amazon.CloudFormation;
using Amazon.CloudFormation.Model;
using Amazon.S3.Model;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging.Abstractions;
using Tiketi.Pipeline;
using Tiketi.Pipeline.Aws;
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
    public async Task Ingresses_go_first_and_no_stack_before_their_controller_has_let_them_go()
    {
        var request = aws.Environment("routed", ("cluster", LocalAws.Cluster("tiketi-routed")));
        await aws.Deployer.ApplyAsync(request, TestContext.Current.CancellationToken);
        using var cluster = await EksCluster.ConnectAsync(aws.Clients.Eks, "tiketi-routed", aws.Clients.Settings, TimeProvider.System, TestContext.Current.CancellationToken);
        var ingress = LocalAws.Ingress("held");
        ingress.Metadata.Finalizers = ["group.ingress.k8s.aws/tiketi-alb"]; // so the AWS Load Balancer Controller holds an ingress until its load balancer is gone
        await cluster.NetworkingV1.CreateNamespacedIngressAsync(ingress, "default", cancellationToken: TestContext.Current.CancellationToken);

        var destruction = Destroyer.DestroyAsync(request, new DestroyOptions { Confirmation = "routed" }, _ => Task.FromResult<IKubernetes?>(cluster), TestContext.Current.CancellationToken);
        while ((await cluster.NetworkingV1.ReadNamespacedIngressAsync("held", "default", cancellationToken: TestContext.Current.CancellationToken)).Metadata.DeletionTimestamp is null)
        {
            destruction.IsCompleted.Should().BeFalse("the ingress is still there");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        var impatient = new LoadBalancerRemoval(cluster, TimeProvider.System) { Timeout = TimeSpan.Zero };
        (await FluentActions.Awaiting(() => impatient.RunAsync(TestContext.Current.CancellationToken)).Should().ThrowAsync<PipelineException>())
            .Which.Message.Should().Be("After 0 minutes still there: Ingress default/held.");
        (await Destroyer.PlanAsync(request, TestContext.Current.CancellationToken)).Stacks.Should().ContainSingle().Which.Status.Should().Be("CREATE_COMPLETE", "no stack goes before its ingresses");
        await cluster.NetworkingV1.PatchNamespacedIngressAsync(new V1Patch("""{"metadata":{"finalizers":null}}""", V1Patch.PatchType.MergePatch), "held", "default", cancellationToken: TestContext.Current.CancellationToken);

        (await destruction).Stacks.Deleted.Should().Be(1);
    }

    [Fact]
    public async Task What_is_written_to_a_bucket_while_it_is_emptied_goes_too()
    {
        var request = aws.Environment("busy", ("storage", Storage));
        await aws.Deployer.ApplyAsync(request, TestContext.Current.CancellationToken);
        await aws.Clients.S3.PutObjectAsync(new PutObjectRequest { BucketName = "destroy-site-busy", Key = "log-1", ContentBody = "x" });
        using var writer = new LateWriter(aws.Clients, "destroy-site-busy");

        var result = await new EnvironmentDestroyer(_ => writer, aws.Clients.S3, aws.Clients.Ecr, NullLoggerFactory.Instance, TimeProvider.System)
            .DestroyAsync(request, new DestroyOptions { Confirmation = "busy" }, cancellationToken: TestContext.Current.CancellationToken);

        (result.Objects, result.Stacks.Deleted).Should().Be((2, 1));
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

    /// <summary>Puts an object into a bucket just before a stack is deleted for the first time, as a log that arrives late does.</summary>
    private sealed class LateWriter(AwsClients clients, string bucket) : AmazonCloudFormationClient(
        clients.Settings.Credentials, new AmazonCloudFormationConfig { ServiceURL = clients.Settings.EndpointUrl!.ToString(), AuthenticationRegion = clients.Settings.Region })
    {
        private bool _written;

        public override async Task<DeleteStackResponse> DeleteStackAsync(DeleteStackRequest request, CancellationToken cancellationToken = default)
        {
            if (!_written)
            {
                _written = true;
                await clients.S3.PutObjectAsync(new PutObjectRequest { BucketName = bucket, Key = "log-2", ContentBody = "x" }, cancellationToken);
            }

            return await base.DeleteStackAsync(request, cancellationToken);
        }
    }
}
