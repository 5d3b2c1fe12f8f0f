using Docker.DotNet.Models;
using Microsoft.Extensions.Logging.Abstractions;
using Tiketi.Pipeline.Images;
using Tiketi.Pipeline.Tests.Registry;

namespace Tiketi.Pipeline.Tests.Images;

/// <summary>Base images from a mirror: Debian's docker-registry with basic auth, which a real engine pulls from with the login that ECR hands out.</summary>
[Collection(EngineCollection.Name)]
public sealed class ImageMirrorTests(TestEngine engine) : IAsyncLifetime
{
    private readonly TestRegistry _registry = new();
    private readonly TestFolder _app = new();

    /// <summary>An image that no public registry has.</summary>
    private string Public => $"{engine.Prefix}-public/node:20";

    private string Mirrored => $"{_registry.Host}/hub/{engine.Prefix}-public/node";

    private AuthConfig Login => new() { Username = TestRegistry.User, Password = TestRegistry.Password, ServerAddress = _registry.Host };

    public async ValueTask InitializeAsync()
    {
        await _registry.InitializeAsync();
        await engine.Client.Images.TagImageAsync(engine.BaseImage, new ImageTagParameters { RepositoryName = Mirrored, Tag = "20" });
        await engine.Client.Images.PushImageAsync(Mirrored, new ImagePushParameters { Tag = "20" }, Login, new Progress<JSONMessage>());
        await engine.Client.Images.DeleteImageAsync($"{Mirrored}:20", new ImageDeleteParameters());
    }

    public async ValueTask DisposeAsync()
    {
        _app.Dispose();
        await _registry.DisposeAsync();
    }

    [Fact]
    public async Task Build_TakesTheBaseImageFromTheMirror_AndLeavesTheDockerfileAsItIs()
    {
        _app.Write("Dockerfile", $"FROM {Public} AS base\nFROM base\nCOPY . /app\nRUN grep -q 'FROM {Public}' /app/Dockerfile && test ! -e /app/.dockerfile.tiketi && test ! -e /app/.dockerignore\n");
        var digest = (await _registry.TagsAsync($"hub/{engine.Prefix}-public/node"))!["20"];

        var report = await Builder(("docker.io", $"{_registry.Host}/hub")).BuildAsync([Request()]);

        report.Built.Should().Be(1);
        (await engine.Client.Images.InspectImageAsync($"{Mirrored}:20")).RepoDigests.Should().Contain($"{Mirrored}@{digest}");
    }

    [Fact]
    public async Task Tag_IsTheSame_WhateverMirrorTheSameImageComesFrom()
    {
        _app.Write("Dockerfile", $"FROM {Public}\n");
        var other = $"{_registry.Host}/other/{engine.Prefix}-node";
        await engine.Client.Images.TagImageAsync(engine.BaseImage, new ImageTagParameters { RepositoryName = other, Tag = "20" });
        await engine.Client.Images.PushImageAsync(other, new ImagePushParameters { Tag = "20" }, Login, new Progress<JSONMessage>());

        var one = await Builder(("docker.io", $"{_registry.Host}/hub")).TagAsync(Request());
        var two = await Builder(("docker.io", "nowhere.invalid"), ($"docker.io/{engine.Prefix}-public/node", other)).TagAsync(Request());

        two.Should().Be(one);
    }

    [Fact]
    public async Task Build_DoesNotLookInAMirror_ForAnImageThatWasMadeHere()
    {
        _app.Write("Dockerfile", $"FROM {engine.BaseImage}\nRUN true\n");

        (await Builder(("docker.io", $"{_registry.Host}/hub")).BuildAsync([Request()])).Built.Should().Be(1);
    }

    [Fact]
    public async Task Build_NamesTheMirrorThatLacksAnImage()
    {
        _app.Write("Dockerfile", $"FROM {engine.Prefix}-public/ruby:3\n");

        var failure = (await FluentActions.Awaiting(() => Builder(("docker.io", $"{_registry.Host}/hub")).BuildAsync([Request()])).Should().ThrowAsync<PipelineException>()).Which;

        failure.Message.Should().Contain($"{engine.Prefix}-public/ruby:3 is neither on the Docker engine nor to be had from its mirror ({_registry.Host}/hub/{engine.Prefix}-public/ruby:3)");
        failure.Remedy.Should().Contain("imageMirrors");
    }

    [Theory]
    [InlineData("node", "hub.example/cache/library/node:latest")]
    [InlineData("node:20-slim@sha256:abc", "hub.example/cache/library/node:20-slim@sha256:abc")]
    [InlineData("bitnami/redis:7", "hub.example/cache/bitnami/redis:7")]
    [InlineData("docker.io/library/nginx:1", "own.example/nginx:1")]
    [InlineData("index.docker.io/library/nginxes:1", "hub.example/cache/library/nginxes:1")]
    [InlineData("public.ecr.aws/docker/library/node:20", "ecr.example/docker/library/node:20")]
    [InlineData("quay.io/a/b:1", null)]
    [InlineData("localhost:5000/a", null)]
    public void Find_PutsTheLongestNameThatFits(string image, string? expected)
        => new ImageMirrors(new Dictionary<string, string>(StringComparer.Ordinal) { ["docker.io"] = "hub.example/cache", ["docker.io/library/nginx"] = "own.example/nginx", ["public.ecr.aws"] = "ecr.example" })
            .Find(image).Should().Be(expected);

    private ImageBuilder Builder(params (string Name, string Place)[] mirrors) => new(engine.Client, TimeProvider.System, NullLogger.Instance)
    {
        Mirrors = new ImageMirrors(mirrors.ToDictionary(mirror => mirror.Name, mirror => mirror.Place, StringComparer.Ordinal)),
        Login = new EcrMirrorLogin(_ => RegistryEcr.For(_registry), TimeProvider.System, emulated: _registry.Host).FindAsync,
    };

    private ImageRequest Request() => new()
    {
        Service = "mirrored", Context = _app.Root, Dockerfile = _app.Full("Dockerfile"), Platform = engine.Platform, Repository = $"{engine.Prefix}/mirrored-{Guid.NewGuid():N}",
    };
}
