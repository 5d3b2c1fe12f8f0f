using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Tiketi.LocalCloud.Ecr;
using Tiketi.LocalCloud.Tests.S3;

namespace Tiketi.LocalCloud.Tests.Ecr;

/// <summary>The distribution protocol, request by request.</summary>
public sealed class RegistryTests(RunningCloud cloud) : IClassFixture<RunningCloud>
{
    private const string OciImage = "application/vnd.oci.image.manifest.v1+json";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Lets_nobody_in_without_a_token()
    {
        using var anonymous = await cloud.Http.GetAsync("/v2/", Token);
        anonymous.StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        anonymous.Headers.WwwAuthenticate.Single().Scheme.Should().Be("Basic");
        using var wrong = new HttpRequestMessage(HttpMethod.Get, "/v2/") { Headers = { Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String("AWS:guess"u8)) } };
        (await cloud.Http.SendAsync(wrong, Token)).StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        (await SendAsync(HttpMethod.Get, "/v2/")).StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Takes_a_blob_in_chunks_and_goes_on_after_a_restart()
    {
        await CreateAsync("reg-chunks");
        var content = RandomNumberGenerator.GetBytes(100_000);
        using var begun = await SendAsync(HttpMethod.Post, "/v2/reg-chunks/blobs/uploads/");
        begun.StatusCode.Should().Be(HttpStatusCode.Accepted);
        var location = begun.Headers.Location!.ToString();
        using var first = await SendAsync(HttpMethod.Patch, location, content[..40_000], ("Content-Range", "0-39999"));
        first.StatusCode.Should().Be(HttpStatusCode.Accepted);
        Header(first, "Range").Should().Be("0-39999");
        using var gap = await SendAsync(HttpMethod.Patch, location, content[50_000..], ("Content-Range", "50000-99999"));
        gap.StatusCode.Should().Be(HttpStatusCode.RequestedRangeNotSatisfiable);
        await cloud.RestartAsync();
        using var state = await SendAsync(HttpMethod.Get, location);
        state.StatusCode.Should().Be(HttpStatusCode.NoContent);
        Header(state, "Range").Should().Be("0-39999");
        using var done = await SendAsync(HttpMethod.Put, $"{location}?digest={Digest(content)}", content[40_000..], ("Content-Range", "40000-99999"));
        done.StatusCode.Should().Be(HttpStatusCode.Created);
        Header(done, "Docker-Content-Digest").Should().Be(Digest(content));

        (await (await SendAsync(HttpMethod.Get, $"/v2/reg-chunks/blobs/{Digest(content)}")).Content.ReadAsByteArrayAsync(Token)).Should().Equal(content);
        using var part = await SendAsync(HttpMethod.Get, $"/v2/reg-chunks/blobs/{Digest(content)}", null, ("Range", "bytes=99990-"));
        part.StatusCode.Should().Be(HttpStatusCode.PartialContent);
        (await part.Content.ReadAsByteArrayAsync(Token)).Should().Equal(content[99_990..]);
        using var head = await SendAsync(HttpMethod.Head, $"/v2/reg-chunks/blobs/{Digest(content)}");
        head.Content.Headers.ContentLength.Should().Be(content.Length);
    }

    [Fact]
    public async Task Refuses_content_that_is_not_its_digest()
    {
        await CreateAsync("reg-digest");
        using var begun = await SendAsync(HttpMethod.Post, "/v2/reg-digest/blobs/uploads/");
        using var wrong = await SendAsync(HttpMethod.Put, $"{begun.Headers.Location}?digest={Digest([1])}", [2]);
        await ShouldFailAsync(wrong, HttpStatusCode.BadRequest, "DIGEST_INVALID");
        await ShouldFailAsync(await SendAsync(HttpMethod.Get, $"/v2/reg-digest/blobs/{Digest([2])}"), HttpStatusCode.NotFound, "BLOB_UNKNOWN");
        await ShouldFailAsync(await SendAsync(HttpMethod.Get, begun.Headers.Location!.ToString()), HttpStatusCode.NotFound, "BLOB_UPLOAD_UNKNOWN");
    }

