using System.Diagnostics;
using Docker.DotNet;
using Microsoft.Extensions.Logging.Abstractions;
using Tiketi.Pipeline.Images;

namespace Tiketi.Pipeline.Tests.Images;

/// <summary>Dockerfiles that need BuildKit: with the real <c>docker buildx</c> where there is one, and what is said where there is none.</summary>
[Collection(EngineCollection.Name)]
public sealed class BuildxTests(TestEngine engine) : IDisposable
{
    private readonly TestFolder _app = new();

    public void Dispose() => _app.Dispose();

    [Fact]
    public async Task Build_GoesThroughBuildx_WithEverythingThatARequestSays()
    {
        RequireBuildx();
        _app.Write("Dockerfile",
            """
            ARG BASE
            FROM ${BASE} AS wanted
            ARG GREETING
            COPY --chmod=700 . /app/
            RUN --mount=type=cache,target=/cache echo $GREETING > /cache/x && cp /cache/x /greeting
            RUN test "$(cat /greeting)" = hello && test ! -e /app/secret.txt && test ! -e /app/Dockerfile && test -f /app/app.js
            FROM wanted
            RUN exit 1
            """)
            .Write(".dockerignore", "secret.txt\nDockerfile").Write("secret.txt", "s").Write("app.js", "");
        var request = Request() with
        {
            Target = "wanted",
            BuildArguments = Arguments(("BASE", engine.BaseImage), ("GREETING", "hello")),
            Labels = Arguments(("org.opencontainers.image.revision", "abc123")),
        };
        var steps = new List<ImageProgress>();

        var first = await Builder().BuildAsync([request], progress: new Steps(steps));
        var second = await Builder().BuildAsync([request]);

        first.Built.Should().Be(1);
        second.Images[0].Should().Match<BuiltImage>(image => image.Origin == ImageOrigin.Present && image.ImageId == first.Images[0].ImageId);
        (await engine.Client.Images.InspectImageAsync(first.Images[0].LocalReference)).Config!.Labels.Should().Contain("org.opencontainers.image.revision", "abc123");
        steps.Select(step => (step.Step, step.Steps)).Should().Equal((1, 4), (2, 4), (3, 4), (4, 4));
        steps[2].Instruction.Should().StartWith("RUN --mount=type=cache");
    }

    [Fact]
    public async Task Build_ShowsTheFailingInstructionAndItsLastLines()
    {
        RequireBuildx();
        _app.Write("Dockerfile", "ARG BASE\nFROM ${BASE}\nRUN --mount=type=cache,target=/c echo fine\nRUN echo looking for the module && echo module missing >&2 && exit 3\n");

        var failure = (await FluentActions.Awaiting(() => Builder().BuildAsync([Request() with { Repository = $"{engine.Prefix}/broken-kit" }])).Should().ThrowAsync<PipelineException>()).Which;

        failure.Message.Should().Contain("failed at step 3/3: RUN echo looking").And.Contain("module missing").And.Contain("exit code: 3").And.NotContain("fine\n");
        failure.Remedy.Should().Contain("Dockerfile");
        (await engine.TagsAsync($"{engine.Prefix}/broken-kit")).Should().BeEmpty();
    }

    [Fact]
    public async Task Build_TakesHereDocuments_OrSaysThatTheEngineIsTooOldForThem()
    {
        RequireBuildx();
        _app.Write("Dockerfile", "ARG BASE\nFROM ${BASE}\nRUN <<EOF\necho hello > /greeting\ntest \"$(cat /greeting)\" = hello\nEOF\n");
        var build = () => Builder().BuildAsync([Request() with { Repository = $"{engine.Prefix}/here" }], cancellationToken: TestContext.Current.CancellationToken);

        if (int.Parse((await engine.Client.System.GetVersionAsync(TestContext.Current.CancellationToken)).Version.Split('.')[0]) >= 23)
        {
            (await build()).Built.Should().Be(1);
            return;
        }

        var failure = (await build.Should().ThrowAsync<PipelineException>()).Which;
        failure.Message.Should().Contain("dockerfile parse error");
        failure.Remedy.Should().Contain("need Docker 23").And.Contain("'# syntax=docker/dockerfile:1'");
    }

