using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Tiketi.Pipeline.LoadTesting;
using Tiketi.Pipeline.LoadTesting.Queues;
using Tiketi.Pipeline.LoadTesting.Reports;
using Tiketi.Pipeline.LoadTesting.Scenarios;

namespace Tiketi.Pipeline.Tests.LoadTesting;

/// <summary>What the queue scenario finds in a queue that errs, over real HTTP and Socket.IO. Only its clock is the test's.</summary>
public sealed class QueueTests
{
    private const string Sale = """
        load: { users: 6, visits: 6 }
        queue:
          before:
            - post: /register
              json: { name: "v-{unique}" }
              capture: { token: token }
            - post: /login
              json: { name: "v-{unique}" }
              capture: { token: token }
          enter:
            post: /queue
            headers: { Authorization: "{token}" }
          follow:
            auth: { token: "{token}" }
            message: { eventId: 1 }
          patience: 100m
          stay: 1s
          thresholds: [p50<6000s]
          cleanUp:
            - delete: /queue
              headers: { Authorization: "{token}" }
            - delete: /me
              headers: { Authorization: "{token}" }
        """;

    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public async Task A_queue_that_keeps_its_promises_is_reported_so()
    {
        await using var server = await QueueServer.StartAsync(new());
        var test = RunAsync(server);
        var order = await EverybodyFollowsAsync(server);
        foreach (var visitor in order)
        {
            await server.AdmitAsync(visitor);
        }

        var result = await FinishAsync(test);

        result.All.Passed.Should().BeTrue();
        result.Queue!.Should().BeEquivalentTo(new { Entered = 6, Disconnects = 0, Lost = Array.Empty<object>(), Duplicates = Array.Empty<object>(), Overtaken = Array.Empty<object>() });
        result.Queue!.Admissions.Select(admission => $"v-{admission.Visitor.Unique}").Should().Equal(order, "they are reported in the order of their admission");
        result.Queue.Admissions.Select(admission => admission.FirstPosition).Should().BeEquivalentTo([1, 2, 3, 4, 5, 6]);
        result.Steps.Select(step => (step.Name, step.Result.Requests)).Should().Equal(
            ("queue: POST /register", 6), ("queue: POST /login", 6), ("queue: POST /queue", 6), ("queue: until admitted", 6));
        (result.NotCleanedUp, server.Accounts).Should().Be((0, 0), "nobody's account is left");
        ScenarioReport.ToText(result).Should().Contain("6 entered, 6 admitted, 0 lost, 0 admitted twice");
    }

    [Fact]
    public async Task A_double_admission_and_a_lost_user_are_found_and_fail_the_test()
    {
        await using var server = await QueueServer.StartAsync(new());
        var test = RunAsync(server);
        var order = await EverybodyFollowsAsync(server);
        foreach (var visitor in order.Where(visitor => visitor != order[4]))
        {
            await server.AdmitAsync(visitor, times: visitor == order[2] ? 2 : 1);
        }

        var result = await FinishAsync(test);

        result.Queue!.Duplicates.Should().ContainSingle().Which.Should().Match<(QueueVisitor Visitor, int Times)>(found => $"v-{found.Visitor.Unique}" == order[2] && found.Times == 2);
        result.Queue.Lost.Should().ContainSingle().Which.Should().Match<LostVisitor>(lost => $"v-{lost.Visitor.Unique}" == order[4] && lost.LastPosition == 5 && lost.Why == "still waiting at the end");
        result.Queue.Admissions.Should().HaveCount(5);
        result.All.Thresholds.Where(threshold => !threshold.Held).Select(threshold => threshold.Threshold).Should().Equal("queue lost=0", "queue duplicates=0");
        result.Queue.Waiting.ErrorsByKind.Should().Equal(new Dictionary<string, long>(StringComparer.Ordinal) { ["lost: still waiting at the end"] = 1 });
        server.Accounts.Should().Be(0, "the lost user is cleaned up, too");
        ScenarioReport.ToText(result).Should().MatchRegex($@"lost +visitor \d \({order[4][2..]}\): still waiting at the end, last place 5").And.MatchRegex($@"twice +visitor \d \({order[2][2..]}\): admitted 2 times");
        var page = LoadReportHtml.Render(LoadRun.Of(result, "local", DateTimeOffset.UnixEpoch), comparison: null);
        page.Should().Contain(order[4][2..]).And.Contain("admitted 2 times").And.Contain("✗ not held");
    }

