using System.Net;
using System.Net.Http.Headers;
using Docker.DotNet.Models;
using Tiketi.Pipeline.Images;
using Tiketi.Pipeline.Registry;

namespace Tiketi.Pipeline.Tests.Registry;

public sealed class SourceRegistryTests : IDisposable
{
    private const string Blob = "blobs/sha256:1";

    private readonly FakeHub _hub = new();
    private readonly HttpClient _http;

    public SourceRegistryTests() => _http = new HttpClient(_hub);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _http.Dispose();
        _hub.Dispose();
    }

    [Fact]
    public async Task DockerHub_IsReadWithTheTokenThatItNames_AskedForOnce()
    {
        _hub.Challenge = new("Bearer", "realm=\"https://auth.docker.io/token\",service=\"registry.docker.io\",scope=\"repository:library/node:pull\"");
        var registry = new SourceRegistry(_http, Nobody);

        (await ReadAsync(registry, "node:20")).Should().Be("bytes");
        (await ReadAsync(registry, "node:20")).Should().Be("bytes");

        _hub.Requests.Should().Equal(
            "https://registry-1.docker.io/v2/library/node/blobs/sha256:1 -",
            "https://auth.docker.io/token?service=registry.docker.io&scope=repository%3Alibrary%2Fnode%3Apull -",
            "https://registry-1.docker.io/v2/library/node/blobs/sha256:1 Bearer t0ken",
            "https://registry-1.docker.io/v2/library/node/blobs/sha256:1 Bearer t0ken");
    }

    [Fact]
    public async Task AKnownLogin_GoesToTheTokenServer_OrToTheRegistryItself()
    {
        var registry = new SourceRegistry(_http, (host, _) => Task.FromResult<AuthConfig?>(new AuthConfig { Username = "AWS", Password = host }));

        _hub.Challenge = new("Bearer", "realm=\"https://tokens.example/\",service=\"s\"");
        await ReadAsync(registry, "one.example/base");
        _hub.Challenge = new("Basic", "realm=\"registry\"");
        await ReadAsync(registry, "two.example/base");

        _hub.Requests.Should().Equal(
            "https://one.example/v2/base/blobs/sha256:1 -",
            "https://tokens.example/?service=s Basic QVdTOm9uZS5leGFtcGxl",
            "https://one.example/v2/base/blobs/sha256:1 Bearer t0ken",
            "https://two.example/v2/base/blobs/sha256:1 -",
            "https://two.example/v2/base/blobs/sha256:1 Basic QVdTOnR3by5leGFtcGxl");
    }

    [Theory]
    [InlineData("Basic", "realm=\"r\"", "one.example wants a login, and none is known.")]
    [InlineData("Bearer", "realm=\"http://one.example/token\"", "*'http://one.example/token', which is no safe address.")]
    [InlineData("Bearer", "service=\"s\"", "*'', which is no safe address.")]
    [InlineData("Bearer", "realm=\"https://nothing.example/\"", "https://nothing.example/ gives no token: 404.")]
    public async Task WhatCantBeRead_SaysWhy(string scheme, string parameter, string message)
    {
        _hub.Challenge = new AuthenticationHeaderValue(scheme, parameter);

        await FluentActions.Awaiting(() => ReadAsync(new SourceRegistry(_http, Nobody), "one.example/base")).Should().ThrowAsync<RegistryFault>().WithMessage(message);
    }

    [Fact]
    public async Task ARefusedToken_EndsIt()
    {
        _hub.Challenge = new("Bearer", "realm=\"https://tokens.example/\"");
        _hub.Accepts = false;

        await FluentActions.Awaiting(() => ReadAsync(new SourceRegistry(_http, Nobody), "one.example/base")).Should().ThrowAsync<RegistryFault>().WithMessage("GET https://one.example/v2/base/blobs/sha256:1: 401*");
        _hub.Requests.Should().HaveCount(3);
    }

    private static Task<AuthConfig?> Nobody(string registry, CancellationToken cancellationToken) => Task.FromResult<AuthConfig?>(null);

    private static async Task<string> ReadAsync(SourceRegistry registry, string image)
    {
        using var answer = await registry.GetAsync(ImageReference.Parse(image), Blob, [], Token);
        return await answer.Content.ReadAsStringAsync(Token);
    }

    /// <summary>Any registry and any token server, by their addresses.</summary>
    private sealed class FakeHub : HttpMessageHandler
    {
        public AuthenticationHeaderValue Challenge { get; set; } = new("Basic");

        public bool Accepts { get; set; } = true;

        public List<string> Requests { get; } = [];

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Requests.Add($"{request.RequestUri!.AbsoluteUri} {request.Headers.Authorization?.ToString() ?? "-"}");
            var isRegistry = request.RequestUri.AbsolutePath.StartsWith("/v2/", StringComparison.Ordinal);
            var answer = request.RequestUri.Host == "nothing.example" ? new HttpResponseMessage(HttpStatusCode.NotFound)
                : !isRegistry ? new HttpResponseMessage { Content = new StringContent("""{"access_token":"t0ken"}""", System.Text.Encoding.UTF8, "application/json") }
                : request.Headers.Authorization is not null && Accepts ? new HttpResponseMessage { Content = new StringContent("bytes") }
                : new HttpResponseMessage(HttpStatusCode.Unauthorized) { Headers = { WwwAuthenticate = { Challenge } } };
            return Task.FromResult(answer);
        }
    }
}
