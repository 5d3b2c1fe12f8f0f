using System.Text.Json.Nodes;

namespace Tiketi.Acceptance.Smoke;

/// <summary>A release that rolls out well and does not work: what becomes of it, as it was asked for on the command line and in the environment's file.</summary>
[Collection(DeploymentCollection.Name)]
public sealed class FailedSmokeTestTests(Deployment deployment)
{
    private const string Index = "samples/tiketi/services/stats-service/src/index.js";
    private const string Check = "api-stats-service";

    [Fact]
    public async Task AFailedCheck_PutsTheLastReleaseBackWhenAsked_AndOnlyWarnsWhereTheFileSaysSo()
    {
        var file = $"environments/{deployment.Checkout.Environment}.yaml";
        var (index, settings) = (await ReadAsync(Index), await ReadAsync(file));
        var good = await ImageAsync();
        deployment.Checkout.Edit(Index, text => text.Replace("name: 'stats-service'", "name: 'somebody-else'", StringComparison.Ordinal));
        try
        {
            var asked = (await deployment.Checkout.BuildAsync("Deploy", "--only", Check, "--rollback-on-failure")).ShouldFail();
            asked.Output.Should().Contain("is answered by somebody-else").And.Contain("Correct the ingress rule of /api/stats").And.Contain("Everything in the namespace is ready");
            (await ImageAsync()).Should().Be(good);
            (await ServiceAsync()).Should().Be("stats-service", "the last release serves again");

            var notAsked = (await deployment.Checkout.BuildAsync("DeployK8s", "SmokeTest", "--only", Check)).ShouldFail();
            notAsked.Output.Should().Contain("is answered by somebody-else");
            var bad = await ImageAsync();
            bad.Should().NotBe(good);

            var late = (await deployment.Checkout.BuildAsync("SmokeTest", "--only", Check, "--rollback-on-failure")).ShouldFail();
            late.Output.Should().Contain("Nothing is rolled back: this run has rolled out no new release");
            (await ImageAsync()).Should().Be(bad);

            deployment.Checkout.Edit(file, text => text + $"\nsmokeTest:\n  warnings: [{Check}]\n");
            var warned = (await deployment.Checkout.BuildAsync("SmokeTest", "--only", Check)).ShouldSucceed();
            warned.Output.Should().MatchRegex($"warning +{Check} +.*is answered by somebody-else");
            Deployment.Summary(warned, "SmokeTest").Should().Contain("Warnings", "1").And.Contain("Failed", "0");

            await WriteAsync(file, settings + $"\nsmokeTest:\n  skip: [{Check}]\n");
            var skipped = (await deployment.Checkout.BuildAsync("SmokeTest", "--only", $"{Check},api-backend")).ShouldSucceed();
            Deployment.Summary(skipped, "SmokeTest").Should().Contain("Passed", "1").And.Contain("Failed", "0");
        }
        finally
        {
            await WriteAsync(Index, index);
            await WriteAsync(file, settings);
        }

        (await deployment.Checkout.BuildAsync("DeployK8s", "SmokeTest", "--only", Check)).ShouldSucceed();
    }

    private async Task<string> ServiceAsync() =>
        JsonNode.Parse(await deployment.Http.GetStringAsync(new Uri(deployment.Checkout.Api, "/api/stats/health")))!["service"]!.ToString();

    private async Task<string> ImageAsync() => (await Command.RunAsync(
        "kubectl", ["get", "deployment", "stats-service", "-n", "tiketi", "-o", "jsonpath={.spec.template.spec.containers[0].image}"], deployment.Checkout.Root, await deployment.Checkout.ClientEnvironmentAsync())).ShouldSucceed().Output.Trim();

    private Task<string> ReadAsync(string file) => File.ReadAllTextAsync(Path.Combine(deployment.Checkout.Root, file));

    private Task WriteAsync(string file, string text) => File.WriteAllTextAsync(Path.Combine(deployment.Checkout.Root, file), text);
}
