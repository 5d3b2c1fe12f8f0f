using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Microsoft.Extensions.Time.Testing;
using Tiketi.Pipeline.LoadTesting;
using Tiketi.Pipeline.LoadTesting.Reports;

namespace Tiketi.Pipeline.Tests.LoadTesting;

/// <summary>The JSON report, the comparison with an earlier one, and the page.</summary>
public sealed class LoadReportTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 23, 8, 0, 0, TimeSpan.Zero);

    [Fact]
    public void The_JSON_report_has_the_documented_shape_and_is_read_again()
    {
        var run = Run(Result(second => second % 2 == 0 ? 10 : 12, errorsPerSecond: 1));

        using var json = JsonDocument.Parse(run.ToJson());

        var root = json.RootElement;
        root.EnumerateObject().Select(property => property.Name).Should().Equal(
            "format", "name", "environment", "at", "url", "load", "seconds", "requests", "errors", "errorShare", "requestsPerSecond", "bytesReceived",
            "latencyMilliseconds", "sendDelayMilliseconds", "noise", "thresholds", "passed", "aborted", "timeline", "steps", "notCleanedUp");
        root.GetProperty("latencyMilliseconds").EnumerateObject().Select(property => property.Name).Should().Equal(
            "min", "mean", "standardDeviation", "p50", "p75", "p90", "p95", "p99", "p99.9", "p99.99", "max");
        root.GetProperty("requests").GetInt64().Should().Be(6000);
        root.GetProperty("errors").GetProperty("HTTP 503").GetInt64().Should().Be(60);
        root.GetProperty("timeline").GetArrayLength().Should().BeInRange(30, 61);
        root.GetProperty("timeline")[5].GetProperty("errorsPerSecond").GetDouble().Should().BeApproximately(1, 1);
        root.GetProperty("thresholds")[0].GetProperty("held").GetBoolean().Should().BeTrue();
        LoadRun.Parse("last.json", run.ToJson()).Should().BeEquivalentTo(run);
        FluentActions.Invoking(() => LoadRun.Parse("last.json", """{ "format": 0 }""")).Should().Throw<PipelineException>().WithMessage("last.json is no load test's JSON report*");
    }

    [Fact]
    public void A_difference_counts_only_outside_the_noise()
    {
        var before = Run(Result(_ => 20));
        var restless = Run(Result(second => second / 15 % 2 == 0 ? 10 : 24)); // its parts differ as much as the runs do

        Verdicts(Run(Result(_ => 20.4)), before).Should().Equal(LoadDifference.WithinNoise, LoadDifference.WithinNoise, LoadDifference.WithinNoise, LoadDifference.WithinNoise, LoadDifference.WithinNoise);
        Verdicts(Run(Result(_ => 40)), before).Take(3).Should().AllBeEquivalentTo(LoadDifference.Worse);
        Verdicts(Run(Result(_ => 10)), before).Take(3).Should().AllBeEquivalentTo(LoadDifference.Better);
        Verdicts(Run(Result(_ => 20, errorsPerSecond: 10)), before)[4].Should().Be(LoadDifference.Worse);
        Verdicts(restless, before)[1].Should().Be(LoadDifference.WithinNoise);
        Verdicts(Run(Result(_ => 40, seconds: 1, perSecond: 30)), before).Should().AllBeEquivalentTo(LoadDifference.Unknown);
        LoadComparison.Of(Run(Result(_ => 40)), before).ToText().Should().MatchRegex(@"p95 +20(\.\d+)? -> +40(\.\d+)? ms +\+100(\.\d)? % +worse").And.Contain("Against the run of 2026-11-23 08:00 UTC:");

        static List<LoadDifference> Verdicts(LoadRun now, LoadRun before) => [.. LoadComparison.Of(now, before).Changes.Select(change => change.Difference)];
    }

    [Fact]
    public void The_page_is_one_file_without_script_and_shows_texts_as_texts()
    {
        var (now, before) = (Run(Result(second => 10 + (second % 7), errorsPerSecond: 2)) with { Name = "<i>sale</i>", Description = "Half \"price\" & more" }, Run(Result(_ => 20)));

        var page = LoadReportHtml.Render(now, LoadComparison.Of(now, before));

        page.Should().NotContainAny("<script", "<link", "<i>sale", "src=", "url(http", "@import", "javascript:").And.Contain("&lt;i&gt;sale&lt;/i&gt;").And.Contain("Half &quot;price&quot; &amp; more");
        page.Should().Contain("prefers-color-scheme: dark").And.Contain("Compared with the last run").And.Contain("errors&lt;50%").And.Contain("HTTP 503").And.Contain("✓ held");
        page.Should().NotContain("rgb(0,0,", "colours come from the style sheet");
        var charts = Regex.Matches(page, "<svg.*?</svg>", RegexOptions.Singleline, TimeSpan.FromSeconds(5)).Select(match => XElement.Parse(match.Value)).ToList();
        charts.Should().HaveCount(6, "three charts, wide and narrow");
        charts.Should().AllSatisfy(chart => chart.Attribute("aria-label")!.Value.Should().NotBeEmpty());
        charts.SelectMany(chart => chart.DescendantsAndSelf().Attributes("id")).Select(id => id.Value).Should().OnlyHaveUniqueItems();
        charts[0].Attribute("aria-label")!.Value.Should().Contain("p95 " + LoadReportHtml.Milliseconds(now.LatencyMilliseconds["p95"]));
    }

    private static LoadRun Run(LoadTestResult result) => LoadRun.Of(result, "health", "local", At);

    /// <summary>A minute's test as its engine records it, with latencies by the second.</summary>
    private static LoadTestResult Result(Func<int, double> milliseconds, int errorsPerSecond = 0, int seconds = 60, int perSecond = 100)
    {
        var clock = new FakeTimeProvider();
        var timeline = new LoadTimeline(clock);
        var recorder = LoadRecorder.ForOneThread(clock, timeline);
        for (var number = 0; number < seconds * perSecond; number++)
        {
            clock.Advance(TimeSpan.FromSeconds(1.0 / perSecond));
            var planned = clock.GetTimestamp() - (long)(milliseconds(number / perSecond) / 1000 * clock.TimestampFrequency);
            recorder.Sent(planned, planned);
            if (number % perSecond < errorsPerSecond)
            {
                recorder.Failed(planned, "HTTP 503", timed: true);
            }
            else
            {
                recorder.Answered(planned, 100);
            }
        }

        var request = new LoadTestRequest { Url = new Uri("http://shop.test/health"), Model = new LoadModel.Open(perSecond, TimeSpan.FromSeconds(seconds)) };
        var result = LoadRecorder.Result(request, [recorder]);
        return result with { Thresholds = [LoadThreshold.Parse("errors<50%").Check(result)] };
    }
}
