using System.Globalization;
using System.Text.RegularExpressions;

namespace Tiketi.Pipeline.LoadTesting;

/// <summary>A condition on a load test's result: <c>p95&lt;300ms</c>, <c>errors&lt;1%</c>, <c>rps&gt;500</c>.</summary>
public sealed partial record LoadThreshold
{
    private const string Allowed = "Write METRIC<VALUE or METRIC>VALUE, where METRIC is p50, p95, p99.9 ..., min, mean or max (with us, ms or s), errors (a count, or with % a share) or rps: p95<300ms errors<1% rps>500";

    private LoadThreshold(string text, string metric, string comparison, double value, string unit) =>
        (Text, Metric, Comparison, Value, Unit) = (text, metric, comparison, value, unit);

    /// <summary>As written.</summary>
    public string Text { get; }

    private string Metric { get; }

    private string Comparison { get; }

    private double Value { get; }

    private string Unit { get; }

    /// <summary>Reads thresholds separated by spaces or commas.</summary>
    /// <exception cref="PipelineException">Names the part that is not understood and what is allowed.</exception>
    public static IReadOnlyList<LoadThreshold> ParseAll(string text) =>
        [.. text.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(Parse)];

    /// <inheritdoc cref="ParseAll"/>
    public static LoadThreshold Parse(string text)
    {
        var match = Form().Match(text);
        if (!match.Success)
        {
            throw new PipelineException($"{text} is no threshold.", Allowed);
        }

        var (metric, unit) = (match.Groups["metric"].Value, match.Groups["unit"].Value);
        var value = double.Parse(match.Groups["value"].Value, CultureInfo.InvariantCulture);
        var problem = metric switch
        {
            "errors" when unit is not ("" or "%") => "errors are a count or a share in %",
            "rps" when unit.Length > 0 => "rps has no unit",
            "errors" or "rps" => null,
            _ when unit is "" or "%" => $"{metric} is a time and needs us, ms or s",
            _ when metric[0] == 'p' && PercentileOf(metric) is <= 0 or > 100 => $"{metric} lies outside 0 to 100",
            _ => null,
        };
        return problem is null ? new LoadThreshold(text, metric, match.Groups["comparison"].Value, value, unit)
            : throw new PipelineException($"{text} is no threshold: {problem}.", Allowed);
    }

    /// <summary>Holds the result against this condition.</summary>
    public LoadThresholdOutcome Check(LoadTestResult result)
    {
        var actual = Metric switch
        {
            "errors" => Unit == "%" ? result.ErrorShare * 100 : result.Errors,
            "rps" => result.RequestsPerSecond,
            "min" => InUnit(result.Latency.Min),
            "mean" => InUnit(result.Latency.Mean),
            "max" => InUnit(result.Latency.Max),
            _ => InUnit(result.Latency.At(PercentileOf(Metric))),
        };
        var held = Comparison switch
        {
            "<" => actual < Value,
            "<=" => actual <= Value,
            ">" => actual > Value,
            _ => actual >= Value,
        };
        return new LoadThresholdOutcome(Text, held, string.Create(CultureInfo.InvariantCulture, $"{actual:0.###}{Unit}"));
    }

    private static double PercentileOf(string metric) => double.Parse(metric.AsSpan(1), CultureInfo.InvariantCulture);

    private double InUnit(TimeSpan time) => Unit switch
    {
        "s" => time.TotalSeconds,
        "ms" => time.TotalMilliseconds,
        _ => time.TotalMicroseconds,
    };

    [GeneratedRegex(@"^(?<metric>p\d+(?:\.\d+)?|min|mean|max|errors|rps)\s*(?<comparison><=|>=|<|>)\s*(?<value>\d+(?:\.\d+)?)(?<unit>us|ms|s|%|)$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Form();
}

/// <summary>Whether a threshold held.</summary>
/// <param name="Threshold">As written.</param>
/// <param name="Held">False fails the load test.</param>
/// <param name="Actual">The measured value, in the threshold's unit.</param>
public sealed record LoadThresholdOutcome(string Threshold, bool Held, string Actual);