    [Fact]
    public async Task Knows_layers_by_repository_and_mounts_across()
    {
        await CreateAsync("reg-from");
        await CreateAsync("reg-to");
        var digest = await PushBlobAsync("reg-from", [1, 2, 3]);
        (await SendAsync(HttpMethod.Head, $"/v2/reg-to/blobs/{digest}")).StatusCode.Should().Be(HttpStatusCode.NotFound);
        using var mounted = await SendAsync(HttpMethod.Post, $"/v2/reg-to/blobs/uploads/?mount={digest}&from=reg-from");
        mounted.StatusCode.Should().Be(HttpStatusCode.Created);
        (await SendAsync(HttpMethod.Head, $"/v2/reg-to/blobs/{digest}")).StatusCode.Should().Be(HttpStatusCode.OK);
        using var unknown = await SendAsync(HttpMethod.Post, $"/v2/reg-to/blobs/uploads/?mount={Digest([9])}&from=reg-from");
        unknown.StatusCode.Should().Be(HttpStatusCode.Accepted, "what cannot be mounted is uploaded");
        await ShouldFailAsync(await SendAsync(HttpMethod.Post, "/v2/reg-none/blobs/uploads/"), HttpStatusCode.NotFound, "NAME_UNKNOWN");
    }

    [Fact]
    public async Task Keeps_manifests_as_they_came_and_lists_and_deletes_them()
    {
        await CreateAsync("reg-manifests");
        var manifest = await PushImageAsync("reg-manifests", "v1", [1, 1]);
        var digest = Digest(manifest);
        using var get = await SendAsync(HttpMethod.Get, "/v2/reg-manifests/manifests/v1");
        (await get.Content.ReadAsByteArrayAsync(Token)).Should().Equal(manifest);
        get.Content.Headers.ContentType!.MediaType.Should().Be(OciImage);
        Header(get, "Docker-Content-Digest").Should().Be(digest);
        using var head = await SendAsync(HttpMethod.Head, $"/v2/reg-manifests/manifests/{digest}");
        head.Content.Headers.ContentLength.Should().Be(manifest.Length);

        var index = Encoding.UTF8.GetBytes($$"""{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[{"mediaType":"{{OciImage}}","digest":"{{digest}}","size":{{manifest.Length}},"platform":{"os":"linux","architecture":"amd64"} }]}""");
        (await PutManifestAsync("reg-manifests", "multi", index, "application/vnd.oci.image.index.v1+json")).StatusCode.Should().Be(HttpStatusCode.Created);
        var dangling = Encoding.UTF8.GetString(index).Replace(digest, Digest([7]), StringComparison.Ordinal);
        await ShouldFailAsync(await PutManifestAsync("reg-manifests", "bad", Encoding.UTF8.GetBytes(dangling), "application/vnd.oci.image.index.v1+json"), HttpStatusCode.BadRequest, "MANIFEST_BLOB_UNKNOWN");
        await ShouldFailAsync(await PutManifestAsync("reg-manifests", "bad", "{}"u8.ToArray(), OciImage), HttpStatusCode.BadRequest, "MANIFEST_INVALID");
        await ShouldFailAsync(await PutManifestAsync("reg-manifests", Digest([8]), manifest, OciImage), HttpStatusCode.BadRequest, "DIGEST_INVALID");

        using var tags = await SendAsync(HttpMethod.Get, "/v2/reg-manifests/tags/list?n=1");
        (await tags.Content.ReadAsStringAsync(Token)).Should().Contain("[\"multi\"]");
        Header(tags, "Link").Should().Contain("last=multi");
        (await SendAsync(HttpMethod.Delete, "/v2/reg-manifests/manifests/multi")).StatusCode.Should().Be(HttpStatusCode.Accepted);
        await ShouldFailAsync(await SendAsync(HttpMethod.Get, "/v2/reg-manifests/manifests/multi"), HttpStatusCode.NotFound, "MANIFEST_UNKNOWN");
    }

    [Fact]
    public async Task Frees_layers_that_no_image_needs_any_more()
    {
        await CreateAsync("reg-free");
        await PushImageAsync("reg-free", "a", [5, 5]);
        var shared = JsonNode.Parse(await PushImageAsync("reg-free", "b", [5, 5], "{\"b\":1}"))!["layers"]![0]!["digest"]!.GetValue<string>();
        (await SendAsync(HttpMethod.Delete, "/v2/reg-free/manifests/a")).StatusCode.Should().Be(HttpStatusCode.Accepted);
        (await SendAsync(HttpMethod.Head, $"/v2/reg-free/blobs/{shared}")).StatusCode.Should().Be(HttpStatusCode.OK);
        (await SendAsync(HttpMethod.Delete, "/v2/reg-free/manifests/b")).StatusCode.Should().Be(HttpStatusCode.Accepted);
        (await SendAsync(HttpMethod.Head, $"/v2/reg-free/blobs/{shared}")).StatusCode.Should().Be(HttpStatusCode.NotFound);
        Directory.EnumerateFiles(Path.Combine(cloud.Settings.StateDirectory, "ecr", "blobs"), shared[7..], SearchOption.AllDirectories).Should().BeEmpty();
    }

