using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Tiketi.Pipeline.Registry;

namespace Tiketi.Integration.Registry;

/// <summary>What was pushed is an image for everybody: skopeo reads and copies it, docker pulls and runs it. And it is cheap to keep.</summary>
[Collection(PushCollection.Name)]
public sealed class OutsideClientTests(PushFixture push) : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tiketi-clients-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(Target.LocalCloud)]
    [InlineData(Target.DockerRegistry)]
    public async Task SkopeoAndDocker_TakeWhatWasPushed(string registry)
    {
        var target = push.Target(registry);
        var image = await push.BuildAsync($"outside{registry.Length}", $"hello from {registry}");
        await target.CreateAsync(image.Repository);
        var published = (await push.Publisher(target).PublishAsync([new PublishRequest(image, $"{target.Host}/{image.Repository}")], ["v1", "latest"])).Images[0];
        var authentication = Path.Combine(_folder.FullName, "config.json");
        await File.WriteAllTextAsync(authentication, new JsonObject { ["auths"] = new JsonObject { [target.Host] = new JsonObject { ["auth"] = await target.BasicAsync() } } }.ToJsonString());

        var inspected = JsonNode.Parse(await RunAsync("skopeo", "inspect", "--authfile", authentication, "--tls-verify=false", $"docker://{published.RepositoryUri}:v1"))!;
        await RunAsync("skopeo", "copy", "--authfile", authentication, "--src-tls-verify=false", $"docker://{published.Reference}", $"dir:{_folder.FullName}/copy");
        foreach (var tag in await push.Engine.TagsAsync(published.RepositoryUri))
        {
            await RunAsync("docker", "rmi", "--force", tag);
        }

        await RunAsync("docker", "--config", _folder.FullName, "pull", published.Reference);
        var said = await RunAsync("docker", "run", "--rm", published.Reference, "/bin/busybox", "cat", "/app/text");

        inspected["Digest"]!.GetValue<string>().Should().Be(published.Digest);
        inspected["RepoTags"]!.AsArray().Select(tag => tag!.GetValue<string>()).Should().BeEquivalentTo("v1", "latest", image.Tag);
        Directory.EnumerateFiles($"{_folder.FullName}/copy").Should().HaveCountGreaterThanOrEqualTo(4, "manifest, config and two layers");
        said.Should().Be($"hello from {registry}");
    }

    [Fact]
    public async Task FiveUnchangedImages_CostFiveRequests()
    {
        var target = push.Target(Target.LocalCloud);
        var requests = new List<PublishRequest>();
        foreach (var service in new[] { "one", "two", "three", "four", "five" })
        {
            var image = await push.BuildAsync($"cheap-{service}", service);
            await target.CreateAsync(image.Repository);
            requests.Add(new PublishRequest(image, $"{target.Host}/{image.Repository}"));
        }

        await push.Publisher(target).PublishAsync(requests, ["v1", "latest"]);
        await push.Cloud.Http.DeleteAsync(new Uri("/_requests", UriKind.Relative));

        var report = await push.Publisher(target).PublishAsync(requests, ["v1", "latest"]);

        (report.Unchanged, report.RegistryRequests).Should().Be((5, 5));
        (await push.Cloud.Http.GetFromJsonAsync<JsonNode>(new Uri("/_requests", UriKind.Relative)))!["counters"]!.ToJsonString().Should().Be("""{"ecr":{"DescribeImages":5}}""");
    }

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        process.ExitCode.Should().Be(0, "{0} wrote {1}", program, await error);
        return output;
    }
}
