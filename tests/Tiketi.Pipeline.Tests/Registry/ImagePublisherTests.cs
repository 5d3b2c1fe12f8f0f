using System.Collections.Concurrent;
using Amazon.ECR;
using Amazon.ECR.Model;
using Docker.DotNet.Models;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using NSubstitute;
using Tiketi.Pipeline.Images;
using Tiketi.Pipeline.Registry;
using Tiketi.Pipeline.Tests.Images;

namespace Tiketi.Pipeline.Tests.Registry;

[Collection(EngineCollection.Name)]
public sealed class ImagePublisherTests(TestEngine engine, TestRegistry registry) : IClassFixture<TestRegistry>, IDisposable
{
    private readonly TestFolder _app = new();
    private readonly HttpClient _http = new();

    public void Dispose()
    {
        _app.Dispose();
        _http.Dispose();
    }

    [Fact]
    public async Task Publish_PushesOnce_ThenAsksOnce()
    {
        var request = await BuildAsync("once", "1");

        var first = await PublishAsync(request, ["v1", "latest"]);
        var second = await PublishAsync(request, ["v1", "latest"]);

        first.Images[0].Action.Should().Be(PublishAction.Pushed);
        first.Images[0].Reference.Should().MatchRegex("^127.0.0.1:[0-9]+/.*/once@sha256:[0-9a-f]{64}$");
        second.Images[0].Should().BeEquivalentTo(first.Images[0], options => options.Excluding(image => image.Action).Excluding(image => image.Duration));
        second.Images[0].Action.Should().Be(PublishAction.Unchanged);
        second.RegistryRequests.Should().Be(1);
        (await registry.TagsAsync(request.RepositoryName)).Should().BeEquivalentTo(
            new Dictionary<string, string>(StringComparer.Ordinal) { ["v1"] = first.Images[0].Digest, ["latest"] = first.Images[0].Digest, [request.Image.Tag] = first.Images[0].Digest });
    }

    [Fact]
    public async Task Published_ImagePullsAndRuns()
    {
        var request = await BuildAsync("runs", "hello from the registry");
        var published = (await PublishAsync(request, ["latest"])).Images[0];
        foreach (var tag in await engine.TagsAsync(request.RepositoryUri))
        {
            await engine.Client.Images.DeleteImageAsync(tag, new ImageDeleteParameters { Force = true });
        }

        await engine.Client.Images.CreateImageAsync(
            new ImagesCreateParameters { FromImage = request.RepositoryUri, Tag = published.Digest },
            new AuthConfig { Username = TestRegistry.User, Password = TestRegistry.Password, ServerAddress = registry.Host },
            new Progress<JSONMessage>());
        var container = await engine.Client.Containers.CreateContainerAsync(new CreateContainerParameters { Image = published.Reference, Cmd = ["/bin/busybox", "cat", "/app/text"] });
        try
        {
            await engine.Client.Containers.StartContainerAsync(container.ID);
            (await engine.Client.Containers.WaitContainerAsync(container.ID)).StatusCode.Should().Be(0);
            var logs = await engine.Client.Containers.GetContainerLogsAsync(container.ID, new ContainerLogsParameters { ShowStdout = true });
            (await logs.ReadOutputToEndAsync(default)).stdout.Should().Be("hello from the registry");
        }
        finally
        {
            await engine.Client.Containers.RemoveContainerAsync(container.ID, new ContainerRemoveParameters { Force = true });
        }
    }

    [Fact]
    public async Task Publish_MovesTagsWithoutSendingTheImage()
    {
        var one = await BuildAsync("moving", "1");
        var two = await BuildAsync("moving", "2");
        var first = (await PublishAsync(one, ["v1", "latest"])).Images[0];
        var second = (await PublishAsync(two, ["v2", "latest"])).Images[0];

        var back = (await PublishAsync(one, ["v3", "latest"])).Images[0];

        back.Action.Should().Be(PublishAction.Tagged);
        back.Digest.Should().Be(first.Digest);
        var tags = await registry.TagsAsync(one.RepositoryName);
        tags!["latest"].Should().Be(first.Digest);
        tags["v3"].Should().Be(first.Digest);
        tags["v2"].Should().Be(second.Digest);
    }

    [Fact]
    public async Task FindPublished_TellsDigestOrNothing()
    {
        var request = await BuildAsync("find", "1");
        var published = (await PublishAsync(request, ["latest"])).Images[0];
        var publisher = Publisher(RegistryEcr.For(registry, exists: name => !name.EndsWith("/absent", StringComparison.Ordinal)));

        (await publisher.FindPublishedAsync(request.RepositoryName, request.Image.Tag)).Should().Be(published.Digest);
        (await publisher.FindPublishedAsync(request.RepositoryName, "input-none")).Should().BeNull();
        (await publisher.FindPublishedAsync($"{engine.Prefix}/absent", "input-none")).Should().BeNull();
    }

