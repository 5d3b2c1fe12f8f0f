using Amazon.CloudFormation.Model;
using Microsoft.Extensions.Logging.Abstractions;
using Tiketi.Pipeline.Infrastructure;
using static Tiketi.Pipeline.Tests.Infrastructure.StackMetadataTests;

namespace Tiketi.Pipeline.Tests.Infrastructure;

/// <summary>Stacks of other regions, stacks left out, values of other stacks, values that stay, and what protects a stack.</summary>
public sealed class StackMetadataDeploymentTests
{
    private const string EdgeStack = "tiketi-test-edge", FrontendStack = "tiketi-test-frontend";

    private readonly FakeCloudFormation _home = new(TimeProvider.System);
    private readonly FakeCloudFormation _virginia = new(TimeProvider.System);
    private readonly StackDeployer _deployer;

    public StackMetadataDeploymentTests() =>
        _deployer = new StackDeployer(region => region == "us-east-1" ? _virginia : _home, NullLogger<StackDeployer>.Instance, TimeProvider.System);

    [Fact]
    public async Task AStackOfAnotherRegion_IsMadeThere_AndGivesItsOutput()
    {
        _virginia.NewOutputs = [new Output { OutputKey = "CertificateArn", OutputValue = "arn:acm:us-east-1" }];

        var result = await _deployer.ApplyAsync(Request("example.org"));

        result.Created.Should().Be(2);
        _virginia.Stacks.Keys.Should().Equal(EdgeStack);
        _home.Stacks.Keys.Should().Equal(FrontendStack);
        Parameter("CertificateArn").Should().Be("arn:acm:us-east-1");
        (await _deployer.ApplyAsync(Request("example.org"))).Unchanged.Should().Be(2, "the output is compared, not sent again");
    }

    [Fact]
    public async Task AnotherValueOfTheOutput_IsPassedOnInTheSameRun()
    {
        _virginia.NewOutputs = [new Output { OutputKey = "CertificateArn", OutputValue = "arn:acm:one" }];
        await _deployer.ApplyAsync(Request("example.org"));
        _virginia.NewOutputs = [new Output { OutputKey = "CertificateArn", OutputValue = "arn:acm:two" }];

        var result = await _deployer.ApplyAsync(Request("www.example.org"));

        result.Updated.Should().Be(2);
        Parameter("CertificateArn").Should().Be("arn:acm:two");
    }

    [Fact]
    public async Task WithoutTheParameter_TheStackIsLeftOut_AndTheDefaultHolds()
    {
        var plan = await _deployer.PlanAsync(Request(null));
        var result = await _deployer.ApplyAsync(Request(""));

        plan.LeftOut.Should().ContainSingle().Which.Should().Be(KeyValuePair.Create("edge", "Domain"));
        plan.Stacks.Should().ContainSingle().Which.Should().Match<StackPlan>(stack => stack.Name == "frontend" && !stack.FromTemplate);
        result.Stacks.Should().ContainSingle().Which.Name.Should().Be("frontend");
        _virginia.Calls.Should().BeEmpty();
        Parameter("CertificateArn").Should().Be("");
    }

    [Fact]
    public async Task TheEnvironmentsOwnValue_Wins()
    {
        _virginia.NewOutputs = [new Output { OutputKey = "CertificateArn", OutputValue = "arn:acm:us-east-1" }];
        var request = Request("example.org");

        await _deployer.ApplyAsync(request with { Parameters = new Dictionary<string, string>(request.Parameters) { ["CertificateArn"] = "arn:own" } });

        Parameter("CertificateArn").Should().Be("arn:own");
    }

    [Fact]
    public async Task AKeptParameter_StaysAsAnotherStepHasSetIt()
    {
        await _deployer.ApplyAsync(Request(null));
        _home.Stacks[FrontendStack].Parameters.Find(parameter => parameter.ParameterKey == "ApiAddress")!.ParameterValue = "lb.example";
        _home.Calls.Clear();

        (await _deployer.ApplyAsync(Request(null))).Unchanged.Should().Be(1);
        _home.Writes.Should().BeEmpty();

        _home.Stacks[FrontendStack].Body += " # changed";
        (await _deployer.ApplyAsync(Request(null))).Updated.Should().Be(1);
        Parameter("ApiAddress").Should().Be("lb.example");

        await _deployer.ApplyAsync(Request(null) with { Parameters = new Dictionary<string, string> { ["ApiAddress"] = "mine" } });
        Parameter("ApiAddress").Should().Be("mine");
    }

