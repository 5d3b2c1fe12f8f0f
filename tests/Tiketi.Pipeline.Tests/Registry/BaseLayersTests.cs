using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Docker.DotNet;
using Docker.DotNet.Models;
using Microsoft.Extensions.Logging.Abstractions;
using Tiketi.Pipeline.Images;
using Tiketi.Pipeline.Registry;
using Tiketi.Pipeline.Tests.Images;

namespace Tiketi.Pipeline.Tests.Registry;

/// <summary>
/// A base image in a registry of its own, put there by skopeo with another compression than the engine's: so the digests of
/// what was published tell whether its layers were brought from there or compressed by the engine.
/// </summary>
[Collection(EngineCollection.Name)]
public sealed class BaseLayersTests : IClassFixture<TestRegistry>, IAsyncLifetime
{
    private readonly TestEngine _engine;
    private readonly TestRegistry _registry;
    private readonly TestFolder _folder = new();
    private readonly TestRegistry _hub = new();
    private readonly HubReader _reader = new();
    private readonly HttpClient _http;
    private string _base = "";
    private IReadOnlyList<string> _baseLayers = [];

    public BaseLayersTests(TestEngine engine, TestRegistry registry)
    {
        (_engine, _registry) = (engine, registry);
        _http = new HttpClient(_reader);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static AuthConfig Login(string host) => new() { Username = TestRegistry.User, Password = TestRegistry.Password, ServerAddress = host };

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/skopeo"), "skopeo is not installed");
        await _hub.InitializeAsync();
        try
        {
            await FillAsync();
        }
        catch
        {
            await DisposeAsync(); // who fails here is not disposed of
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var name in await _engine.TagsAsync($"{_hub.Host}/base"))
        {
            await _engine.Client.Images.DeleteImageAsync(name, new ImageDeleteParameters { Force = true }, CancellationToken.None);
        }

        await _hub.DisposeAsync();
        _http.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task BaseLayers_ComeFromTheirRegistry_AndTheNextRepositoryTakesThemFromTheFirst()
    {
        using var target = new FaultyProxy(_registry.Host, (_, _) => null);
        var (one, two) = (await RequestAsync(target, "bring1"), await RequestAsync(target, "bring2"));

        await PublishAsync(one, two);

        one.Image.BaseImages.Should().ContainSingle().Which.Should().MatchRegex($"^{_hub.Host}/base@sha256:[0-9a-f]{{64}}$");
        (await PublishedLayersAsync(one)).Should().StartWith(_baseLayers).And.HaveCount(3);
        (await PublishedLayersAsync(two)).Should().StartWith(_baseLayers).And.HaveCount(3);
        Uploads(target).Should().Be(_baseLayers.Count + (2 * 2), "the base once, layer and configuration of each");
        _reader.Asked.Count(path => _baseLayers.Any(layer => path.EndsWith(layer, StringComparison.Ordinal))).Should().Be(_baseLayers.Count);
    }

    [Theory]
    [InlineData(404)]
    [InlineData(FaultyProxy.Expired)]
    public async Task ABaseLayer_IsSentAgain_WhereTheRegistryDoesNotMountIt(int refusal)
    {
        using var target = new FaultyProxy(_registry.Host, (asked, before) => before == 0 && asked.StartsWith("POST", StringComparison.Ordinal) && asked.Contains($"nomount{refusal}b/", StringComparison.Ordinal) ? refusal : null);
        var (one, two) = (await RequestAsync(target, $"nomount{refusal}a"), await RequestAsync(target, $"nomount{refusal}b"));
        var publisher = Publisher();
        await publisher.PublishAsync([one], [], Token);

        await publisher.PublishAsync([two], [], Token);

        target.Faults.Should().Be(1);
        (await PublishedLayersAsync(two)).Should().StartWith(_baseLayers);
        Uploads(target).Should().Be(_baseLayers.Count + 1 + (2 * 2), "one of them twice");
    }

    [Fact]
    public async Task WhatABaseImageIsMadeOf_IsAskedForOnce()
    {
        using var target = new FaultyProxy(_registry.Host, (_, _) => null);
        await PublishAsync(await RequestAsync(target, "kept1"));
        var asked = _reader.Asked.Count;

        await PublishAsync(await RequestAsync(target, "kept1", "a second release"));

        _reader.Asked.Should().HaveCount(asked).And.NotBeEmpty();
        _folder.Write("kept/base-layers.json", "[{");
        await PublishAsync(await RequestAsync(target, "kept1", "a third release"));
        _reader.Asked.Count.Should().BeGreaterThan(asked, "what is damaged is read anew");
    }

    [Fact]
    public async Task AListOfPlatforms_LeadsToTheImageOfThisOne()
    {
        var manifest = Encoding.UTF8.GetBytes(await SkopeoAsync("inspect", "--raw", $"docker://{_hub.Host}/base:1"));
        JsonObject Entry(string digest, string architecture) => new()
        {
            ["mediaType"] = JsonNode.Parse(manifest)!["mediaType"]!.GetValue<string>(), ["digest"] = digest, ["size"] = manifest.Length, ["platform"] = new JsonObject { ["os"] = "linux", ["architecture"] = architecture },
        };
        var index = new JsonObject
        {
            ["schemaVersion"] = 2,
            ["mediaType"] = "application/vnd.docker.distribution.manifest.list.v2+json",
            ["manifests"] = new JsonArray(Entry("sha256:" + Convert.ToHexStringLower(SHA256.HashData(manifest)), _engine.Platform.Split('/')[1])),
        };
        using var content = new StringContent(index.ToJsonString(), new MediaTypeHeaderValue("application/vnd.docker.distribution.manifest.list.v2+json"));
        (await _hub.Http.PutAsync(new Uri("base/manifests/list", UriKind.Relative), content, Token)).StatusCode.Should().Be(HttpStatusCode.Created);
        _base = $"{_hub.Host}/base:list";
        await PullAsync(_base);
        using var target = new FaultyProxy(_registry.Host, (_, _) => null);
        var request = await RequestAsync(target, "list");

        await PublishAsync(request);

        (await PublishedLayersAsync(request)).Should().StartWith(_baseLayers);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(FaultyProxy.Close)]
    [InlineData(404)]
    public async Task WithoutThatRegistry_TheEngineSendsThemItself(int fault)
    {
        using var target = new FaultyProxy(_registry.Host, (_, _) => null);
        var request = await RequestAsync(target, $"without{fault}");
        _reader.Fault = fault;

        await PublishAsync(request);

        (await PublishedLayersAsync(request)).Should().HaveCount(3).And.NotContain(_baseLayers);
    }

    [Theory]
    [InlineData("HEAD", 500)]
    [InlineData("POST", FaultyProxy.Close)]
    [InlineData("PATCH", 500)]
    [InlineData("PUT", FaultyProxy.Close)]
    public async Task WhatCantBeBrought_IsLeftToTheEngine(string method, int fault)
    {
        var asked = 0;
        using var target = new FaultyProxy(_registry.Host, (one, _) => one.StartsWith(method, StringComparison.Ordinal) && one.Contains("/blobs/", StringComparison.Ordinal) && Interlocked.Increment(ref asked) == 1 ? fault : null);
        var request = await RequestAsync(target, $"left{method.ToLowerInvariant()}");

        await PublishAsync(request);

        target.Faults.Should().Be(1);
        target.Requests.TakeWhile(one => one != "GET /v2/").Should().Contain(one => one.StartsWith(method, StringComparison.Ordinal), "that was before the engine began");
        (await PublishedLayersAsync(request)).Should().HaveCount(3);
    }

    [Fact]
    public async Task AnImageThatIsOnlyCopiedFrom_IsNotBrought()
    {
        using var target = new FaultyProxy(_registry.Host, (_, _) => null);
        var request = await RequestAsync(target, "copied", "text", $"FROM {_engine.BaseImage}\nCOPY --from={_base} /one/text /app/other\n");

        await PublishAsync(request);

        request.Image.BaseImages.Should().ContainSingle("the other one has no registry");
        (await PublishedLayersAsync(request)).Should().NotContain(_baseLayers);
        Uploads(target).Should().BeLessThanOrEqualTo(3, "base, layer and configuration");
        _reader.Asked.Should().NotBeEmpty("what it is made of had to be known");
    }

    [Fact]
    public async Task ARegistryOnThisMachine_GetsNothingFromAfar()
    {
        _reader.Hub = "registry-1.docker.io";
        _reader.Fault = FaultyProxy.Close;
        var source = new SourceRegistry(_http, (_, _) => Task.FromResult<AuthConfig?>(null));
        var login = new RegistryLogin(RegistryEcr.For(_registry), TimeProvider.System);
        var image = (await BuildAsync("afar", _engine.BaseImage)) with { BaseImages = [$"docker.io/library/node@sha256:{new string('0', 64)}"] };
        var layers = new BaseLayers(source, new BlobClient(new RegistryClient(_http, login)), directory: null);

        await layers.BringAsync(new PublishRequest(image, $"{_registry.Host}/afar"), Token);
        _reader.Asked.Should().BeEmpty("compressing takes less time than a download");
        await FluentActions.Awaiting(() => layers.BringAsync(new PublishRequest(image, "ecr.invalid/afar"), Token)).Should().ThrowAsync<HttpRequestException>();

        _reader.Asked.Should().ContainSingle().Which.Should().StartWith("/v2/library/node/manifests/sha256:0");
    }

    private async Task FillAsync()
    {
        _reader.Hub = _hub.Host;
        var made = await BuildAsync("made", from: "", dockerfile: "FROM scratch\nCOPY text /one/text\nCOPY text /two/text\n"); // nothing of it is in any registry
        await SkopeoAsync("copy", "--src-daemon-host", DockerConfig.Instance.GetEndpoint().ToString(), "--dest-compress-format", "gzip", "--dest-compress-level", "1", $"docker-daemon:{made.LocalReference}", $"docker://{_hub.Host}/base:1");
        _baseLayers = Layers(await SkopeoAsync("inspect", "--raw", $"docker://{_hub.Host}/base:1"));
        await _engine.Client.Images.DeleteImageAsync(made.LocalReference, new ImageDeleteParameters { Force = true }, Token); // an engine that has the image would not look at its layers
        _base = $"{_hub.Host}/base:1";
        await PullAsync(_base);
    }

    private static int Uploads(FaultyProxy proxy) => proxy.Requests.Count(asked => asked.StartsWith("PATCH", StringComparison.Ordinal));

    private static IReadOnlyList<string> Layers(string manifest) => [.. JsonNode.Parse(manifest)!["layers"]!.AsArray().Select(layer => layer!["digest"]!.GetValue<string>())];

    private async Task<IReadOnlyList<string>> PublishedLayersAsync(PublishRequest request)
        => Layers(await SkopeoAsync("inspect", "--raw", $"docker://{_registry.Host}/{request.RepositoryName}:{request.Image.Tag}"));

    private async Task PublishAsync(params PublishRequest[] requests) => (await Publisher().PublishAsync(requests, [], Token)).Pushed.Should().Be(requests.Length);

    private ImagePublisher Publisher() => new(RegistryEcr.For(_registry), _engine.Client, _http, TimeProvider.System, NullLogger.Instance)
    {
        Attempts = 1,
        SourceLogin = (host, _) => Task.FromResult<AuthConfig?>(Login(host)),
        Directory = _folder.Full("kept"),
    };

    private async Task<PublishRequest> RequestAsync(FaultyProxy target, string service, string? text = null, string? dockerfile = null)
    {
        var image = await BuildAsync(service, _base, text, dockerfile);
        return new PublishRequest(image, $"{target.Host}/{image.Repository}");
    }

    private async Task<BuiltImage> BuildAsync(string service, string from, string? text = null, string? dockerfile = null)
    {
        _folder.Write($"{service}/Dockerfile", dockerfile ?? $"FROM {from}\nCOPY text /app/text\n").Write($"{service}/text", $"{text} {Guid.NewGuid()}");
        var request = new ImageRequest { Service = service, Context = _folder.Full(service), Dockerfile = _folder.Full($"{service}/Dockerfile"), Platform = _engine.Platform, Repository = $"{_engine.Prefix}/{service}" };
        return (await new ImageBuilder(_engine.Client, TimeProvider.System, NullLogger.Instance).BuildAsync([request], cancellationToken: Token)).Images[0];
    }

    private Task PullAsync(string image) => _engine.Client.Images.CreateImageAsync(new ImagesCreateParameters { FromImage = image }, Login(_hub.Host), new Progress<JSONMessage>(), Token);

    private async Task<string> SkopeoAsync(params string[] arguments)
    {
        var logins = new JsonObject { [_hub.Host] = new JsonObject { ["auth"] = TestRegistry.Basic }, [_registry.Host] = new JsonObject { ["auth"] = TestRegistry.Basic } };
        _folder.Write("logins.json", new JsonObject { ["auths"] = logins }.ToJsonString());
        var insecure = arguments[0] == "copy" ? "--dest-tls-verify=false" : "--tls-verify=false";
        using var process = Process.Start(new ProcessStartInfo("skopeo", [arguments[0], "--authfile", _folder.Full("logins.json"), insecure, .. arguments[1..]]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;
        var error = process.StandardError.ReadToEndAsync(Token);
        var output = await process.StandardOutput.ReadToEndAsync(Token);
        await process.WaitForExitAsync(Token);
        process.ExitCode.Should().Be(0, "skopeo {0} wrote {1}", string.Join(' ', arguments), await error);
        return output;
    }

    /// <summary>What is read from the hub by us, and what goes wrong then.</summary>
    private sealed class HubReader() : DelegatingHandler(new SocketsHttpHandler())
    {
        public string Hub { get; set; } = "";

        public int? Fault { get; set; }

        public ConcurrentQueue<string> Asked { get; } = new();

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.RequestUri!.Authority != Hub)
            {
                return base.SendAsync(request, cancellationToken);
            }

            Asked.Enqueue(request.RequestUri.AbsolutePath);
            return Fault switch
            {
                null => base.SendAsync(request, cancellationToken),
                FaultyProxy.Close => throw new HttpRequestException("the connection was closed"),
                var status => Task.FromResult(new HttpResponseMessage((HttpStatusCode)status)),
            };
        }
    }
}
