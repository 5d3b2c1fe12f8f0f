using Amazon.Runtime;
using Microsoft.Extensions.Logging.Abstractions;
using Tiketi.Pipeline.Aws;
using Tiketi.Pipeline.Infrastructure;

namespace Tiketi.Pipeline.Tests.Infrastructure;

/// <summary>
/// The deployer against moto's CloudFormation, an implementation that is not ours; moto forgets outputs and exports of stacks
/// made by change sets, so those are not looked at here. Skipped where moto is not installed; the
/// same paths run on the CloudFormation in memory in <see cref="StackDeployerTests"/>.
/// </summary>
public sealed class MotoStackTests : IAsyncLifetime
{
    private MotoProcess? _moto;
    private AwsClients? _clients;

    [Fact]
    public async Task CreateNoChangeUpdatePlanDestroy()
    {
        Assert.SkipWhen(_clients is null, MotoProcess.Missing);
        var deployer = new StackDeployer(_clients.CloudFormationIn, NullLogger<StackDeployer>.Instance, TimeProvider.System);
        var request = Request("");
        var planned = await deployer.PlanAsync(request);
        var created = await deployer.ApplyAsync(request with { ApprovedPlan = await ThroughAFileAsync(planned) });
        var again = await deployer.ApplyAsync(request);
        var updated = await deployer.ApplyAsync(Request("  Second: {Type: AWS::S3::Bucket, Properties: {BucketName: !Sub \"aws-${Environment}-two\"}}"));
        var buckets = await _clients.S3.ListBucketsAsync();
        var destroyed = await deployer.DestroyAsync(request);

        planned.Stacks.Select(stack => (stack.Name, stack.Action, stack.FromTemplate)).Should().BeEquivalentTo([
            ("storage", StackAction.Create, false), ("frontend", StackAction.Create, false)]);
        planned.Stacks.Single(stack => stack.Name == "storage").Changes.Should().ContainSingle().Which.LogicalId.Should().Be("Uploads");
        (created.Created, created.ResourcesChanged).Should().Be((2, 2));
        again.Unchanged.Should().Be(2);
        (updated.Updated, updated.Unchanged).Should().Be((1, 1));
        buckets.Buckets.Select(bucket => bucket.BucketName).Should().Contain(["aws-moto-one", "aws-moto-two"]);
        destroyed.Deleted.Should().Be(2);
    }

    /// <summary>The plan as somebody else gets it who approves and applies it.</summary>
    private static async Task<InfrastructurePlan> ThroughAFileAsync(InfrastructurePlan plan)
    {
        var file = Path.GetTempFileName();
        try
        {
            await new PlanFile(PlanFile.CurrentSchema, TimeProvider.System.GetUtcNow(), new PlanTarget("moto", "123456789012", "ap-northeast-2"), plan).SaveAsync(file);
            return (await PlanFile.LoadAsync(file)).Plan;
        }
        finally
        {
            File.Delete(file);
        }
    }

    public async ValueTask InitializeAsync()
    {
        _moto = await MotoProcess.TryStartAsync();
        if (_moto is null)
        {
            return;
        }

        _clients = new AwsClients(new AwsSettings
        {
            Region = "ap-northeast-2", EndpointUrl = _moto.Endpoint, Credentials = new BasicAWSCredentials("test", "test"),
        });
    }

    public async ValueTask DisposeAsync()
    {
        _clients?.Dispose();
        if (_moto is not null)
        {
            await _moto.DisposeAsync();
        }
    }

    private static InfrastructureRequest Request(string secondBucket) => new()
    {
        Environment = "moto",
        Graph = StackGraph.Build([
            Parse("storage", $$"""
                Parameters:
                  Environment: {Type: String}
                Resources:
                  Uploads:
                    Type: AWS::S3::Bucket
                    Properties: {BucketName: !Sub "aws-${Environment}-one"}
                {{secondBucket}}
                """),
            Parse("frontend", """
                Parameters: {Environment: {Type: String}}
                Resources:
                  Parameter:
                    Type: AWS::SSM::Parameter
                    Properties:
                      Name: /tiketi/moto
                      Type: String
                      Value: !Ref Environment
                """)]),
    };

    private static StackTemplate Parse(string name, string body) => StackTemplate.Parse(name, $"infra/{name}.yaml", body);
}