    [Fact]
    public async Task AnOutputThatNoOneGives_IsNamedWithTheWayOut()
    {
        var frontend = Parse("frontend", SiteTemplate.Replace("CertificateArn: {Type: String, Default: \"\"}", "CertificateArn: {Type: String}", StringComparison.Ordinal));
        var request = Request("example.org") with { Graph = StackGraph.Build([Parse("edge", Edge), frontend]) };
        var plan = await _deployer.PlanAsync(request);

        var error = (await _deployer.Awaiting(deployer => deployer.ApplyAsync(request)).Should().ThrowAsync<PipelineException>()).Which;

        plan.Stacks.Single(stack => stack.Name == "frontend").FromTemplate.Should().BeTrue("the output is not there yet");
        error.Message.Should().Be("infra/frontend.yaml: parameter CertificateArn is to come from output CertificateArn of stack edge, which gives none in environment test.");
        error.Remedy.Should().Be("Set CertificateArn in environments/test.yaml, or give it a default.");
    }

    [Fact]
    public async Task APolicy_IsSetOnceTheStackIsThere_AndAgainOnlyWhenItDiffers()
    {
        var request = Request(null) with { Graph = StackGraph.Build([Parse("edge", Edge), Parse("frontend", SiteTemplate) with { Policy = """{"Statement":[]}""" }]) };

        await _deployer.ApplyAsync(request);
        _home.Writes.Should().EndWith($"SetStackPolicy {FrontendStack}");
        _home.Stacks[FrontendStack].Policy.Should().Be("""{"Statement":[]}""");

        _home.Calls.Clear();
        _home.Stacks[FrontendStack].Policy = """{ "Statement": [ ] }""";
        await _deployer.ApplyAsync(request);
        _home.Writes.Should().BeEmpty("layout is no difference");

        _home.Stacks[FrontendStack].Policy = null;
        (await _deployer.ApplyAsync(request)).Unchanged.Should().Be(1);
        _home.Writes.Should().Equal($"SetStackPolicy {FrontendStack}");
    }

    [Theory]
    [InlineData("Type: \"AWS::S3::Bucket\"", true, true)]
    [InlineData("Type: \"AWS::S3::Bucket\"", false, false)]
    [InlineData("Type: \"AWS::SQS::Queue\", DeletionPolicy: Retain", true, true)]
    [InlineData("Type: \"AWS::SQS::Queue\"", true, false)]
    public async Task AStackThatHoldsData_IsProtectedWhereTheEnvironmentAsksForIt(string resource, bool asked, bool expected)
    {
        var request = Request(null) with { Graph = StackGraph.Build([Parse("storage", $"Resources: {{A: {{{resource}}}}}")]), ProtectsData = asked };

        await _deployer.ApplyAsync(request);
        _home.Stacks["tiketi-test-storage"].Protected.Should().Be(expected);

        _home.Calls.Clear();
        await _deployer.ApplyAsync(request);
        _home.Writes.Should().BeEmpty();
    }

    [Fact]
    public async Task AProtectionThatSomebodyHasSwitchedOn_Stays()
    {
        await _deployer.ApplyAsync(Request(null));
        _home.Stacks[FrontendStack].Protected = true;

        await _deployer.ApplyAsync(Request(null));

        _home.Stacks[FrontendStack].Protected.Should().BeTrue();
    }

    private static InfrastructureRequest Request(string? domain) => new()
    {
        Environment = "test",
        Graph = StackGraph.Build([Parse("frontend", SiteTemplate), Parse("edge", Edge)]),
        Parameters = domain is null ? new Dictionary<string, string>() : new Dictionary<string, string> { ["Domain"] = domain },
    };

    private string? Parameter(string name) => _home.Stacks[FrontendStack].Parameters.Find(parameter => parameter.ParameterKey == name)!.ParameterValue;
}
