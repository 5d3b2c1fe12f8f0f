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
    public async Task Build_StopsAtTheWantedStage_AndGivesFilesTheWantedTime()
    {
        _app.Write("stages/Dockerfile", "ARG BASE\nFROM ${BASE} AS build\nCOPY app.js run.sh /\nRUN test \"$(stat -c %Y /app.js)\" = 1700000000 && test -x /run.sh\nFROM build AS wanted\nENV STAGE=wanted\nFROM build\nRUN exit 1\n")
            .Write("stages/app.js", "").Write("stages/run.sh", "", executable: true);
        var date = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);

        var report = await new ImageBuilder(engine.Client, TimeProvider.System, NullLogger.Instance) { SourceDate = date }.BuildAsync([Request("stages") with { Target = "wanted" }]);

        var image = await engine.Client.Images.InspectImageAsync(report.Images[0].LocalReference);
        image.Config!.Env.Should().Contain("STAGE=wanted");
        image.Config.Labels.Should().Contain("org.opencontainers.image.created", "2023-11-14T22:13:20Z");
    }

    [Fact]
    public async Task Build_WithoutCache_RunsEveryStepAfresh()
    {
        Service("afresh", "RUN cat /proc/sys/kernel/random/uuid > /id");

        var first = await BuildAsync("afresh");
        var again = await new ImageBuilder(engine.Client, TimeProvider.System, NullLogger.Instance) { NoCache = true }.BuildAsync([Request("afresh")]);

        again.Images[0].Should().Match<BuiltImage>(image => image.Origin == ImageOrigin.Built && image.Tag == first.Images[0].Tag && image.ImageId != first.Images[0].ImageId);
    }

    [Fact]
    public async Task Build_ReadsAContextOnce_ForAllServicesThatShareIt_AndNoIgnoredFolder()
    {
        _app.Write(".dockerignore", "**/node_modules\n.git").Write("shared/lib.js", "lib");
        foreach (var service in new[] { "one", "two", "three" })
        {
            _app.Write($"{service}/Dockerfile", $"ARG BASE\nFROM ${{BASE}}\nCOPY shared {service} /app/\nRUN test -f /app/lib.js && test -f /app/{service}.js && test ! -e /app/node_modules\n")
                .Write($"{service}/{service}.js", service).Write($"{service}/node_modules/a/b/c/index.js", "");
        }

        var hashes = FileHashes.Load(_app.Full(".git/hashes"));
        var requests = new[] { "one", "two", "three" }.Select(service => ImageRequest.For(Definition(service) with { Context = ".", Dockerfile = $"{service}/Dockerfile" }, _app.Root, Arguments)).ToList();
        var context = BuildContext.Scan(_app.Root, _app.Full("one/Dockerfile"));
        var tags = new List<string>();
        foreach (var request in requests)
        {
            tags.Add(await new ImageBuilder(engine.Client, TimeProvider.System, NullLogger.Instance).TagAsync(request));
        }

        var report = await new ImageBuilder(engine.Client, TimeProvider.System, NullLogger.Instance) { Hashes = hashes }.BuildAsync(requests, (_, _, _) => Task.FromResult(true));
        var built = await Builder().BuildAsync(requests);

        context.Files.FoldersRead.Should().Be(5, "the root, shared, one, two and three are looked into, .git and node_modules are not");
        hashes.FilesRead.Should().Be(context.Files.Entries.Count(entry => entry.Kind == ContextEntryKind.File));
        report.Images.Select(image => image.Tag).Should().Equal(tags).And.OnlyHaveUniqueItems();
        built.Built.Should().Be(3);
    }

    [Fact]
    public async Task Build_RunsAsManyAtOnceAsItMay_AndNoMore()
    {
        var (running, most) = (0, 0);
        var builder = new ImageBuilder(engine.Client, TimeProvider.System, NullLogger.Instance) { Parallelism = 2 };
        var services = new[] { "p1", "p2", "p3", "p4" };
        foreach (var service in services)
        {
            Service(service);
        }

        await builder.BuildAsync([.. services.Select(Request)], async (_, _, token) =>
        {
            InterlockedMax(ref most, Interlocked.Increment(ref running));
            await Task.Delay(100, token);
            Interlocked.Decrement(ref running);
            return true;
        });

        most.Should().Be(2);
    }

    [Fact]
    public async Task Build_ChecksOnce_BeforeItBuildsAnything()
    {
        Service("checked1");
        Service("checked2");
        var checks = 0;
        ImageBuilder Checked(Func<Task> check) => new(engine.Client, TimeProvider.System, NullLogger.Instance) { BeforeBuilding = _ => { checks++; return check(); } };

        await FluentActions.Awaiting(() => Checked(() => throw new PipelineException("not here", "elsewhere")).BuildAsync([Request("checked1")])).Should().ThrowAsync<PipelineException>().WithMessage("not here");
        (await engine.TagsAsync($"{engine.Prefix}/checked1")).Should().BeEmpty();
        await Checked(() => Task.CompletedTask).BuildAsync([Request("checked1"), Request("checked2")]);
        await Checked(() => Task.CompletedTask).BuildAsync([Request("checked1"), Request("checked2")]);

        checks.Should().Be(2, "the first run failed by it, the second built two images, the third none");
    }

    [Fact]
    public async Task Build_HandsOnEachImageThatItBuilt_WhileOthersAreStillInTheMaking()
    {
        Service("there");
        Service("early");
        Service("late", "RUN test -e /app/app.js").Write("late/app.js", "");
        await BuildAsync("there");
        var handedOn = new List<BuiltImage>();
        var isEarlyOut = new TaskCompletionSource();
        var builder = new ImageBuilder(engine.Client, TimeProvider.System, NullLogger.Instance)
        {
            Parallelism = 3,
            AfterBuilding = async (image, token) =>
            {
                lock (handedOn)
                {
                    handedOn.Add(image);
                }

                isEarlyOut.TrySetResult();
                (await engine.TagsAsync($"{engine.Prefix}/{image.Service}")).Should().ContainSingle("it is there by then").Which.Should().EndWith(image.Tag);
            },
        };

        var report = await builder.BuildAsync(
            [Request("there"), Request("early"), Request("late")],
            async (repository, _, token) =>
            {
                if (repository.EndsWith("/late", StringComparison.Ordinal))
                {
                    await isEarlyOut.Task.WaitAsync(TimeSpan.FromMinutes(1), token); // its build begins when another is over
                }

                return false;
            });

        handedOn.Should().Equal(report.Images[1], report.Images[2]);
    }

    [Fact]
    public async Task Build_GivesNoName_ToAnImageWhoseContextChangedMeanwhile()
    {
        Service("unsteady", "RUN sleep 1").Write("unsteady/app.js", "1");
        var progress = new Steps([], step =>
        {
            if (step.Step == 4)
            {
                _app.Write("unsteady/app.js", "2");
            }
        });

        await FluentActions.Awaiting(() => Builder().BuildAsync([Request("unsteady")], progress: progress)).Should().ThrowAsync<PipelineException>().WithMessage("*unsteady changed while*");

        (await engine.TagsAsync($"{engine.Prefix}/unsteady")).Should().BeEmpty();
    }

    [Fact]
    public async Task Build_ShowsTheFailingInstructionAndItsLastLines()
    {
        Service("broken", "RUN echo fine\nRUN echo looking for the module && echo module missing >&2 && exit 3");
        var steps = new List<ImageProgress>();

        var act = () => Builder().BuildAsync([Request("broken")], progress: new Steps(steps));

        var failure = (await act.Should().ThrowAsync<PipelineException>()).Which;
        failure.Message.Should().Contain("broken failed at step 5/6: RUN echo looking").And.Contain("module missing").And.Contain("code: 3").And.NotContain("fine\n").And.NotContain("intermediate container");
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

    private static void InterlockedMax(ref int most, int value)
    {
        for (var seen = most; value > seen && Interlocked.CompareExchange(ref most, value, seen) != seen; seen = most)
        {
        }
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
