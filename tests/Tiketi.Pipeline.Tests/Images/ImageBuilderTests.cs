using Microsoft.Extensions.Logging.Abstractions;
using Tiketi.Pipeline.Configuration;
using Tiketi.Pipeline.Images;

namespace Tiketi.Pipeline.Tests.Images;

[Collection(EngineCollection.Name)]
public sealed class ImageBuilderTests(TestEngine engine) : IDisposable
{
    private readonly TestFolder _app = new();

    public void Dispose() => _app.Dispose();

    [Fact]
    public async Task Build_BuildsOnce_ThenOnlyWhatChanged()
    {
        Service("one").Write("one/app.js", "1");
        Service("two").Write("two/app.js", "1");

        var first = await BuildAsync("one", "two");
        var second = await BuildAsync("one", "two");
        _app.Write("two/app.js", "2");
        var third = await BuildAsync("one", "two");

        first.Images.Select(image => image.Origin).Should().Equal(ImageOrigin.Built, ImageOrigin.Built);
        second.Built.Should().Be(0);
        second.Images.Select(image => image.Tag).Should().Equal(first.Images.Select(image => image.Tag));
        third.Images.Select(image => image.Origin).Should().Equal(ImageOrigin.Present, ImageOrigin.Built);
        third.Images[1].ImageId.Should().NotBe(first.Images[1].ImageId);
    }

    [Fact]
    public async Task Build_PutsContextArgumentsAndLabelsIn_AndKeepsIgnoredFilesOut()
    {
        Service("full", "ARG GREETING\nRUN test ! -e /app/secret.txt && test ! -e /app/Dockerfile && test -x /app/run.sh && test \"$(cat /app/link)\" = hello && echo $GREETING > /greeting");
        _app.Write("full/.dockerignore", "secret.txt\nDockerfile").Write("full/secret.txt", "s").Write("full/run.sh", "#!/bin/sh", executable: true).Write("full/text", "hello").Link("full/link", "text");

        var request = Request("full") with
        {
            BuildArguments = new Dictionary<string, string>(StringComparer.Ordinal) { ["BASE"] = engine.BaseImage, ["GREETING"] = "hi" },
            Labels = new Dictionary<string, string>(StringComparer.Ordinal) { ["org.opencontainers.image.revision"] = "abc123" },
        };
        var report = await Builder().BuildAsync([request]);

        var image = await engine.Client.Images.InspectImageAsync(report.Images[0].LocalReference);
        image.Config!.Labels.Should().Contain("org.opencontainers.image.revision", "abc123");
        image.ID.Should().Be(report.Images[0].ImageId);
    }

    [Fact]
    public async Task Build_ShowsTheFailingInstructionAndItsLastLines()
    {
        Service("broken", "RUN echo fine\nRUN echo looking for the module && echo module missing >&2 && exit 3");
        var steps = new List<ImageProgress>();

        var act = () => Builder().BuildAsync([Request("broken")], progress: new Steps(steps));

        var failure = (await act.Should().ThrowAsync<PipelineException>()).Which;
        failure.Message.Should().Contain("broken failed at step 5/5: RUN echo looking").And.Contain("module missing").And.Contain("code: 3").And.NotContain("fine\n");
        failure.Remedy.Should().Contain("broken/Dockerfile");
        steps.Select(step => step.Step).Should().Equal(1, 2, 3, 4, 5);
        (await engine.TagsAsync($"{engine.Prefix}/broken")).Should().BeEmpty();
    }

    [Fact]
    public async Task Build_ShowsASyntaxError()
    {
        Service("syntax", "NONSENSE here");

        await FluentActions.Awaiting(() => BuildAsync("syntax")).Should().ThrowAsync<PipelineException>().WithMessage("*syntax*unknown instruction: NONSENSE*");
    }

    [Fact]
    public async Task Build_DoesNothing_WhenTheRegistryHasIt()
    {
        Service("published");
        var asked = new List<string>();

        var report = await Builder().BuildAsync([Request("published")], (repository, tag, _) =>
        {
            asked.Add($"{repository}:{tag}");
            return Task.FromResult(true);
        });

        report.Images.Should().ContainSingle().Which.Origin.Should().Be(ImageOrigin.Published);
        asked.Should().Equal(report.Images[0].LocalReference);
        (await engine.TagsAsync($"{engine.Prefix}/published")).Should().BeEmpty();
    }

    [Fact]
    public async Task Build_RefusesAnotherPlatformThanWanted()
    {
        Service("foreign");
        var wanted = engine.Platform == "linux/amd64" ? "linux/arm64" : "linux/amd64";

        // a base image of the wrong platform: the engine builds from it, and only the result tells
        await FluentActions.Awaiting(() => Builder().BuildAsync([Request("foreign") with { Platform = wanted }]))
            .Should().ThrowAsync<PipelineException>().WithMessage($"*{wanted}*");
    }

    [Fact]
    public async Task Build_NamesABaseImageThatIsNowhere()
    {
        _app.Write("nobase/Dockerfile", $"FROM {engine.Prefix}.invalid/none:1");

        await FluentActions.Awaiting(() => BuildAsync("nobase")).Should().ThrowAsync<PipelineException>().WithMessage($"*{engine.Prefix}.invalid/none:1*");
    }

    [Fact]
    public async Task Build_StopsWhenCancelled()
    {
        Service("slow", "RUN sleep 60");
        using var stop = new CancellationTokenSource();
        var progress = new Steps([], step =>
        {
            if (step.Instruction.Contains("sleep", StringComparison.Ordinal))
            {
                stop.Cancel();
            }
        });

        await FluentActions.Awaiting(() => Builder().BuildAsync([Request("slow")], progress: progress, cancellationToken: stop.Token))
            .Should().ThrowAsync<OperationCanceledException>();
    }

    [Fact]
    public async Task Build_TakesADockerfileFromOutsideTheContext()
    {
        _app.Write("docker/shared.Dockerfile", "ARG BASE\nFROM ${BASE}\nCOPY . /app\nRUN test -e /app/app.js && test ! -e /app/.dockerfile.tiketi").Write("outside/app.js", "");
        var service = Definition("outside") with { Dockerfile = "./docker/shared.Dockerfile" };

        var report = await Builder().BuildAsync([ImageRequest.For(service, _app.Root, Arguments)]);

        report.Built.Should().Be(1);
    }

    private Dictionary<string, string> Arguments => new(StringComparer.Ordinal) { ["BASE"] = engine.BaseImage };

    private ImageBuilder Builder() => new(engine.Client, TimeProvider.System, NullLogger.Instance);

    private Task<ImageBuildReport> BuildAsync(params string[] services) => Builder().BuildAsync([.. services.Select(Request)]);

    private ImageRequest Request(string service) => ImageRequest.For(Definition(service), _app.Root, Arguments);

    private ServiceDefinition Definition(string service) => new()
    {
        Name = service, Context = service, Port = 80, KubernetesService = service, Path = "/", Repository = $"{engine.Prefix}/{service}", Platform = engine.Platform, Replicas = 1,
    };

    private TestFolder Service(string name, string steps = "") => _app.Write($"{name}/Dockerfile", $"ARG BASE\nFROM ${{BASE}}\nCOPY . /app\n{steps}\n");

    private sealed class Steps(List<ImageProgress> steps, Action<ImageProgress>? also = null) : IProgress<ImageProgress>
    {
        public void Report(ImageProgress value)
        {
            steps.Add(value);
            also?.Invoke(value);
        }
    }
}
