using System.Collections.Concurrent;
using Tiketi.Pipeline;
using Tiketi.Pipeline.Images;
using Tiketi.Pipeline.Registry;
using Tiketi.Pipeline.Tests.Registry;

namespace Tiketi.Integration.Registry;

/// <summary>
/// A registry that fails at each single request, of ours and of the engine's, in every way that a registry fails: the push
/// ends complete, or says what is wrong; and the next run completes it.
/// </summary>
[Collection(PushCollection.Name)]
public sealed class PushFaultTests(PushFixture push, ITestOutputHelper output)
{
    private static readonly string[] Tags = ["v1", "latest"];

    /// <summary>At once: the engine itself waits 5 s before it sends a layer again.</summary>
    private const int Parallelism = 20;

    [Theory]
    [InlineData(Target.LocalCloud, 500, 429, FaultyProxy.Close, FaultyProxy.Lose, FaultyProxy.Expired)]
    [InlineData(Target.DockerRegistry, 500, 429, FaultyProxy.Close)]
    public async Task APush_IsComplete_WhereverTheRegistryFailsOnce(string registry, params int[] faults)
    {
        var target = push.Target(registry);
        var image = await push.BuildAsync(registry == Target.LocalCloud ? "fc" : "fr", Guid.NewGuid().ToString());
        var positions = await CountAsync(target, image);
        var cases = faults.SelectMany(fault => Enumerable.Range(1, positions).Select(position => (Fault: fault, Position: position))).ToList();
        var ended = new ConcurrentBag<string>();

        await Parallel.ForEachAsync(cases, new ParallelOptions { MaxDegreeOfParallelism = Parallelism }, async (one, token) =>
        {
            var seen = 0;
            using var proxy = new FaultyProxy(target.Host, (asked, _) => Interlocked.Increment(ref seen) == one.Position && (one.Fault != FaultyProxy.Expired || asked.Contains(" /v2/", StringComparison.Ordinal)) ? one.Fault : null);
            var request = await RequestAsync(target, proxy, image, $"{one.Fault}-{one.Position}");
            try
            {
                var publisher = push.Publisher(target, proxy.Host);
                if ((Array.IndexOf(faults, one.Fault) + one.Position) % 2 == 0)
                {
                    publisher.SendAhead(request, token); // each position with some faults, and without it with the others
                }

                var report = await publisher.PublishAsync([request], Tags, token);
                await target.ShouldHoldAsync(request.RepositoryName, report.Images[0].Digest, [request.Image.Tag, .. Tags]);
            }
            catch (PipelineException exception)
            {
                exception.Remedy.Should().NotBeNullOrWhiteSpace();
                ended.Add($"{one.Fault} at {one.Position} ({proxy.Requests.ElementAt(one.Position - 1)}): {exception.Message} {exception.Remedy}");
            }

            proxy.Faults.Should().Be(one.Fault == FaultyProxy.Expired ? proxy.Faults : 1, "position {0} was reached", one.Position);
            var second = await push.Publisher(target, proxy.Host).PublishAsync([request], Tags, token);
            await target.ShouldHoldAsync(request.RepositoryName, second.Images[0].Digest, [request.Image.Tag, .. Tags]);
        });

        output.WriteLine($"{positions} positions, {cases.Count} pushes that failed once");
        ended.Should().BeEmpty("one fault is not enough to end a push");
    }

    [Theory]
    [InlineData(Target.LocalCloud, 500)]
    [InlineData(Target.LocalCloud, 429)]
    [InlineData(Target.LocalCloud, FaultyProxy.Close)]
    [InlineData(Target.DockerRegistry, 500)]
    [InlineData(Target.DockerRegistry, FaultyProxy.Expired)]
    public async Task ARegistryThatKeepsFailing_IsNamed(string registry, int fault)
    {
        var target = push.Target(registry);
        using var proxy = new FaultyProxy(target.Host, (asked, _) => asked.Contains("/manifests/", StringComparison.Ordinal) ? fault : null);
        var request = await RequestAsync(target, proxy, await push.BuildAsync($"down{fault}{(registry == Target.LocalCloud ? "c" : "r")}", "1"));

        var failure = (await FluentActions.Awaiting(() => push.Publisher(target, proxy.Host).PublishAsync([request], Tags)).Should().ThrowAsync<PipelineException>()).Which;

        failure.Message.Should().Contain(proxy.Host);
        failure.Remedy.Should().NotBeNullOrWhiteSpace();
        output.WriteLine($"{failure.Message} {failure.Remedy}");
        var second = await push.Publisher(target).PublishAsync([request with { RepositoryUri = $"{target.Host}/{request.RepositoryName}" }], Tags);
        await target.ShouldHoldAsync(request.RepositoryName, second.Images[0].Digest, [request.Image.Tag, .. Tags]);
    }

