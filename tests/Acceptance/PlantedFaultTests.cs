using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Tiketi.Pipeline.LoadTesting;
using Tiketi.Pipeline.LoadTesting.Scenarios;

namespace Tiketi.Acceptance;

/// <summary>
/// The queue scenario on the running sample, whose Redis somebody meddles with: a waiting visitor is forgotten, another admitted twice. The
/// requests and the live connections are real; only the visitors' patience is on the test's clock.
/// </summary>
[Collection(DeploymentCollection.Name)]
public sealed class PlantedFaultTests(Deployment deployment)
{
    private const int Visitors = 10;

    /// <summary>As a person would, from inside a pod. The event's sorted sets are as the sample's queue.js has them.</summary>
    private const string Script = """
        const redis = require('./src/config/redis');
        const sleep = require('node:timers/promises').setTimeout;
        const [event, visitors] = process.argv.slice(1).map(Number);
        const [admitted, waiting] = ['admitted', 'waiting'].map((part) => `queue:{${event}}:${part}`);
        const crowd = Array.from({ length: Number(process.env.QUEUE_THRESHOLD) }, (_, number) => -1 - number);
        (async () => { STEPS await redis.quit(); })();
        """;

    /// <summary>Nobody who comes now is let in.</summary>
    private const string Fill = "await redis.zadd(admitted, ...crowd.flatMap((user) => [Date.now() + 600000, user]));";

    /// <summary>When all wait, the fifth is taken out of the queue, and the third is told again and again that it is its turn.</summary>
    private const string Meddle = """
        while (await redis.zcard(waiting) < visitors) await sleep(50);
        const queue = await redis.zrange(waiting, 0, -1);
        await redis.zrem(waiting, queue[4]);
        await redis.zrem(admitted, ...crowd);
        while (await redis.zcard(waiting) > 0) await sleep(50);
        for (let time = 0; time < 5; time++, await sleep(400)) {
          await redis.publish('queue:changed', JSON.stringify({ eventId: event, admitted: [Number(queue[2])] }));
        }
        """;

    [Fact]
    public async Task AVisitorWhoIsForgotten_AndOneWhoIsAdmittedTwice_AreFound()
    {
        var scenario = ScenarioFile.Load(Path.Combine(deployment.Checkout.Root, "samples/tiketi/load"), "queue");
        scenario = scenario with
        {
            Model = new LoadModel.Closed(Visitors, Visitors),
            Queue = scenario.Queue! with { Patience = TimeSpan.FromHours(20), Stay = TimeSpan.FromHours(10) },
        };
        (await InBackendAsync(Fill)).ShouldSucceed();
        var meddling = InBackendAsync(Meddle);
        var (clock, seen) = (new FakeTimeProvider(), new Seen());
        var test = new ScenarioTest(clock, NullLogger<ScenarioTest>.Instance).RunAsync(scenario, deployment.Checkout.Api, TimeSpan.FromMinutes(2), seen, TestContext.Current.CancellationToken);

        // Its turn has come for everybody but one, and the meddler is done: then the visitors' time goes by.
        while (!test.IsCompleted && !(seen.Last.Contains($"{Visitors - 1} admitted", StringComparison.Ordinal) && meddling.IsCompleted))
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }

        while (!test.IsCompleted)
        {
            clock.Advance(TimeSpan.FromHours(11));
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }

        var result = await test;
        (await meddling).ShouldSucceed();
        result.Queue!.Entered.Should().Be(Visitors, ScenarioReport.ToText(result));
        result.Queue.Admissions.Should().HaveCount(Visitors - 1);
        result.Queue.Lost.Should().ContainSingle().Which.Why.Should().Be("still waiting at the end");
        result.Queue.Duplicates.Should().ContainSingle().Which.Times.Should().BeGreaterThan(1);
        result.Queue.Duplicates[0].Visitor.Should().Be(result.Queue.Admissions.Single(admission => admission.FirstPosition == 3).Visitor);
        result.All.Thresholds.Where(threshold => !threshold.Held).Select(threshold => threshold.Threshold).Should().Contain(["queue lost=0", "queue duplicates=0"]);
        result.NotCleanedUp.Should().Be(0, "also the lost visitor's account is gone");
    }

    private async Task<Command.Result> InBackendAsync(string steps) => await Command.RunAsync(
        "kubectl",
        ["exec", "deployment/backend", "-n", "tiketi", "--", "node", "-e", Script.Replace("STEPS", steps, StringComparison.Ordinal), await RunningSystemTests.FirstEventAsync(deployment), $"{Visitors}"],
        deployment.Checkout.Root,
        await deployment.Checkout.ClientEnvironmentAsync());

    private sealed class Seen : IProgress<LoadProgress>
    {
        public string Last { get; private set; } = "";

        public void Report(LoadProgress value) => Last = value.Activity ?? "";
    }
}
