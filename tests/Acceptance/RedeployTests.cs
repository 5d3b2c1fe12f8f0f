using System.Net.Http.Json;
using System.Text.Json;

namespace Tiketi.Acceptance;

/// <summary>Everything after the first deployment: nothing changed, something changed, the machine was restarted.</summary>
[Collection(DeploymentCollection.Name)]
public sealed class RedeployTests(Deployment deployment)
{
    private static readonly string[] Services = ["backend", "auth-service", "ticket-service", "payment-service", "stats-service"];

    [Fact]
    public async Task ASecondRun_DoesNothing_AndSaysSo()
    {
        (await deployment.Checkout.BuildAsync("Deploy")).ShouldSucceed();

        var second = (await deployment.Checkout.BuildAsync("Deploy")).ShouldSucceed();

        Deployment.Summary(second, "BuildImages").Should().Contain("Built", "0").And.Contain("Unchanged", "5");
        Deployment.Summary(second, "PushEcr").Should().Contain("Pushed", "0").And.Contain("Present", "5");
        Deployment.Summary(second, "ApplyInfra").Should().Contain("Changed", "0");
        Deployment.Summary(second, "DeployK8s").Should().Contain("Written", "0");
        Deployment.Summary(second, "BuildFrontend").Should().Contain("Built", "0");
        Deployment.Summary(second, "SyncS3").Should().Contain("Uploaded", "0").And.Contain("Deleted", "0");
        Deployment.Summary(second, "InvalidateCdn").Should().Contain("Invalidated", "0");
        TestContext.Current.SendDiagnosticMessage("A run with no change took {0:F1} s.", second.Duration.TotalSeconds);
    }

    [Fact]
    public async Task AChangedService_IsBuiltPushedAndRolledOutAlone()
    {
        var before = await ImagesAsync();
        deployment.Checkout.Edit("samples/tiketi/services/stats-service/package.json", text => text.Replace("\"description\": \"", "\"description\": \"Changed. ", StringComparison.Ordinal));

        var run = (await deployment.Checkout.BuildAsync("DeployK8s")).ShouldSucceed();

        Deployment.Summary(run, "BuildImages").Should().Contain("Built", "1").And.Contain("Unchanged", "4");
        Deployment.Summary(run, "PushEcr").Should().Contain("Pushed", "1").And.Contain("Present", "4");
        var after = await ImagesAsync();
        Services.Where(service => after[service] != before[service]).Should().Equal("stats-service");
    }

    [Fact]
    public async Task AChangedFrontend_UploadsOnlyWhatChanged_AndTheCdnServesTheNewPage()
    {
        (await deployment.Http.GetStringAsync(deployment.Checkout.Site)).Should().NotContain("<title>Changed ");
        deployment.Checkout.Edit("samples/tiketi/frontend/index.html", text => text.Replace("<title>", "<title>Changed ", StringComparison.Ordinal));

        var run = (await deployment.Checkout.BuildAsync("SyncS3")).ShouldSucceed();

        Deployment.Summary(run, "SyncS3").Should().Contain("Uploaded", "1");
        var invalidation = (await deployment.Checkout.BuildAsync("InvalidateCdn")).ShouldSucceed();
        invalidation.Output.Should().NotContain("║ SyncS3").And.NotContain("║ BuildFrontend");
        (await deployment.Http.GetStringAsync(deployment.Checkout.Site)).Should().Contain("<title>Changed ");
    }

    [Fact]
    public async Task ARollback_ReturnsServicesAndSiteTogether()
    {
        (await deployment.Checkout.BuildAsync("Deploy")).ShouldSucceed();
        var images = await ImagesAsync();
        var page = await deployment.Http.GetStringAsync(deployment.Checkout.Site);
        deployment.Checkout.Edit("samples/tiketi/services/payment-service/package.json", text => text.Replace("\"description\": \"", "\"description\": \"Newer. ", StringComparison.Ordinal));
        deployment.Checkout.Edit("samples/tiketi/frontend/index.html", text => text.Replace("<title>", "<title>Newer ", StringComparison.Ordinal));
        (await deployment.Checkout.BuildAsync("Deploy")).ShouldSucceed();
        (await ImagesAsync())["payment-service"].Should().NotBe(images["payment-service"]);
        (await deployment.Http.GetStringAsync(deployment.Checkout.Site)).Should().Contain("<title>Newer ");

        var run = (await deployment.Checkout.BuildAsync("Rollback")).ShouldSucceed();

        (await ImagesAsync()).Should().Equal(images);
        (await deployment.Http.GetStringAsync(deployment.Checkout.Site)).Should().Be(page);
        Deployment.Summary(run, "InvalidateCdn")["Invalidated"].Should().NotBe("0");
        (await deployment.Checkout.BuildAsync("Status")).ShouldSucceed().Output.Should().MatchRegex(@"release \d+ again");

        // The checkout is what runs again, as the other tests expect it.
        deployment.Checkout.Edit("samples/tiketi/services/payment-service/package.json", text => text.Replace("\"Newer. ", "\"", StringComparison.Ordinal));
        deployment.Checkout.Edit("samples/tiketi/frontend/index.html", text => text.Replace("<title>Newer ", "<title>", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Data_SurvivesARestartOfTheLocalCloud()
    {
        var email = $"{Guid.NewGuid():N}@example.com";
        using var registered = await deployment.Http.PostAsJsonAsync(new Uri(deployment.Checkout.Api, "/api/auth/register"), new { email, password = "Correct-Horse-7", name = "Test" });
        registered.IsSuccessStatusCode.Should().BeTrue(await registered.Content.ReadAsStringAsync());

        (await deployment.Checkout.BuildAsync("LocalDown")).ShouldSucceed();
        (await deployment.Checkout.BuildAsync("LocalUp")).ShouldSucceed();
        (await deployment.Checkout.BuildAsync("SmokeTest")).ShouldSucceed();

        (await RunningSystemTests.LogInAsync(deployment, email)).Should().NotBeEmpty();
    }

    private async Task<Dictionary<string, string>> ImagesAsync()
    {
        var environment = await deployment.Checkout.ClientEnvironmentAsync();
        var output = (await Command.RunAsync("kubectl", ["get", "deployments", "-n", "tiketi", "-o", "json"], deployment.Checkout.Root, environment)).ShouldSucceed().Output;
        using var document = JsonDocument.Parse(output);
        return document.RootElement.GetProperty("items").EnumerateArray().ToDictionary(
            item => item.GetProperty("metadata").GetProperty("name").GetString()!,
            item => item.GetProperty("spec").GetProperty("template").GetProperty("spec").GetProperty("containers")[0].GetProperty("image").GetString()!,
            StringComparer.Ordinal);
    }
}