    [Theory]
    [InlineData(Target.LocalCloud)]
    [InlineData(Target.DockerRegistry)]
    public async Task ARunThatIsCutOff_IsCompletedByTheNext(string registry)
    {
        var target = push.Target(registry);
        var image = await push.BuildAsync(registry == Target.LocalCloud ? "cutc" : "cutr", Guid.NewGuid().ToString());
        var positions = await CountAsync(target, image);

        await Parallel.ForEachAsync(Enumerable.Range(1, positions), new ParallelOptions { MaxDegreeOfParallelism = Parallelism }, async (position, token) =>
        {
            using var run = CancellationTokenSource.CreateLinkedTokenSource(token);
            var seen = 0;
            using var proxy = new FaultyProxy(target.Host, (_, _) =>
            {
                if (Interlocked.Increment(ref seen) < position)
                {
                    return null;
                }

                if (seen == position)
                {
                    run.Cancel();
                }

                return run.IsCancellationRequested && seen <= position + 2 ? FaultyProxy.Close : null;
            });
            var request = await RequestAsync(target, proxy, image, $"{position}");
            await FluentActions.Awaiting(() => push.Publisher(target, proxy.Host).PublishAsync([request], Tags, run.Token)).Should().ThrowAsync<OperationCanceledException>();

            var second = await push.Publisher(target, proxy.Host).PublishAsync([request], Tags, token);

            await target.ShouldHoldAsync(request.RepositoryName, second.Images[0].Digest, [request.Image.Tag, .. Tags]);
        });
    }

    /// <summary>A real process and a real SIGKILL, at requests of ours and of the engine's.</summary>
    [Theory]
    [InlineData("GetAuthorizationToken")]
    [InlineData("POST /v2/")]
    [InlineData("/manifests/input-")]
    [InlineData("/manifests/latest")]
    public async Task AKilledRun_IsCompletedByTheNext(string at)
    {
        var target = push.Target(Target.LocalCloud);
        var reached = new TaskCompletionSource();
        var killed = new ManualResetEventSlim();
        using var proxy = new FaultyProxy(target.Host, (asked, _) =>
        {
            if (!asked.Contains(at, StringComparison.Ordinal) || killed.IsSet)
            {
                return null;
            }

            reached.TrySetResult();
            killed.Wait(TimeSpan.FromMinutes(1));
            return FaultyProxy.Close;
        });
        var image = await push.BuildAsync("killed", at);
        var request = await RequestAsync(target, proxy, image, Guid.NewGuid().ToString("N"));
        using var process = new KilledPush(proxy.Host, request.RepositoryName, image, push.Cloud.Settings.Region).Start();
        await reached.Task.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        process.Kill();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        process.ExitCode.Should().Be(128 + 9);
        killed.Set();

        var second = await push.Publisher(target, proxy.Host).PublishAsync([request], Tags, TestContext.Current.CancellationToken);

        second.Images[0].Action.Should().NotBe(PublishAction.Unchanged, "the first run did not get that far");
        await target.ShouldHoldAsync(request.RepositoryName, second.Images[0].Digest, [request.Image.Tag, .. Tags]);
    }

    [Theory]
    [InlineData(Target.LocalCloud)]
    [InlineData(Target.DockerRegistry)]
    public async Task TwoPipelines_MayPushAtOnce(string registry)
    {
        var target = push.Target(registry);
        var name = $"two{(registry == Target.LocalCloud ? "c" : "r")}";
        using var through = new FaultyProxy(target.Host, (_, _) => null);
        var same = await RequestAsync(target, through, await push.BuildAsync(name, "one commit"));
        var other = same with { Image = await push.BuildAsync(name, "the other pipeline builds another commit") };

        var reports = await Task.WhenAll(
            push.Publisher(target).PublishAsync([same with { RepositoryUri = $"{target.Host}/{same.RepositoryName}" }], ["v1", "latest"]),
            push.Publisher(target, through.Host).PublishAsync([same], ["v1", "latest"]),
            push.Publisher(target, through.Host).PublishAsync([other], ["v2", "latest"]));

        var digests = reports.Select(report => report.Images[0].Digest).ToList();
        digests[1].Should().Be(digests[0]);
        digests[2].Should().NotBe(digests[0]);
        await target.ShouldHoldAsync(same.RepositoryName, digests[0], same.Image.Tag, "v1");
        await target.ShouldHoldAsync(same.RepositoryName, digests[2], other.Image.Tag, "v2");
    }

    /// <summary>How many requests a push makes when nothing fails, and that those of all kinds are among them.</summary>
    private static readonly string[] Kinds =
    [
        "GET /v2/", "HEAD /v2/*/blobs/sha256:*", "POST /v2/*/blobs/uploads/", "PATCH /v2/*", "PUT /v2/*/blobs/uploads/*", "PUT /v2/*/manifests/input-*",
        "GET /v2/*/manifests/sha256:*", "PUT /v2/*/manifests/v1", "PUT /v2/*/manifests/latest",
    ];

    private async Task<int> CountAsync(Target target, BuiltImage image)
    {
        using var proxy = new FaultyProxy(target.Host, (_, _) => null);
        await push.Publisher(target, proxy.Host).PublishAsync([await RequestAsync(target, proxy, image, "count")], Tags);
        foreach (var part in Kinds)
        {
            proxy.Requests.Should().ContainMatch(part);
        }

        return proxy.Requests.Count;
    }

    /// <summary>The image, for a repository of its own.</summary>
    private static async Task<PublishRequest> RequestAsync(Target target, FaultyProxy proxy, BuiltImage image, string suffix = "")
    {
        var repository = $"{image.Repository}/r{suffix}";
        await target.CreateAsync(repository);
        return new PublishRequest(image, $"{proxy.Host}/{repository}");
    }
}
