using System.Text.Json.Nodes;
using k8s;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Tiketi.Pipeline.Kubernetes;

namespace Tiketi.Pipeline.Tests.Kubernetes;

/// <summary>Whole waits under a fake clock: nothing that comes up in the end is condemned, and what never will is, soon.</summary>
public sealed class FlakyRolloutTests
{
    private const int Seeds = 1000;
    private static readonly ObjectKey Web = new("apps/v1", "Deployment", "x", "web");

    [Fact]
    public async Task Of_a_thousand_flaky_rollouts_that_come_up_none_is_condemned()
    {
        var longest = TimeSpan.Zero;
        var troubles = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var seed = 0; seed < Seeds; seed++)
        {
            var random = new Random(seed);
            var probe = RandomProbes(random);
            var time = new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
            using var story = new FlakyRollout(time, Spec(probe), [.. Enumerable.Range(0, random.Next(1, 3)).Select(_ => Story(random, probe, troubles))]);

            var failure = await WaitAsync(story, time, TimeSpan.FromMinutes(30));

            failure.Should().BeNull($"seed {seed} comes up after {story.End.TotalSeconds:0} s");
            longest = story.End > longest ? story.End : longest;
        }

        troubles.Should().HaveCount(8, "every kind of trouble is met").And.OnlyContain(kind => kind.Value > 50);
        longest.Should().BeGreaterThan(TimeSpan.FromMinutes(5), "slow starters are among them");
    }

    [Theory]
    [InlineData("""{"waiting":{"reason":"ImagePullBackOff","message":"Back-off pulling image \"x\": ErrImagePull: manifest for x not found"}}""", "cannot pull image")]
    [InlineData("""{"waiting":{"reason":"ErrImagePull","message":"something that nobody has seen before"}}""", "cannot pull image")]
    [InlineData("""{"waiting":{"reason":"CreateContainerConfigError","message":"secret \"a\" not found"}}""", "lacks its configuration")]
    [InlineData("""{"waiting":{"reason":"RunContainerError","message":"exec /a: exec format error"}}""", "another platform")]
    [InlineData("""{"waiting":{"reason":"CrashLoopBackOff"}}""", "crashes")]
    public async Task A_verdict_comes_within_ten_seconds_of_the_failing_state_also_for_init_containers(string state, string message)
    {
        foreach (var list in new[] { "containerStatuses", "initContainerStatuses" })
        {
            var time = new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
            var broken = $$"""{"name":"app","ready":false,"restartCount":2,"state":{{state}}}""";
            var rest = list == "containerStatuses" ? "" : ""","containerStatuses":[{"name":"app","ready":false,"restartCount":0,"state":{"waiting":{"reason":"PodInitializing"}}}]""";
            using var story = new FlakyRollout(time, Spec(new Probes(0, 0, 10, 3)), [[(0, Waiting("ContainerCreating")), (20, $$"""{"phase":"Pending","{{list}}":[{{broken}}]{{rest}}}""")]]);

            var failure = await WaitAsync(story, time, TimeSpan.FromMinutes(10));

            failure!.Message.Should().Contain(message);
            (time.GetUtcNow() - new DateTimeOffset(2026, 1, 1, 0, 0, 20, TimeSpan.Zero)).Should().BeLessThan(TimeSpan.FromSeconds(10));
        }
    }

    [Fact]
    public async Task A_probe_that_never_passes_is_condemned_long_before_the_time_is_over()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        using var story = new FlakyRollout(time, Spec(new Probes(0, 10, 5, 3)), [[(0, Running(ready: false, restarts: 0))]]);

        var failure = await WaitAsync(story, time, TimeSpan.FromMinutes(10));

        failure!.Message.Should().Contain("its readiness probe has not passed for 120 s");
        (time.GetUtcNow() - new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero)).Should().BeLessThan(TimeSpan.FromSeconds(125));
    }

    /// <summary>Null where all became ready.</summary>
    private static async Task<PipelineException?> WaitAsync(FlakyRollout story, FakeTimeProvider time, TimeSpan timeout)
    {
        var rollout = new Rollout(story.Client, time, NullLogger<Rollout>.Instance);
        var waiting = rollout.WaitAsync([Web], timeout, TestContext.Current.CancellationToken);
        while (!waiting.IsCompleted)
        {
            time.Advance(TimeSpan.FromMilliseconds(500));
            await Task.Yield();
        }

        try
        {
            await waiting;
            return null;
        }
        catch (PipelineException failure)
        {
            return failure;
        }
    }

    /// <summary>A pod's life up to ready: now and then no node, a pull that stutters, a late Secret, up to two crashes, then a start within what its probes declare.</summary>
    private static IReadOnlyList<(double At, string Status)> Story(Random random, Probes probe, Dictionary<string, int> troubles)
    {
        var steps = new List<(double At, string Status)> { (0, Waiting("ContainerCreating")) };
        var now = random.NextDouble() * 3;
        if (Happens("no node yet"))
        {
            steps.Add((now, """{"phase":"Pending","conditions":[{"type":"PodScheduled","status":"False","reason":"Unschedulable","message":"0/2 nodes"}],"containerStatuses":[{"name":"app","ready":false,"state":{}}]}"""));
            now += random.Next(5, 170); // an autoscaler brings one
            Step(Waiting("ContainerCreating"), 2);
        }

        if (Happens("pull that stutters"))
        {
            var cause = new[] { "dial tcp 10.0.0.1:443: i/o timeout", "read: connection reset by peer", "429 Too Many Requests", "503 Service Unavailable", "TLS handshake timeout", "unexpected EOF" }[random.Next(6)];
            for (var attempt = random.Next(1, 3); attempt > 0; attempt--)
            {
                Step(Waiting("ErrImagePull", cause), random.Next(1, 4));
                Step(Waiting("ImagePullBackOff", "Back-off pulling image"), attempt == 2 ? 10 : 20);
            }

            Step(Waiting("ContainerCreating"), random.Next(1, 10));
        }

        if (Happens("Secret that is late"))
        {
            Step(Waiting("CreateContainerConfigError", "secret \\\"a\\\" not found"), random.Next(1, 7));
        }

        if (Happens("container that could not be created at once"))
        {
            Step(Waiting("CreateContainerError", "context deadline exceeded"), random.Next(1, 7));
        }

        var crashes = Happens("crash") ? 1 : Happens("two crashes") ? 2 : 0;
        for (var crash = 1; crash <= crashes; crash++)
        {
            Step(Running(ready: false, crash - 1), random.Next(1, 20));
            Step(Ended(crash - 1), 1);
            // The first restart is at once; before the second the kubelet waits for 10 s.
            if (crash == 2)
            {
                Step(Waiting("CrashLoopBackOff", restarts: 1), 10);
            }
        }

        if (Happens("nightly restarts of an older pod"))
        {
            Step(Ended(40), 1);
            crashes = 41;
        }

        if (Happens("slow start"))
        {
            Step(Running(ready: false, crashes), random.NextDouble() * probe.LongestStart);
        }

        steps.Add((now, Running(ready: true, crashes)));
        return steps;

        bool Happens(string trouble)
        {
            var happens = random.Next(4) == 0;
            troubles[trouble] = troubles.GetValueOrDefault(trouble) + (happens ? 1 : 0);
            return happens;
        }

        void Step(string status, double seconds)
        {
            steps.Add((now, status));
            now += seconds;
        }
    }

    private static Probes RandomProbes(Random random) => new(random.Next(2) == 0 ? 0 : random.Next(1, 60), random.Next(0, 30), random.Next(1, 15), random.Next(1, 6));

    private static JsonObject Spec(Probes probe)
    {
        var container = new JsonObject
        {
            ["name"] = "app",
            ["readinessProbe"] = new JsonObject { ["initialDelaySeconds"] = probe.Delay, ["periodSeconds"] = probe.Period, ["failureThreshold"] = probe.Failures },
        };
        if (probe.StartupTries > 0)
        {
            container["startupProbe"] = new JsonObject { ["periodSeconds"] = 10, ["failureThreshold"] = probe.StartupTries };
        }

        return new JsonObject { ["containers"] = new JsonArray(container) };
    }

    private static string Waiting(string reason, string message = "", int restarts = 0) =>
        $$"""{"phase":"Pending","containerStatuses":[{"name":"app","ready":false,"restartCount":{{restarts}},"state":{"waiting":{"reason":"{{reason}}","message":"{{message}}"} } }]}""";

    private static string Running(bool ready, int restarts) =>
        $$"""{"phase":"Running","conditions":[{"type":"Ready","status":"{{ready}}"}],"containerStatuses":[{"name":"app","ready":{{(ready ? "true" : "false")}},"restartCount":{{restarts}},"state":{"running":{} } }]}""";

    private static string Ended(int restarts) =>
        $$"""{"phase":"Running","containerStatuses":[{"name":"app","ready":false,"restartCount":{{restarts}},"state":{"terminated":{"exitCode":1} } }]}""";

    /// <param name="StartupTries">Of a startup probe every 10 s; 0: there is none.</param>
    /// <param name="Delay">Seconds before the first readiness probe.</param>
    /// <param name="Period">Seconds between them.</param>
    /// <param name="Failures">How many may fail.</param>
    private sealed record Probes(int StartupTries, int Delay, int Period, int Failures)
    {
        /// <summary>What the probes allow for, and a minute and a half in any case: a readiness probe is written for the steady state.</summary>
        public double LongestStart => Math.Max(90, (StartupTries * 10) + Delay + (Period * Failures));
    }
}