    [Theory]
    [InlineData(59, 1)]
    [InlineData(61, 2)]
    public async Task Publish_DoesNotAskAgain_WhatFindPublishedWasJustTold(int secondsLater, int requests)
    {
        var request = await BuildAsync("asked", "1");
        await PublishAsync(request, ["latest"]);
        var time = new FakeTimeProvider();
        var publisher = Publisher(RegistryEcr.For(registry), time);
        await publisher.FindPublishedAsync(request.RepositoryName, request.Image.Tag);
        time.Advance(TimeSpan.FromSeconds(secondsLater));

        var report = await publisher.PublishAsync([request], ["latest"]);

        (report.Unchanged, report.RegistryRequests).Should().Be((1, requests));
        (await publisher.PublishAsync([request], ["latest"])).RegistryRequests.Should().Be(1, "an answer serves once");
    }

    [Fact]
    public async Task FindPublished_LetsTheBuildGoOn_WhenTheRegistryCantBeAsked()
    {
        var ecr = Substitute.For<IAmazonECR>();
        ecr.DescribeImagesAsync(Arg.Any<DescribeImagesRequest>(), Arg.Any<CancellationToken>()).Returns<DescribeImagesResponse>(_ => throw new AmazonECRException("not authorized to perform ecr:DescribeImages"));

        (await Publisher(ecr).FindPublishedAsync("tiketi/backend", "input-any")).Should().BeNull();
    }

    [Theory]
    [InlineData("release/1.0")]
    [InlineData("-x")]
    [InlineData("")]
    [InlineData("v1+2")]
    public async Task Publish_RefusesWhatIsNoTag_BeforeAnythingIsSent(string tag)
        => (await FluentActions.Awaiting(() => Publisher(Substitute.For<IAmazonECR>()).PublishAsync([], [tag])).Should().ThrowAsync<PipelineException>().WithMessage($"'{tag}' is no image tag.")).Which.Remedy.Should().Contain("--image-tag");

    [Fact]
    public async Task Publish_BelievesAPush_OnlyWhenEcrShowsTheImage()
    {
        var request = await BuildAsync("unseen", "1");
        var ecr = RegistryEcr.For(registry);
        ecr.DescribeImagesAsync(Arg.Any<DescribeImagesRequest>(), Arg.Any<CancellationToken>()).Returns<DescribeImagesResponse>(_ => throw new ImageNotFoundException("The image does not exist"));

        await FluentActions.Awaiting(() => Publisher(ecr).PublishAsync([request], ["latest"])).Should().ThrowAsync<PipelineException>().WithMessage("*unseen*after 3 tries*was pushed, but ECR does not show it as input-*");
    }

