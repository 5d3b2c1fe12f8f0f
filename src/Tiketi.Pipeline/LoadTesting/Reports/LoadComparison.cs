using System.Globalization;
using System.Text;

namespace Tiketi.Pipeline.LoadTesting.Reports;

/// <summary>What a difference between two runs is worth.</summary>
public enum LoadDifference
{
    /// <summary>Smaller than what two runs of the same system differ by.</summary>
    WithinNoise,

    Better,

    Worse,

    /// <summary>One of the runs was too short to tell.</summary>
    Unknown,
}

/// <summary>One value of two runs.</summary>
/// <param name="Metric">"p95", "requests per second" ...</param>
/// <param name="Unit">"ms", "/s" or "%".</param>
/// <param name="Before">In the unit.</param>
/// <param name="Now">In the unit.</param>
/// <param name="Difference">What it is worth.</param>
public sealed record LoadChange(string Metric, string Unit, double Before, double Now, LoadDifference Difference)
{
    /// <summary>With sign: "+12 %", or in points where the value is a share itself; "as before"; "new" where there was nothing before.</summary>
    public string Text => Now == Before ? "as before" : Unit == "%" ? string.Create(CultureInfo.InvariantCulture, $"{Now - Before:+0.##;-0.##;0} points")
        : Before > 0 ? string.Create(CultureInfo.InvariantCulture, $"{(Now - Before) / Before * 100:+0.#;-0.#;0} %")
        : "new";
}

/// <summary>A run beside an earlier one of the same name.</summary>
/// <param name="Before">The earlier run.</param>
/// <param name="IsSameLoad">False where one was loaded otherwise, so that differences say little about the system.</param>
/// <param name="Changes">Latencies, throughput and errors.</param>
public sealed record LoadComparison(LoadRun Before, bool IsSameLoad, IReadOnlyList<LoadChange> Changes)
{
    /// <summary>Two runs of an unchanged system differ by that much even where each was even in itself: another placement, another neighbour.</summary>
    private const double BetweenRuns = 0.05;

    public static LoadComparison Of(LoadRun now, LoadRun before)
    {
        return new LoadComparison(before, now.Load == before.Load && now.Url == before.Url,
        [
            Latency("p50"),
            Latency("p95"),
            Latency("p99"),
            Change("requests/s", "/s", "requestsPerSecond", run => run.RequestsPerSecond, moreIsBetter: true),
            Change("errors", "%", "errorShare", run => run.ErrorShare * 100, moreIsBetter: false, inUnit: 100),
        ]);

        LoadChange Latency(string percentile) => Change(percentile, "ms", percentile, run => run.LatencyMilliseconds[percentile], moreIsBetter: false);

        LoadChange Change(string metric, string unit, string noise, Func<LoadRun, double> value, bool moreIsBetter, double inUnit = 1)
        {
            var (was, here) = (value(before), value(now));
            if (before.Noise is null || now.Noise is null)
            {
                return new LoadChange(metric, unit, was, here, LoadDifference.Unknown);
            }

            var (noiseBefore, noiseNow) = (before.Noise[noise] * inUnit, now.Noise[noise] * inUnit);
            var limit = Math.Max(Math.Sqrt((noiseBefore * noiseBefore) + (noiseNow * noiseNow)), Math.Abs(was) * BetweenRuns);
            return new LoadChange(metric, unit, was, here, Math.Abs(here - was) <= limit ? LoadDifference.WithinNoise
                : here > was == moreIsBetter ? LoadDifference.Better : LoadDifference.Worse);
        }
    }

    /// <summary>A line for each value.</summary>
    public string ToText()
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"Against the run of {Before.At:yyyy-MM-dd HH:mm} UTC{(IsSameLoad ? "" : $", which was loaded otherwise ({Before.Load})")}:");
        foreach (var change in Changes)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"{change.Metric,-20} {change.Before,10:0.##} -> {change.Now,10:0.##} {change.Unit,-3} {change.Text,-14} {Words(change.Difference)}");
        }

        return text.ToString();
    }

    /// <summary>"better", "worse", "within noise", "too short to tell".</summary>
    public static string Words(LoadDifference difference) => difference switch
    {
        LoadDifference.Better => "better",
        LoadDifference.Worse => "worse",
        LoadDifference.WithinNoise => "within noise",
        _ => "too short to tell",
    };
}
