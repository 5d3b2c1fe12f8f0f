using System.Net.Http.Json;
using Amazon.CloudFormation;
using Amazon.CloudFormation.Model;
using Amazon.Runtime;
using Microsoft.Extensions.Logging.Abstractions;
using Tiketi.LocalCloud.Hosting;
using Tiketi.Pipeline;
using Tiketi.Pipeline.Infrastructure;

namespace Tiketi.Integration.Infrastructure;

/// <summary>Runs that are cut off, throttled or locked out at every request that they make, against the local cloud.</summary>
public sealed class InterruptionTests : IAsyncLifetime
{
    private const string Policy = """{"Statement":[{"Effect":"Allow","Action":"Update:*","Principal":"*","Resource":"*"}]}""";

    private StackCloud _cloud = null!;

    public async ValueTask InitializeAsync() => _cloud = await StackCloud.StartAsync();

    public ValueTask DisposeAsync() => _cloud.DisposeAsync();

    /// <summary>From that request on the process is dead: nothing it tries reaches AWS any more.</summary>
    [Theory]
    [InlineData(Fault.Lost)]
    [InlineData(Fault.AnswerLost)]
    public async Task CutOffAtAnyRequest_TheNextRunEndsIt(Fault fault)
    {
        for (var cut = 1; ; cut++)
        {
            var request = Request($"{fault}-{cut}".ToLowerInvariant());
            if (!await IsStoppedAsync(request, number => number < cut ? Fault.None : number == cut ? fault : Fault.Lost, "AWS cannot be reached"))
            {
                cut.Should().BeGreaterThan(15, "a run of two stacks makes that many requests");
                return;
            }

            await EndsAsync(request, $"cut at request {cut}");
        }
    }

    [Fact]
    public async Task LockedOutAtAnyRequest_TheErrorSaysSo_AndTheNextRunEndsIt()
    {
        for (var cut = 1; ; cut += 2)
        {
            var request = Request($"expired-{cut}");
            if (!await IsStoppedAsync(request, number => number < cut ? Fault.None : Fault.Expired, "The AWS credentials have expired."))
            {
                return;
            }

            await EndsAsync(request, $"locked out at request {cut}");
        }
    }

    [Fact]
    public async Task ThrottledAtEveryRequest_TheRunSucceeds()
    {
        await using var connection = await FaultyConnection.OpenAsync(_cloud.Endpoint, number => number % 2 == 1 ? Fault.Throttled : Fault.None);

        var result = await _cloud.Deployer(connection.Endpoint).ApplyAsync(Request("throttled"));

        result.Created.Should().Be(2);
        connection.Requests.Should().BeGreaterThan(30);
    }

    [Fact]
    public async Task WithNothingToChange_ARunOnlyReads()
    {
        var request = Request("quiet");
        await _cloud.Deployer().ApplyAsync(request);
        using var http = new HttpClient { BaseAddress = _cloud.Endpoint };
        (await http.DeleteAsync("_requests")).EnsureSuccessStatusCode();

        (await _cloud.Deployer().ApplyAsync(request)).Unchanged.Should().Be(2);

        var log = (await http.GetFromJsonAsync<RequestLogDocument>("_requests"))!;
        log.Counters.Should().ContainSingle().Which.Key.Should().Be("cloudformation");
        log.Counters["cloudformation"].Should().BeEquivalentTo(new Dictionary<string, long> { ["DescribeStacks"] = 2, ["GetTemplate"] = 2, ["GetStackPolicy"] = 1 });
    }

    [Fact]
    public async Task APlanThatWasWrittenDown_IsAppliedWhereItStillHolds()
    {
        var request = Request("planned");
        var plan = await _cloud.Deployer().PlanAsync(request);
        (await _cloud.Deployer().ApplyAsync(request with { ApprovedPlan = plan })).Created.Should().Be(2);
        var longer = request with { Parameters = new Dictionary<string, string> { ["Days"] = "30" } };
        plan = await _cloud.Deployer().PlanAsync(longer);

        plan.Stacks.Single(stack => stack.Name == "data").Changes.Single(change => change.LogicalId == "One").Properties
            .Should().Equal(new PropertyChange("RetentionInDays", "7", "30", false));
        (await _cloud.Deployer().ApplyAsync(longer with { ApprovedPlan = plan })).Updated.Should().Be(1);
        var error = (await FluentActions.Awaiting(() => _cloud.Deployer().ApplyAsync(request with { ApprovedPlan = plan })).Should().ThrowAsync<PipelineException>()).Which;
        error.Message.Should().Be($"The plan is out of date, so nothing was changed:{Environment.NewLine}  data: parameter Days was 30 and is 7");
    }

    private static InfrastructureRequest Request(string environment) => new()
    {
        Environment = environment,
        Graph = StackGraph.Build([
            StackTemplate.Parse("network", "infra/network.yaml", """
                Parameters: {Environment: {Type: String}}
                Resources: {Log: {Type: "AWS::Logs::LogGroup", Properties: {LogGroupName: !Sub "/${Environment}/network"}}}
                Outputs: {Name: {Value: !Ref Log, Export: {Name: !Sub "tiketi-${Environment}-Name"}}}
                """),
            StackTemplate.Parse("data", "infra/data.yaml", """
                Metadata: {Tiketi: {ParametersFrom: {Name: network.Name}}}
                Parameters: {Environment: {Type: String}, Name: {Type: String}, Days: {Type: Number, Default: 7}}
                Resources:
                  One: {Type: "AWS::Logs::LogGroup", Properties: {LogGroupName: !Sub "${Name}/one", RetentionInDays: !Ref Days}}
                  Two: {Type: "AWS::Logs::LogGroup", Properties: {LogGroupName: !Sub ["${Base}/two", {Base: !ImportValue {"Fn::Sub": "tiketi-${Environment}-Name"}}]}}
                Outputs: {Names: {Value: !Sub "${One} ${Two}"}}
                """) with { Policy = Policy }]),
    };

    /// <summary>One run that gives up at once, as a killed process does.</summary>
    /// <returns>Whether it was stopped; false when it had ended before.</returns>
    private async Task<bool> IsStoppedAsync(InfrastructureRequest request, Func<int, Fault> fault, string message)
    {
        await using var connection = await FaultyConnection.OpenAsync(_cloud.Endpoint, fault);
        using var client = new AmazonCloudFormationClient(
            new BasicAWSCredentials("test", "test"),
            new AmazonCloudFormationConfig { ServiceURL = connection.Endpoint.ToString(), AuthenticationRegion = "ap-northeast-2", MaxErrorRetry = 0 });
        try
        {
            await new StackDeployer(_ => client, NullLogger<StackDeployer>.Instance, TimeProvider.System).ApplyAsync(request);
            return false;
        }
        catch (PipelineException stopped)
        {
            stopped.Message.Should().Contain(message);
            return true;
        }
    }

    private async Task EndsAsync(InfrastructureRequest request, string because)
    {
        var result = await _cloud.Deployer().ApplyAsync(request);
        result["data"].Require("Names").Should().Be($"/{request.Environment}/network/one /{request.Environment}/network/two", because);
        var policy = await _cloud.Clients().CloudFormation.GetStackPolicyAsync(new GetStackPolicyRequest { StackName = $"tiketi-{request.Environment}-data" });
        policy.StackPolicyBody.Should().Be(Policy, because);
    }
}
