using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Tiketi.Acceptance;

/// <summary>What keeps the registry clean and safe, by the commands that a person types.</summary>
[Collection(DeploymentCollection.Name)]
public sealed class RegistryTests(Deployment deployment)
{
    [Fact]
    public async Task PruneImages_ListsWhatNothingNeeds_AndDeletesIt_AndNothingElse()
    {
        var running = await DescribeAsync("imageTag=latest");
        var unneeded = await PutAsync("nobody-needs-it");

        var listed = (await deployment.Checkout.BuildAsync("PruneImages", "--keep-days", "0")).ShouldSucceed();

        listed.Output.Should().Contain($"goes  tiketi/backend@{unneeded[..19]} [nobody-needs-it]").And.Contain("Nothing was deleted");
        (await DescribeAsync("imageTag=nobody-needs-it")).ShouldSucceed();
        var deleted = (await deployment.Checkout.BuildAsync("PruneImages", "--keep-days", "0", "--delete-images")).ShouldSucceed();
        Deployment.Summary(deleted, "PruneImages")["Deleted"].Should().Be(Deployment.Summary(listed, "PruneImages")["May go"]).And.NotBe("0");
        (await DescribeAsync("imageTag=nobody-needs-it")).ShouldFail().Output.Should().Contain("ImageNotFoundException");
        (await DescribeAsync("imageTag=latest")).ShouldSucceed().Output.Should().Be(running.ShouldSucceed().Output);
    }

    [Fact]
    public async Task TheScanGate_HoldsBackAFinding_UntilSomebodyAnswersForIt()
    {
        var records = Directory.CreateDirectory(Path.Combine(deployment.Checkout.Root, ".nuke/temp/local-cloud/ecr/vulnerabilities"));
        var record = Path.Combine(records.FullName, "DEBIAN-CVE-2026-4242.json");
        var allowList = Path.Combine(deployment.Checkout.Root, "samples/tiketi/scan-allow.yaml");
        await File.WriteAllTextAsync(record, Record);
        try
        {
            var red = (await deployment.Checkout.BuildAsync("PushEcr", "--fail-on-severity", "critical")).ShouldFail();

            red.Output.Should().Contain("blocks Critical CVE-2026-4242 base-files").And.Contain("scan-allow.yaml").And.NotContain("   at ");
            await File.WriteAllTextAsync(allowList, $"CVE-2026-4242:\n  reason: made for a test\n  expires: {DateTime.UtcNow.AddDays(2):yyyy-MM-dd}\n");
            var green = (await deployment.Checkout.BuildAsync("PushEcr", "--fail-on-severity", "critical")).ShouldSucceed();
            green.Output.Should().Contain("allowed Critical CVE-2026-4242 base-files");
            Deployment.Summary(green, "PushEcr").Should().Contain("Pushed", "0").And.Contain("Present", "5");
        }
        finally
        {
            File.Delete(record);
            File.Delete(allowList);
        }
    }

    /// <summary>As osv.dev writes them: every release of Debian that the base image may be has the flaw.</summary>
    private static string Record => JsonSerializer.Serialize(new
    {
        schema_version = "1.6.0",
        id = "DEBIAN-CVE-2026-4242",
        upstream = new[] { "CVE-2026-4242" },
        summary = "made for a test",
        modified = "2026-11-01T00:00:00Z",
        severity = new[] { new { type = "CVSS_V3", score = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H" } },
        affected = new[] { "12", "13", "14" }.Select(release => new
        {
            package = new { ecosystem = $"Debian:{release}", name = "base-files" },
            ranges = new[] { new { type = "ECOSYSTEM", events = new[] { new { introduced = "0" } } } },
        }),
    });

    private async Task<Command.Result> DescribeAsync(string image) => await Command.RunAsync(
        "aws", ["ecr", "describe-images", "--repository-name", "tiketi/backend", "--image-ids", image, "--query", "imageDetails[].imageDigest"], deployment.Checkout.Root, await deployment.Checkout.ClientEnvironmentAsync());

    /// <summary>An image that nobody deployed: what runs, in a manifest of other bytes.</summary>
    /// <returns>Its digest.</returns>
    private async Task<string> PutAsync(string tag)
    {
        var token = (await Command.RunAsync(
            "aws", ["ecr", "get-authorization-token", "--query", "authorizationData[0].authorizationToken", "--output", "text"], deployment.Checkout.Root, await deployment.Checkout.ClientEnvironmentAsync())).ShouldSucceed().Output.Trim();
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{deployment.Checkout.AwsPort}/v2/tiketi/backend/manifests/") };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", token);
        http.DefaultRequestHeaders.Accept.ParseAdd("application/vnd.docker.distribution.manifest.v2+json");
        using var manifest = await http.GetAsync(new Uri("latest", UriKind.Relative));
        var text = await manifest.EnsureSuccessStatusCode().Content.ReadAsStringAsync();
        using var content = new StringContent(text + "\n", Encoding.UTF8, new MediaTypeHeaderValue(manifest.Content.Headers.ContentType!.MediaType!));
        using var put = await http.PutAsync(new Uri(tag, UriKind.Relative), content);
        return put.EnsureSuccessStatusCode().Headers.GetValues("Docker-Content-Digest").Single();
    }
}