    [Fact]
    public async Task Who_is_overtaken_is_named()
    {
        await using var server = await QueueServer.StartAsync(new());
        // one after the other, so that who came later is beyond doubt
        var test = RunAsync(server, new LoadModel.Open(1, TimeSpan.FromSeconds(3)));
        for (var number = 1; number <= 3; number++)
        {
            await QueueServer.Eventually(() => server.Following.Count == number);
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        var order = server.Following;
        await server.AdmitAsync(order[2]);
        _clock.Advance(TimeSpan.FromSeconds(3));
        await server.AdmitAsync(order[0]);
        await server.AdmitAsync(order[1]);

        var result = await FinishAsync(test);

        result.Queue!.Overtaken.Select(visitor => $"v-{visitor.Unique}").Should().BeEquivalentTo(order[0], order[1]);
        result.Queue.Admissions[0].Visitor.Number.Should().Be(2);
        result.All.Passed.Should().BeTrue("an order is reported, not judged");
    }

    [Fact]
    public async Task A_connection_that_ends_is_counted_and_made_again()
    {
        await using var server = await QueueServer.StartAsync(new() { DropsFirst = true });
        var test = RunAsync(server);
        await AdvanceUntilAsync(() => server.Following.Count == 6, TimeSpan.FromSeconds(0.1));
        foreach (var visitor in server.Following)
        {
            await server.AdmitAsync(visitor);
        }

        var result = await FinishAsync(test);

        (result.Queue!.Disconnects, result.Queue.Admissions.Count, result.All.Passed).Should().Be((1, 6, true));
    }

    [Fact]
    public async Task Who_may_not_follow_is_lost_at_once_with_the_reason()
    {
        await using var server = await QueueServer.StartAsync(new() { RefusesSockets = true });

        var result = await RunAsync(server);

        result.Queue!.Lost.Should().HaveCount(6).And.AllSatisfy(lost => lost.Why.Should().Be("no live connection: Log in first"));
        (result.All.Passed, server.Accounts).Should().Be((false, 0));
    }

    [Fact]
    public async Task What_was_made_is_cleaned_up_when_the_test_is_cancelled()
    {
        await using var server = await QueueServer.StartAsync(new());
        using var stop = new CancellationTokenSource();
        var test = RunAsync(server, cancellationToken: stop.Token);
        await EverybodyFollowsAsync(server);
        server.Accounts.Should().Be(6);

        await stop.CancelAsync();

        var result = await test;
        (server.Accounts, server.Following.Count).Should().Be((0, 0));
        (result.All.IsAborted, result.All.Thresholds.Count, result.Queue!.Entered, result.Queue.Lost.Count).Should().Be((true, 0, 6, 0), "who still waits then is not lost");
        ScenarioReport.ToText(result).Should().StartWith("ABORTED");
    }

    /// <summary>The account is there, although nobody was told: whoever can log in has one.</summary>
    [Fact]
    public async Task An_account_whose_making_was_not_answered_is_cleaned_up()
    {
        await using var server = await QueueServer.StartAsync(new() { LosesAnswerTo = _ => true });

        var result = await RunAsync(server);

        result.Queue!.Entered.Should().Be(0);
        result.Queue.Waiting.ErrorsByKind.Should().ContainSingle().Which.Key.Should().StartWith("not ready: POST /register: connection ");
        (result.NotCleanedUp, server.Accounts).Should().Be((0, 0));
    }

    private async Task<IReadOnlyList<string>> EverybodyFollowsAsync(QueueServer server)
    {
        await QueueServer.Eventually(() => server.Following.Count == 6);
        return server.Following;
    }

    /// <summary>Lets all time pass that the test may still wait for.</summary>
    private async Task<ScenarioResult> FinishAsync(Task<ScenarioResult> test)
    {
        await AdvanceUntilAsync(() => test.IsCompleted, TimeSpan.FromMinutes(101));
        return await test;
    }

    private Task AdvanceUntilAsync(Func<bool> condition, TimeSpan step) => QueueServer.Eventually(() =>
    {
        var isMet = condition();
        if (!isMet)
        {
            _clock.Advance(step);
        }

        return isMet;
    });

    private Task<ScenarioResult> RunAsync(QueueServer server, LoadModel? model = null, CancellationToken cancellationToken = default)
    {
        var scenario = ScenarioFile.Parse("load/sale.yaml", "sale", Sale);
        return new ScenarioTest(_clock, NullLogger<ScenarioTest>.Instance).RunAsync(
            scenario with { Model = model ?? scenario.Model }, server.Address, TimeSpan.FromSeconds(60), cancellationToken: cancellationToken);
    }
}