    [Fact]
    public async Task Never_moves_an_immutable_tag()
    {
        (await cloud.AwsAsync("ecr", "create-repository", "--repository-name", "reg-immutable", "--image-tag-mutability", "IMMUTABLE")).Ok();
        await PushImageAsync("reg-immutable", "v1", [1]);
        await PushImageAsync("reg-immutable", "v1", [1]);
        var push = () => PushImageAsync("reg-immutable", "v1", [2]);
        (await push.Should().ThrowAsync<InvalidOperationException>()).WithMessage("*TAG_INVALID*immutable*");
    }

    [Fact]
    public async Task Finds_what_refers_to_an_image()
    {
        await CreateAsync("reg-refers");
        var subject = Digest(await PushImageAsync("reg-refers", "v1", [1]));
        await PushImageAsync("reg-refers", "sbom", [3], subject: subject);
        using var referrers = await SendAsync(HttpMethod.Get, $"/v2/reg-refers/referrers/{subject}");
        JsonNode.Parse(await referrers.Content.ReadAsStringAsync(Token))!["manifests"]!.AsArray().Should().ContainSingle();
    }

    private async Task CreateAsync(string repository) => (await cloud.AwsAsync("ecr", "create-repository", "--repository-name", repository)).Ok();

    private async Task<byte[]> PushImageAsync(string repository, string tag, byte[] layer, string config = "{}", string? subject = null)
    {
        var configDigest = await PushBlobAsync(repository, Encoding.UTF8.GetBytes(config));
        var layerDigest = await PushBlobAsync(repository, layer);
        var manifest = JsonSerializer.SerializeToUtf8Bytes(new
        {
            schemaVersion = 2,
            mediaType = OciImage,
            config = new { mediaType = "application/vnd.oci.image.config.v1+json", digest = configDigest, size = config.Length },
            layers = new[] { new { mediaType = "application/vnd.oci.image.layer.v1.tar+gzip", digest = layerDigest, size = layer.Length } },
            subject = subject is null ? null : new { mediaType = OciImage, digest = subject, size = 1 },
        });
        using var put = await PutManifestAsync(repository, tag, manifest, OciImage);
        return put.IsSuccessStatusCode ? manifest : throw new InvalidOperationException(await put.Content.ReadAsStringAsync(Token));
    }

    private async Task<string> PushBlobAsync(string repository, byte[] content)
    {
        using var put = await SendAsync(HttpMethod.Post, $"/v2/{repository}/blobs/uploads/?digest={Digest(content)}", content);
        put.StatusCode.Should().Be(HttpStatusCode.Created);
        return Digest(content);
    }

    private Task<HttpResponseMessage> PutManifestAsync(string repository, string reference, byte[] manifest, string type) =>
        SendAsync(HttpMethod.Put, $"/v2/{repository}/manifests/{reference}", manifest, ("Content-Type", type));

    private Task<HttpResponseMessage> SendAsync(HttpMethod method, string url, byte[]? body = null, params (string Name, string Value)[] headers)
    {
        var credentials = cloud.Services.GetRequiredService<IContainerRegistry>().IssueCredentials();
        var request = new HttpRequestMessage(method, url) { Content = body is null ? null : new ByteArrayContent(body) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes($"{credentials.Username}:{credentials.Password}")));
        foreach (var (name, value) in headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value))
            {
                request.Content!.Headers.TryAddWithoutValidation(name, value);
            }
        }

        return cloud.Http.SendAsync(request, Token);
    }

    private static async Task ShouldFailAsync(HttpResponseMessage response, HttpStatusCode status, string code)
    {
        response.StatusCode.Should().Be(status);
        JsonNode.Parse(await response.Content.ReadAsStringAsync(Token))!["errors"]![0]!["code"]!.GetValue<string>().Should().Be(code);
        response.Dispose();
    }

    private static string Header(HttpResponseMessage response, string name) => string.Join(',', response.Headers.GetValues(name));

    private static string Digest(byte[] content) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(content));
}
