using HdrHistogram;
using Tiketi.Pipeline.LoadTesting;

namespace Tiketi.Pipeline.Tests.LoadTesting;

public sealed class LoadThresholdTests
{
    /// <summary>1,000 requests in 2 s, 1 to 1,000 ms, 20 of them errors.</summary>
    private static readonly LoadTestResult Result = new()
    {
        Url = new Uri("http://site"),
        Model = new LoadModel.Closed(1000, 10),
        Requests = 1000,
        ErrorsByKind = new Dictionary<string, long> { ["HTTP 503"] = 15, ["timeout"] = 5 },
        Duration = TimeSpan.FromSeconds(2),
        BytesReceived = 0,
        Latency = Latencies(),
    };

    [Theory]
    [InlineData("p95<960ms", true, "950.271ms")]
    [InlineData("p95<950ms", false, "950.271ms")]
    [InlineData("p99.9 <= 1.1s", true, "0.999s")]
    [InlineData("mean>=500ms", true, "500.505ms")]
    [InlineData("min<1100us", true, "1000us")]
    [InlineData("max<1s", false, "1s")]
    [InlineData("errors<1%", false, "2%")]
    [InlineData("errors<=20", true, "20")]
    [InlineData("rps>480", true, "490")]
    [InlineData("rps>500", false, "490")]
    public void Check_ComparesInTheUnitAsWritten(string text, bool held, string actual) =>
        LoadThreshold.Parse(text).Check(Result).Should().Be(new LoadThresholdOutcome(text, held, actual));

    [Theory]
    [InlineData("p95<300", "p95 is a time and needs us, ms or s")]
    [InlineData("p0<3ms", "p0 lies outside 0 to 100")]
    [InlineData("p101<3ms", "p101 lies outside 0 to 100")]
    [InlineData("rps>500ms", "rps has no unit")]
    [InlineData("errors<1ms", "errors are a count or a share in %")]
    [InlineData("p95=300ms", "p95=300ms is no threshold")]
    [InlineData("p95<fast", "p95<fast is no threshold")]
    [InlineData("latency<1s", "latency<1s is no threshold")]
    public void Parse_SaysWhatIsWrongAndWhatIsAllowed(string text, string message)
    {
        var failure = FluentActions.Invoking(() => LoadThreshold.Parse(text)).Should().Throw<PipelineException>().Which;
        failure.Message.Should().Contain(message);
        failure.Remedy.Should().Contain("p95<300ms");
    }

    [Fact]
    public void ParseAll_TakesSpacesAndCommas() => LoadThreshold.ParseAll("p95<300ms, errors<1% rps>500").Select(threshold => threshold.Text).Should().Equal("p95<300ms", "errors<1%", "rps>500");

    private static LatencyDistribution Latencies()
    {
        var histogram = new LongHistogram(1, LatencyDistribution.HighestMicroseconds, 3);
        for (var milliseconds = 1; milliseconds <= 1000; milliseconds++)
        {
            histogram.RecordValue(milliseconds * 1000);
        }

        return new LatencyDistribution(histogram);
    }
}
