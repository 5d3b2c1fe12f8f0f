using System.Text.Json.Nodes;
using Amazon;
using Amazon.ECR;
using Amazon.Runtime;
using Amazon.S3;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Tiketi.Pipeline.Infrastructure;
using Tiketi.Pipeline.Infrastructure.Destruction;
using Tiketi.Pipeline.Infrastructure.Rendering;

namespace Tiketi.Pipeline.Tests.Infrastructure;

/// <summary>What DestroyInfra asks for before a database goes. The same against a real PostgreSQL is in Acceptance.</summary>
public sealed class DestroyProtectionTests : IDisposable
{
    private const string StackName = "tiketi-test-data";

    private const string Template = """
        Parameters: { Size: { Type: String, Default: "20" } }
        Resources:
          A:
            Type: AWS::RDS::DBInstance
            DeletionPolicy: POLICY
            Properties: { DBInstanceIdentifier: tiketi-db, DeletionProtection: true, AllocatedStorage: !Ref Size }
        """;

    private readonly FakeTimeProvider _time = new();
    private readonly FakeCloudFormation _cloudFormation;
    private readonly AmazonS3Client _s3 = new(new AnonymousAWSCredentials(), RegionEndpoint.APNortheast2); // nothing of these tests is a bucket
    private readonly AmazonECRClient _ecr = new(new AnonymousAWSCredentials(), RegionEndpoint.APNortheast2);

    public DestroyProtectionTests() => _cloudFormation = new FakeCloudFormation(_time);

    private EnvironmentDestroyer Destroyer => new(_ => _cloudFormation, _s3, _ecr, NullLoggerFactory.Instance, _time);

    [Fact]
    public async Task ADatabaseThatWouldGoWithoutASnapshot_IsRefused_BeforeAnythingIsChanged()
    {
        var request = Deployed("Delete");

        var refusal = await FluentActions.Awaiting(() => Destroyer.DestroyAsync(request, new DestroyOptions { Confirmation = "test", DisableProtection = true })).Should().ThrowAsync<PipelineException>();

        refusal.Which.Message.Should().Be("Nothing was destroyed: A (p-A) would go without a snapshot.");
        refusal.Which.Remedy.Should().Contain("DeletionPolicy: Snapshot").And.Contain("--allow-data-loss A");
        _cloudFormation.Writes.Should().BeEmpty();
    }

    [Fact]
    public async Task DeletionProtection_IsSwitchedOffOnlyWhenAsked_ByAnUpdateThatChangesNothingElse()
    {
        var request = Deployed("Snapshot");
        var refusal = await FluentActions.Awaiting(() => Destroyer.DestroyAsync(request, new DestroyOptions { Confirmation = "test" })).Should().ThrowAsync<PipelineException>();
        refusal.Which.Message.Should().Be("Nothing was destroyed: protected against deletion are A (p-A).");
        refusal.Which.Remedy.Should().Contain("--disable-protection");
        _cloudFormation.Writes.Should().BeEmpty();
        var before = TemplateJson.Read("before", _cloudFormation.Stacks[StackName].Body);

        var result = await Drive(Destroyer.DestroyAsync(request, new DestroyOptions { Confirmation = "test", DisableProtection = true }));

        _cloudFormation.Writes.Should().Equal($"CreateChangeSet {StackName} UPDATE", $"ExecuteChangeSet {StackName}", $"DeleteStack {StackName}");
        before["Resources"]!["A"]!["Properties"]!["DeletionProtection"] = false;
        JsonNode.DeepEquals(JsonNode.Parse(_cloudFormation.Stacks[StackName].Body), before).Should().BeTrue("the update switches the protection off and does nothing else");
        _cloudFormation.Stacks[StackName].Parameters.Should().ContainSingle(parameter => parameter.ParameterKey == "Size" && parameter.ParameterValue == "100", "its parameters stay");
        result.Remains.Should().Equal("the final snapshot of p-A, called tiketi-test-data-snapshot-a-...");
    }

    public void Dispose()
    {
        _s3.Dispose();
        _ecr.Dispose();
        _cloudFormation.Dispose();
    }

    private async Task<T> Drive<T>(Task<T> task)
    {
        while (!task.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        return await task;
    }

    private InfrastructureRequest Deployed(string policy)
    {
        var body = Template.Replace("POLICY", policy, StringComparison.Ordinal);
        var stack = _cloudFormation.Put(StackName);
        stack.Body = body;
        stack.Parameters = [new() { ParameterKey = "Size", ParameterValue = "100" }];
        return new InfrastructureRequest { Environment = "test", Graph = StackGraph.Build([StackTemplate.Parse("data", "infra/data.yaml", body)]) };
    }
}
