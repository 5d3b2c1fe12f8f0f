using Microsoft.Extensions.Logging.Abstractions;
using Tiketi.Integration.Registry;
using Tiketi.Pipeline;
using Tiketi.Pipeline.Images;
using Tiketi.Pipeline.Registry;
using Tiketi.Pipeline.Tests.Registry;

namespace Tiketi.Integration.Engine;

/// <summary>A real engine whose disk fills up, and one that is killed: each ends in one clear message.</summary>
[Collection(PushCollection.Name)]
public sealed class EngineFailureTests(PushFixture push) : IDisposable
{
    private readonly DirectoryInfo _context = Directory.CreateTempSubdirectory("tiketi-context-");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _context.Delete(recursive: true);

    [Theory]
    [InlineData(20, "*failed at step * COPY big /?\n*no space left on device")] // the context takes one copy of it, each layer another: soon there is no room for one more
    [InlineData(90, "The Docker engine refused to build big: *no space left on device*")] // not even the context has
    public async Task AFullDisk_IsNamedWithWhatFreesIt(int mebibytes, string message)
    {
        await using var engine = await OwnEngine.StartAsync(50, Token);
        Write("big", mebibytes);
        Dockerfile("FROM scratch\nCOPY big /1\nCOPY big /2\nCOPY big /3\n");

        var failure = (await FluentActions.Awaiting(() => Builder(engine).BuildAsync([Request("big")], cancellationToken: Token)).Should().ThrowAsync<PipelineException>()).Which;

        failure.Message.Should().Match(message);
        failure.Remedy.Should().StartWith("The engine's disk is full: 'docker system df'");
    }

    [Fact]
    public async Task AnEngineThatIsKilledMidBuild_IsNamed()
    {
        await using var engine = await OwnEngine.StartAsync(50, Token);
        File.Copy("/bin/busybox", Path.Combine(_context.FullName, "sh"));
        Dockerfile("FROM scratch\nCOPY sh /bin/sh\nRUN sleep 600\n");
        var progress = new Steps(step =>
        {
            if (step.Step == 3)
            {
                engine.Kill();
            }
        });

        var failure = (await FluentActions.Awaiting(() => Builder(engine).BuildAsync([Request("killed")], progress: progress, cancellationToken: Token)).Should().ThrowAsync<PipelineException>()).Which;

        failure.Message.Should().StartWith("The Docker engine went away while it built killed: ");
        failure.Remedy.Should().StartWith("Start the engine again");
    }

    [Fact]
    public async Task AnEngineThatIsKilledMidPush_IsNamed_AndTheNextPushIsWhole()
    {
        var target = push.Target(Target.DockerRegistry);
        Write("data", 1);
        Dockerfile("FROM scratch\nCOPY data /\n");
        PublishRequest Of(BuiltImage image, string host) => new(image, $"{host}/{push.Engine.Prefix}/killed-engine");
        ImagePublisher Publisher(OwnEngine engine) => new(target.EcrAt(target.Host), engine.Client, push.Http, TimeProvider.System, NullLogger.Instance);

        await using (var engine = await OwnEngine.StartAsync(50, Token))
        {
            var image = (await Builder(engine).BuildAsync([Request("killed")], cancellationToken: Token)).Images[0];
            using var proxy = new FaultyProxy(target.Host, (asked, _) =>
            {
                if (asked.StartsWith("PATCH", StringComparison.Ordinal))
                {
                    engine.Kill();
                }

                return null;
            });
            (await FluentActions.Awaiting(() => Publisher(engine).PublishAsync([Of(image, proxy.Host)], ["v1"], Token)).Should().ThrowAsync<PipelineException>().WithMessage("The Docker engine went away during the push of *"))
                .Which.Remedy.Should().StartWith("Start the engine again");
        }

        await using var next = await OwnEngine.StartAsync(50, Token);
        var again = (await Builder(next).BuildAsync([Request("killed")], cancellationToken: Token)).Images[0];
        var published = (await Publisher(next).PublishAsync([Of(again, target.Host)], ["v1"], Token)).Images[0];
        await target.ShouldHoldAsync(published.RepositoryName, published.Digest, "v1", again.Tag);
    }

    private static ImageBuilder Builder(OwnEngine engine) => new(engine.Client, TimeProvider.System, NullLogger.Instance);

    private ImageRequest Request(string service) => new()
    {
        Service = service, Context = _context.FullName, Dockerfile = Path.Combine(_context.FullName, "Dockerfile"), Platform = push.Engine.Platform, Repository = $"own/{service}",
    };

    private void Dockerfile(string text) => File.WriteAllText(Path.Combine(_context.FullName, "Dockerfile"), text);

    private void Write(string name, int mebibytes)
    {
        using var file = File.Create(Path.Combine(_context.FullName, name));
        file.SetLength(mebibytes * 1024L * 1024);
    }

    private sealed class Steps(Action<ImageProgress> onStep) : IProgress<ImageProgress>
    {
        public void Report(ImageProgress value) => onStep(value);
    }
}