    [Fact]
    public async Task Publish_KeepsTheLoginOutOfCommandLinesAndOffTheDisk()
    {
        var request = await BuildAsync("secret", Guid.NewGuid().ToString());
        var seen = new ConcurrentQueue<string>();
        using var proxy = new FaultyProxy(registry.Host, (_, _) =>
        {
            foreach (var process in Directory.EnumerateDirectories("/proc").Where(folder => char.IsAsciiDigit(Path.GetFileName(folder)[0])))
            {
                try
                {
                    seen.Enqueue(File.ReadAllText(Path.Combine(process, "cmdline")));
                }
                catch (IOException)
                {
                    // it has ended
                }
            }

            return null;
        });

        await PublishAsync(request with { RepositoryUri = $"{proxy.Host}/{request.RepositoryName}" }, ["latest"]);

        seen.Should().Contain(line => line.Contains("docker-registry", StringComparison.Ordinal), "the registry's own process was seen, so ours were").And.NotContain(line => line.Contains(TestRegistry.Password, StringComparison.Ordinal));
        var configuration = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".docker", "config.json");
        (File.Exists(configuration) ? await File.ReadAllTextAsync(configuration) : "").Should().NotContain(proxy.Host).And.NotContain(TestRegistry.Basic);
    }

    [Fact]
    public async Task Publish_NamesAMissingRepository()
    {
        var request = await BuildAsync("missing", "1");

        (await FluentActions.Awaiting(() => Publisher(RegistryEcr.For(registry, exists: _ => false)).PublishAsync([request], ["latest"]))
            .Should().ThrowAsync<PipelineException>().WithMessage("*no repository*missing*")).Which.Remedy.Should().Contain("ApplyInfra");
    }

    [Fact]
    public async Task Publish_AsksForANewLogin_WhenTheFirstIsRefused()
    {
        var request = await BuildAsync("login", "1");
        var handedOut = 0;
        var ecr = RegistryEcr.For(registry, password: () => handedOut++ == 0 ? "expired" : TestRegistry.Password);

        var report = await Publisher(ecr).PublishAsync([request], ["latest"]);

        report.Pushed.Should().Be(1);
        handedOut.Should().Be(2);
    }

    [Fact]
    public async Task Publish_AsksForANewLogin_WhenTheFirstEndsSoon()
    {
        var request = await BuildAsync("expiry", "1");
        var handedOut = 0;
        var ecr = RegistryEcr.For(registry, password: () => { handedOut++; return TestRegistry.Password; }, expires: () => DateTime.UtcNow.AddMinutes(handedOut == 1 ? 1 : 600));

        await Publisher(ecr).PublishAsync([request], ["latest"]);

        handedOut.Should().Be(2, "the first token would have ended during a push");
    }

    [Fact]
    public async Task Publish_GivesUpOnAWrongLogin_WithoutShowingIt()
    {
        var request = await BuildAsync("wrong", "1");
        var ecr = RegistryEcr.For(registry, password: () => "not-the-password");

        var failure = (await FluentActions.Awaiting(() => Publisher(ecr).PublishAsync([request], ["latest"])).Should().ThrowAsync<PipelineException>()).Which;

        failure.Message.Should().Contain("refused").And.NotContain("not-the-password");
        failure.ToString().Should().NotContain("not-the-password");
    }

    [Theory]
    [InlineData("PUT", "/manifests/input-", 500)]
    [InlineData("PUT", "/manifests/input-", 429)]
    [InlineData("PUT", "/manifests/input-", FaultyProxy.Close)]
    [InlineData("PUT", "/manifests/latest", 500)]
    [InlineData("PUT", "/manifests/latest", 429)]
    [InlineData("PUT", "/manifests/latest", FaultyProxy.Close)]
    [InlineData("GET", "/manifests/sha256", 503)]
    [InlineData("POST", "/blobs/uploads/", FaultyProxy.Close)]
    public async Task Publish_CompletesDespiteAPassingFault(string method, string path, int status)
    {
        var request = await BuildAsync("faults", Guid.NewGuid().ToString());
        using var proxy = new FaultyProxy(registry.Host, (asked, before) => before == 0 && asked.StartsWith(method, StringComparison.Ordinal) && asked.Contains(path, StringComparison.Ordinal) ? status : null);

        var report = await PublishAsync(request with { RepositoryUri = $"{proxy.Host}/{request.RepositoryName}" }, ["latest"]);

        proxy.Faults.Should().BePositive();
        (await registry.TagsAsync(request.RepositoryName))!["latest"].Should().Be(report.Images[0].Digest);
    }

    [Fact]
    public async Task Publish_SaysWhatKeepsFailing()
    {
        var request = await BuildAsync("fails", "1");
        using var proxy = new FaultyProxy(registry.Host, (asked, _) => asked.Contains("/manifests/latest", StringComparison.Ordinal) ? 503 : null);

        (await FluentActions.Awaiting(() => PublishAsync(request with { RepositoryUri = $"{proxy.Host}/{request.RepositoryName}" }, ["latest"]))
            .Should().ThrowAsync<PipelineException>().WithMessage("*fails*after 3 tries*503*")).Which.Remedy.Should().Contain("PushEcr");
        proxy.Faults.Should().Be(3);
    }

    [Fact]
    public async Task Publish_CompletesWhatAnInterruptedRunLeft()
    {
        var request = await BuildAsync("interrupted", "1");
        await PublishAsync(request, []); // the image and its content tag, then the run was killed

        var report = await PublishAsync(request, ["v1", "latest"]);

        report.Images[0].Action.Should().Be(PublishAction.Tagged);
        (await registry.TagsAsync(request.RepositoryName)).Should().ContainKeys("v1", "latest");
    }

    [Fact]
    public async Task SendAhead_LeavesOnlyTheTagsToPublish()
    {
        var (one, two) = (await BuildAsync("ahead1", Guid.NewGuid().ToString()), await BuildAsync("ahead2", Guid.NewGuid().ToString()));
        using var proxy = new FaultyProxy(registry.Host, (_, _) => null);
        one = one with { RepositoryUri = $"{proxy.Host}/{one.RepositoryName}" };
        var publisher = Publisher(RegistryEcr.For(registry));

        publisher.SendAhead(one, TestContext.Current.CancellationToken);
        await WaitForAsync(async () => (await registry.TagsAsync(one.RepositoryName))?.ContainsKey(one.Image.Tag) == true);
        (await registry.TagsAsync(one.RepositoryName))!.Keys.Should().Equal([one.Image.Tag], "no tag moves that people read");
        var report = await publisher.PublishAsync([one, two], ["latest"], TestContext.Current.CancellationToken);

        report.Images.Select(image => image.Action).Should().Equal(PublishAction.Pushed, PublishAction.Pushed);
        proxy.Requests.Where(asked => asked.StartsWith("PUT", StringComparison.Ordinal) && asked.Contains("/manifests/input-", StringComparison.Ordinal)).Should().ContainSingle();
        (await registry.TagsAsync(one.RepositoryName))!["latest"].Should().Be(report.Images[0].Digest);
        report.RegistryRequests.Should().Be(1 + (2 * 4), "one login; of each image two questions, its manifest and its tag");
    }

    [Fact]
    public async Task SendAhead_WaitsForWhatIsUnderWay_InsteadOfSendingItTwice()
    {
        var request = await BuildAsync("underway", Guid.NewGuid().ToString());
        using var mayGoOn = new ManualResetEventSlim();
        var reached = new TaskCompletionSource();
        using var proxy = new FaultyProxy(registry.Host, (asked, _) =>
        {
            if (asked.StartsWith("PUT", StringComparison.Ordinal) && asked.Contains("/manifests/input-", StringComparison.Ordinal))
            {
                reached.TrySetResult();
                mayGoOn.Wait(TimeSpan.FromMinutes(1));
            }

            return null;
        });
        request = request with { RepositoryUri = $"{proxy.Host}/{request.RepositoryName}" };
        var publisher = Publisher(RegistryEcr.For(registry));
        publisher.SendAhead(request, TestContext.Current.CancellationToken);
        await reached.Task.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);

        var publishing = publisher.PublishAsync([request], ["latest"], TestContext.Current.CancellationToken);
        mayGoOn.Set();

        (await publishing).Pushed.Should().Be(1);
        proxy.Requests.Where(asked => asked.StartsWith("PUT", StringComparison.Ordinal) && asked.Contains("/manifests/input-", StringComparison.Ordinal)).Should().ContainSingle();
    }

    [Theory]
    [InlineData(500)]
    [InlineData(FaultyProxy.Close)]
    public async Task SendAhead_LeavesToPublish_WhatItCouldNotDo(int fault)
    {
        var request = await BuildAsync("behind", Guid.NewGuid().ToString());
        using var proxy = new FaultyProxy(registry.Host, (asked, before) => before == 0 && asked.Contains("/manifests/input-", StringComparison.Ordinal) ? fault : null);
        request = request with { RepositoryUri = $"{proxy.Host}/{request.RepositoryName}" };
        var publisher = Publisher(RegistryEcr.For(registry));

        publisher.SendAhead(request, TestContext.Current.CancellationToken);
        var report = await publisher.PublishAsync([request], ["latest"], TestContext.Current.CancellationToken);

        proxy.Faults.Should().Be(1);
        report.Pushed.Should().Be(1);
        (await registry.TagsAsync(request.RepositoryName))!["latest"].Should().Be(report.Images[0].Digest);
    }

    [Fact]
    public async Task SendAhead_DoesWithoutARepositoryThatIsStillToBeMade()
    {
        var request = await BuildAsync("tobemade", "1");
        var isMade = false;
        var publisher = Publisher(RegistryEcr.For(registry, exists: _ => isMade));

        publisher.SendAhead(request, TestContext.Current.CancellationToken);
        isMade = true;

        (await publisher.PublishAsync([request], ["latest"], TestContext.Current.CancellationToken)).Pushed.Should().Be(1);
    }

    private static async Task WaitForAsync(Func<Task<bool>> condition)
    {
        for (var deadline = DateTime.UtcNow.AddMinutes(1); !await condition(); await Task.Delay(20, TestContext.Current.CancellationToken))
        {
            DateTime.UtcNow.Should().BeBefore(deadline);
        }
    }

    private Task<PublishReport> PublishAsync(PublishRequest request, string[] tags) => Publisher(RegistryEcr.For(registry)).PublishAsync([request], tags);

    private ImagePublisher Publisher(IAmazonECR ecr, TimeProvider? time = null)
        => new(ecr, engine.Client, _http, time ?? TimeProvider.System, NullLogger.Instance) { Attempts = 3, FirstPause = TimeSpan.FromMilliseconds(10) };

    private async Task<PublishRequest> BuildAsync(string service, string text)
    {
        _app.Write($"{service}/Dockerfile", $"FROM {engine.BaseImage}\nCOPY text /app/text\n").Write($"{service}/text", text);
        var report = await new ImageBuilder(engine.Client, TimeProvider.System, NullLogger.Instance).BuildAsync(
        [
            new ImageRequest { Service = service, Context = _app.Full(service), Dockerfile = _app.Full($"{service}/Dockerfile"), Platform = engine.Platform, Repository = $"{engine.Prefix}/{service}" },
        ]);
        return new PublishRequest(report.Images[0], $"{registry.Host}/{engine.Prefix}/{service}");
    }
}
