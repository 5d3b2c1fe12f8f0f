using Docker.DotNet.Models;
using Microsoft.Extensions.Logging.Abstractions;
using Tiketi.Pipeline;
using Tiketi.Pipeline.Images;

namespace Tiketi.Integration.Registry;

/// <summary>Base images from an ECR registry: the login comes from its API over the wire, and the engine pulls with it.</summary>
[Collection(PushCollection.Name)]
public sealed class MirrorTests(PushFixture push) : IDisposable
{
    private readonly DirectoryInfo _context = Directory.CreateTempSubdirectory("tiketi-mirror-");

    public void Dispose() => _context.Delete(recursive: true);

    [Fact]
    public async Task ABaseImage_IsPulledThroughEcr_WithItsToken()
    {
        var login = new EcrMirrorLogin(push.Cloud.Aws.EcrIn, TimeProvider.System, push.Cloud.Host);
        var name = $"{push.Engine.Prefix}-public/node";
        var mirrored = $"{push.Cloud.Host}/hub/{name}";
        await push.Cloud.CreateRepositoryAsync($"hub/{name}");
        await push.Engine.Client.Images.TagImageAsync(push.Engine.BaseImage, new ImageTagParameters { RepositoryName = mirrored, Tag = "20" });
        await push.Engine.Client.Images.PushImageAsync(mirrored, new ImagePushParameters { Tag = "20" }, await login.FindAsync(push.Cloud.Host, default), new Progress<JSONMessage>());
        await push.Engine.Client.Images.DeleteImageAsync($"{mirrored}:20", new ImageDeleteParameters());
        var request = new ImageRequest
        {
            Service = "mirrored", Context = _context.FullName, Dockerfile = Path.Combine(_context.FullName, "Dockerfile"), Platform = push.Engine.Platform, Repository = $"{push.Engine.Prefix}/mirrored",
        };
        await File.WriteAllTextAsync(request.Dockerfile, $"FROM {name}:20\nRUN test -x /bin/busybox\n");
        ImageBuilder Builder(Func<string, CancellationToken, Task<AuthConfig?>> find) => new(push.Engine.Client, TimeProvider.System, NullLogger.Instance)
        {
            Login = find,
            Mirrors = new ImageMirrors(new Dictionary<string, string>(StringComparer.Ordinal) { ["docker.io"] = $"{push.Cloud.Host}/hub" }),
        };

        await FluentActions.Awaiting(() => Builder((_, _) => Task.FromResult<AuthConfig?>(null)).BuildAsync([request])).Should().ThrowAsync<PipelineException>().WithMessage($"*its mirror ({mirrored}:20)*", "the registry lets nobody in without a login");
        var report = await Builder(login.FindAsync).BuildAsync([request]);

        report.Built.Should().Be(1);
        (await push.Engine.Client.Images.InspectImageAsync($"{mirrored}:20")).RepoDigests.Should().Contain(digest => digest.StartsWith($"{mirrored}@sha256:", StringComparison.Ordinal));
    }
}
