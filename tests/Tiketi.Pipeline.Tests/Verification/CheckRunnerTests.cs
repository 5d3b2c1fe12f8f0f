using System.Xml.Linq;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Tiketi.Pipeline.Verification;

namespace Tiketi.Pipeline.Tests.Verification;

public sealed class CheckRunnerTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task AFailure_IsTriedAgain_AndCountsOnlyWhenItStays()
    {
        var tries = 0;
        var result = await RunAsync(
            new Check("flaky", "recovers", _ => Task.FromResult(++tries < 3 ? CheckOutcome.Failed("not yet", "wait") : CheckOutcome.Passed("now"))),
            new Check("broken", "stays", _ => Task.FromResult(CheckOutcome.Failed("no", "mend it"))),
            new Check("weak", "warns", _ => Task.FromResult(CheckOutcome.Failed("hm", "look"))) { Severity = CheckSeverity.Warning },
            new Check("absent", "skips", _ => Task.FromResult(CheckOutcome.Skipped("nothing to look at"))));

        result.Checks.Select(check => (check.Id, check.Status, check.Attempts, check.Remedy)).Should().Equal(
            ("flaky", CheckStatus.Passed, 3, null), ("broken", CheckStatus.Failed, 3, "mend it"), ("weak", CheckStatus.Warning, 3, "look"), ("absent", CheckStatus.Skipped, 1, null));
        result.Succeeded.Should().BeFalse();
    }

    [Fact]
    public async Task ACheckThatHangs_FailsAfterItsTimeout_WhileTheOthersGoOn()
    {
        var result = await RunAsync(
            new Check("hangs", "never ends", async token => { await Task.Delay(Timeout.Infinite, token); return CheckOutcome.Passed(""); }) { Timeout = TimeSpan.FromSeconds(5) },
            new Check("fine", "ends", _ => Task.FromResult(CheckOutcome.Passed("ok"))));

        result.Checks[0].Should().BeEquivalentTo(new { Status = CheckStatus.Failed, Evidence = "no result within 5 s" });
        result.Checks[1].Status.Should().Be(CheckStatus.Passed);
    }

    [Fact]
    public async Task WhatACheckThrows_IsItsFailure_ButADefectIsNotHidden()
    {
        var result = await RunAsync(
            new Check("said", "", _ => throw new PipelineException("what", "how")),
            new Check("network", "", _ => throw new HttpRequestException("unreachable")));

        result.Checks[0].Should().BeEquivalentTo(new { Status = CheckStatus.Failed, Evidence = "what", Remedy = "how" });
        result.Checks[1].Should().BeEquivalentTo(new { Status = CheckStatus.Failed, Evidence = "unreachable" });
        await FluentActions.Awaiting(() => RunAsync(new Check("bug", "", _ => throw new InvalidOperationException("bug")))).Should().ThrowAsync<InvalidOperationException>();
    }

    [Fact]
    public async Task OnlyAndSkip_Choose_AndAnUnknownIdIsNamed()
    {
        Check[] checks = [.. new[] { "a", "b", "c" }.Select(id => new Check(id, "", _ => Task.FromResult(CheckOutcome.Passed("")))) ];
        var test = new CheckRunner(_time, NullLogger<CheckRunner>.Instance);

        (await test.RunAsync(checks, new() { Only = ["a", "b"], Skip = ["b"] })).Checks.Select(check => check.Id).Should().Equal("a");
        (await FluentActions.Awaiting(() => test.RunAsync(checks, new() { Skip = ["d"] })).Should().ThrowAsync<PipelineException>()).Which.Remedy.Should().Be("The checks are: a, b, c.");
    }

    [Fact]
    public void TheReports_TellTheSame()
    {
        var result = new CheckResults(
            [
                new("site", "the site loads", CheckStatus.Passed, "all there", null, 1, TimeSpan.FromSeconds(0.25)),
                new("redis", "pods reach Redis", CheckStatus.Failed, "timeout <\u0001>", "admit the security group", 3, TimeSpan.FromSeconds(6)),
                new("site-headers", "protected", CheckStatus.Warning, "no HSTS", "add it", 1, TimeSpan.Zero),
                new("nodes", "nodes", CheckStatus.Skipped, "no cluster was given", null, 1, TimeSpan.Zero),
            ],
            TimeSpan.FromSeconds(6.5));

        var suite = XDocument.Parse(SmokeTestReport.ToJUnit(result).ToString()).Root!.Element("testsuite")!;
        suite.Attributes().ToDictionary(attribute => attribute.Name.LocalName, attribute => attribute.Value).Should().Contain([new("tests", "4"), new("failures", "1"), new("skipped", "1"), new("time", "6.500")]);
        suite.Elements().Single(check => check.Attribute("name")!.Value == "redis").Element("failure")!.Value.Should().Contain("timeout <>").And.Contain("Remedy: admit the security group");
        SmokeTestReport.ToText(result).Should().Contain("failed   redis").And.Contain("-> admit the security group").And.EndWith("1 passed, 1 failed, 1 warnings, 1 skipped in 6.5 s" + Environment.NewLine);
    }

    private async Task<CheckResults> RunAsync(params ICheck[] checks)
    {
        var run = new CheckRunner(_time, NullLogger<CheckRunner>.Instance).RunAsync(checks, cancellationToken: TestContext.Current.CancellationToken);
        while (!run.IsCompleted)
        {
            await Task.Delay(10, TestContext.Current.CancellationToken);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        return await run;
    }
}
