using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Tiketi.Acceptance;

/// <summary>What a visitor and an API client see after the first deployment.</summary>
[Collection(DeploymentCollection.Name)]
public sealed partial class RunningSystemTests(Deployment deployment)
{
    [Fact]
    public void TheRun_EndsWithAddressesThatAPersonCanOpen()
    {
        deployment.First.Output.Should().Contain($"http://localhost:{deployment.Checkout.CdnPort}").And.Contain($"http://localhost:{deployment.Checkout.IngressPort}");
        TestContext.Current.SendDiagnosticMessage("The first run took {0:F0} s.", deployment.First.Duration.TotalSeconds);
    }

    [Fact]
    public async Task TheSite_LoadsWithEveryAssetItRefersTo()
    {
        var page = await deployment.Http.GetStringAsync(deployment.Checkout.Site);

        var assets = AssetReference().Matches(page).Select(match => match.Groups["path"].Value).ToList();
        assets.Should().NotBeEmpty();
        foreach (var asset in assets)
        {
            using var response = await deployment.Http.GetAsync(new Uri(deployment.Checkout.Site, asset));
            response.StatusCode.Should().Be(HttpStatusCode.OK, asset);
            response.Content.Headers.ContentType!.MediaType.Should().NotBe("text/html", asset);
        }

        (await deployment.Http.GetStringAsync(new Uri(deployment.Checkout.Site, "/events/1"))).Should().Be(page, "a deep link is answered with the page");
    }

    [Fact]
    public async Task AVisitor_RegistersLogsInAndJoinsAQueue()
    {
        var token = await LogInAsync(deployment);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(deployment.Checkout.Api, $"/api/queue/check/{await FirstEventAsync(deployment)}"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);

        using var response = await deployment.Http.SendAsync(request);

        response.StatusCode.Should().Be(HttpStatusCode.OK, await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("/health")]
    [InlineData("/api/auth/health")]
    [InlineData("/api/tickets/events")]
    [InlineData("/api/stats")]
    public async Task EveryService_AnswersThroughTheIngress(string path)
    {
        using var response = await deployment.Http.GetAsync(new Uri(deployment.Checkout.Api, path));

        response.StatusCode.Should().Be(HttpStatusCode.OK, await response.Content.ReadAsStringAsync());
    }

    /// <summary>The guide's queue test, ten times as large: 500 virtual users against two replicas of each service behind the ingress.</summary>
    [Fact]
    public async Task FiveHundredUsers_GoThroughTheQueue_AndNobodyIsLostOrAdmittedTwice()
    {
        var run = (await deployment.Checkout.BuildAsync("LoadTest", "--scenario", "queue")).ShouldSucceed();

        var report = Path.Combine(deployment.Checkout.Root, ".nuke/temp/load-tests/local-queue");
        using var json = JsonDocument.Parse(await File.ReadAllTextAsync(report + ".json"));
        var queue = json.RootElement.GetProperty("queue");
        var entered = queue.GetProperty("entered").GetInt32();
        entered.Should().BeInRange(495, 500, "that is errors<1%");
        run.Output.Should().MatchRegex($"Queue +{entered} entered, {entered} admitted, 0 lost, 0 admitted twice");
        run.Output.Should().MatchRegex(@"\d+ s +\d+ % +[\d,]+ requests, .* of 500 ", "a job's log is told how far the test is");
        var admissions = queue.GetProperty("admissions").EnumerateArray().ToList();
        admissions.Should().HaveCount(entered);
        admissions.Count(admission => admission.GetProperty("firstPosition").GetInt32() > 0).Should().BeGreaterThan(entered / 2, "most had to wait");
        queue.GetProperty("overtaken").GetArrayLength().Should().BeLessThan(entered / 20, "they are admitted in the order of their coming");
        json.RootElement.GetProperty("notCleanedUp").GetInt64().Should().Be(0, "every account that was made is gone");
        (await File.ReadAllTextAsync(report + ".html")).Should().Contain("Order of admission");
        var stats = await deployment.Http.GetFromJsonAsync<JsonElement>(new Uri(deployment.Checkout.Api, "/api/stats"));
        stats.GetProperty("queues").EnumerateArray().Sum(left => left.GetProperty("waiting").GetInt32()).Should().Be(0);
    }

    internal static async Task<string> LogInAsync(Deployment deployment, string? email = null)
    {
        var user = new { email = email ?? $"{Guid.NewGuid():N}@example.com", password = "Correct-Horse-7", name = "Test" };
        if (email is null)
        {
            using var registered = await deployment.Http.PostAsJsonAsync(new Uri(deployment.Checkout.Api, "/api/auth/register"), user);
            registered.IsSuccessStatusCode.Should().BeTrue(await registered.Content.ReadAsStringAsync());
        }

        using var response = await deployment.Http.PostAsJsonAsync(new Uri(deployment.Checkout.Api, "/api/auth/login"), user);
        response.IsSuccessStatusCode.Should().BeTrue(await response.Content.ReadAsStringAsync());
        return (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("token").GetString()!;
    }

    internal static async Task<string> FirstEventAsync(Deployment deployment)
    {
        var events = await deployment.Http.GetFromJsonAsync<JsonElement>(new Uri(deployment.Checkout.Api, "/api/tickets/events"));
        var list = events.ValueKind == JsonValueKind.Array ? events : events.GetProperty("events");
        return list[0].GetProperty("id").ToString();
    }

    [GeneratedRegex("(?:src|href)=\"(?<path>/[^\"]+)\"", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex AssetReference();
}
