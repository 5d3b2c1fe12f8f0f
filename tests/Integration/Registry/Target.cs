using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Amazon.ECR;
using Tiketi.Pipeline.Tests.Registry;

namespace Tiketi.Integration.Registry;

/// <summary>A registry that is pushed to, with ECR's API before it, and a look at what it really holds.</summary>
/// <param name="host">Where it listens itself.</param>
/// <param name="basic">Credentials of the one who looks.</param>
/// <param name="ecr">ECR's API, through the host that the pipeline talks to.</param>
/// <param name="create">Makes a repository.</param>
internal sealed class Target(string host, Func<Task<string>> basic, Func<string, IAmazonECR> ecr, Func<string, Task> create)
{
    public const string LocalCloud = "the local cloud";
    public const string DockerRegistry = "docker-registry";

    public static Target Of(string name, Cloud cloud, TestRegistry registry) => name == LocalCloud
        ? new Target(cloud.Host, cloud.BasicAsync, host => cloud.ClientsAt(host).Ecr, cloud.CreateRepositoryAsync)
        : new Target(registry.Host, () => Task.FromResult(TestRegistry.Basic), _ => RegistryEcr.For(registry), _ => Task.CompletedTask);

    public string Host => host;

    public Task<string> BasicAsync() => basic();

    public IAmazonECR EcrAt(string through) => ecr(through);

    public Task CreateAsync(string repository) => create(repository);

    /// <summary>Each tag names this manifest, and the registry has every byte of what the manifest names.</summary>
    public async Task ShouldHoldAsync(string repository, string digest, params string[] tags)
    {
        using var http = new HttpClient { BaseAddress = new Uri($"http://{host}/v2/{repository}/") };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", await basic());
        http.DefaultRequestHeaders.Accept.ParseAdd("application/vnd.docker.distribution.manifest.v2+json");
        byte[] manifest = [];
        foreach (var tag in tags)
        {
            manifest = await http.GetByteArrayAsync(new Uri($"manifests/{tag}", UriKind.Relative));
            Digest(manifest).Should().Be(digest, "{0} of {1} names it", tag, repository);
        }

        var parsed = JsonNode.Parse(manifest)!;
        foreach (var blob in parsed["layers"]!.AsArray().Prepend(parsed["config"]))
        {
            var stated = blob!["digest"]!.GetValue<string>();
            Digest(await http.GetByteArrayAsync(new Uri($"blobs/{stated}", UriKind.Relative))).Should().Be(stated);
        }
    }

    private static string Digest(byte[] content) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(content));
}