    [Fact]
    public async Task Build_SaysExactlyWhatIsMissing_WhereThereIsNoBuildx()
    {
        _app.Write("Dockerfile", "ARG BASE\nFROM ${BASE}\nRUN --mount=type=cache,target=/c true\n").Write("bin/docker", "#!/bin/sh\necho \"docker: 'buildx' is not a docker command.\" >&2\nexit 1\n", executable: true);
        var builder = new ImageBuilder(engine.Client, TimeProvider.System, NullLogger.Instance) { Buildx = new Buildx(Host, _app.Full("bin/docker")) };

        var failure = (await FluentActions.Awaiting(() => builder.BuildAsync([Request()])).Should().ThrowAsync<PipelineException>()).Which;

        failure.Message.Should().Be($"{_app.Full("Dockerfile")} needs BuildKit (line 3: RUN --mount), and 'docker buildx' is not there: docker: 'buildx' is not a docker command.");
        failure.Remedy.Should().Contain("docker-buildx-plugin");
    }

    [Fact]
    public async Task Build_SaysSo_WhereThereIsNoClientAtAll()
    {
        _app.Write("Dockerfile", "# syntax=docker/dockerfile:1\nARG BASE\nFROM ${BASE}\n");
        var builder = new ImageBuilder(engine.Client, TimeProvider.System, NullLogger.Instance) { Buildx = new Buildx(Host, _app.Full("bin/docker")) };

        await FluentActions.Awaiting(() => builder.BuildAsync([Request()])).Should().ThrowAsync<PipelineException>().WithMessage("*needs BuildKit (line 1: # syntax=docker/dockerfile:1)*bin/docker can't be started*");
    }

    [Fact]
    public async Task Build_KeepsArgumentsOutOfTheCommandLine()
    {
        // a client that writes down how it is called; the real one takes the value of a --build-arg without one from its environment
        _app.Write("Dockerfile", "ARG BASE\nFROM ${BASE}\nRUN <<EOF\ntrue\nEOF\n").Write("bin/docker",
            """
            #!/bin/sh
            here=$(dirname "$0")
            if [ "$2" = version ]; then exit 0; fi
            printf '%s\n' "$@" > $here/arguments
            printf '%s' "$TOKEN $DOCKER_HOST" > $here/environment
            echo 'ERROR: failed to solve: no such thing' >&2
            exit 1
            """, executable: true);
        var builder = new ImageBuilder(engine.Client, TimeProvider.System, NullLogger.Instance) { Buildx = new Buildx(Host, _app.Full("bin/docker")), NoCache = true, SourceDate = DateTimeOffset.UnixEpoch };

        await FluentActions.Awaiting(() => builder.BuildAsync([Request() with { BuildArguments = Arguments(("BASE", engine.BaseImage), ("TOKEN", "s3cret"), ("HOME", "/app")) }]))
            .Should().ThrowAsync<PipelineException>().WithMessage("*failed*failed to solve: no such thing*");

        var arguments = await File.ReadAllLinesAsync(_app.Full("bin/arguments"));
        arguments.Should().NotContain(argument => argument.Contains("s3cret"));
        string.Join(' ', arguments).Should().StartWith("buildx build --builder default --load --provenance=false --progress plain --iidfile ").And.Contain($" --platform {engine.Platform} --no-cache --label org.opencontainers.image.created=1970-01-01T00:00:00Z ")
            .And.EndWith($" --build-arg BASE --build-arg HOME=/app --build-arg SOURCE_DATE_EPOCH --build-arg TOKEN {_app.Root}");
        (await File.ReadAllTextAsync(_app.Full("bin/environment"))).Should().Be($"s3cret {Host}");
    }

    private static string Host => DockerConfig.Instance.GetEndpoint().ToString();

    private static void RequireBuildx()
    {
        using var docker = Process.Start(new ProcessStartInfo("docker", ["buildx", "version"]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;
        docker.WaitForExit();
        Assert.SkipUnless(docker.ExitCode == 0, "docker buildx is not installed");
    }

    private ImageBuilder Builder() => new(engine.Client, TimeProvider.System, NullLogger.Instance) { Buildx = new Buildx(Host) };

    private ImageRequest Request() => new()
    {
        Service = "kit", Context = _app.Root, Dockerfile = _app.Full("Dockerfile"), Platform = engine.Platform, Repository = $"{engine.Prefix}/kit", BuildArguments = Arguments(("BASE", engine.BaseImage)),
    };

    private static Dictionary<string, string> Arguments(params (string Name, string Value)[] pairs)
        => pairs.ToDictionary(pair => pair.Name, pair => pair.Value, StringComparer.Ordinal);

    private sealed class Steps(List<ImageProgress> steps) : IProgress<ImageProgress>
    {
        public void Report(ImageProgress value) => steps.Add(value);
    }
}
