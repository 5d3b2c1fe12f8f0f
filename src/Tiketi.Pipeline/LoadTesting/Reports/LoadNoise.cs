namespace Tiketi.Pipeline.LoadTesting.Reports;

/// <summary>
/// How far a test's values lie from what a longer test would show. Requests that follow one another are alike, so counting each as a
/// sample of its own would promise too much; instead the test is cut into parts of equal time, whose values vary as they do (batch means).
/// </summary>
internal static class LoadNoise
{
    private const int Parts = 10;
    private const int FewestParts = 5;
    private const int FewestRequests = 20;

    /// <summary>Student's t for 95 %, by degrees of freedom from 4.</summary>
    private static readonly double[] StudentT = [2.776, 2.571, 2.447, 2.365, 2.306, 2.262];

    /// <summary>Half the width of the 95 % confidence interval by metric; null where the test was too short.</summary>
    public static IReadOnlyDictionary<string, double>? Of(LoadTestResult result)
    {
        if (result.Timeline is null)
        {
            return null;
        }

        var length = result.Duration / Parts;
        // the last part is cut off somewhere
        var parts = result.Timeline.Intervals(length).Where(part => part.Requests >= FewestRequests && part.Start + part.Length <= result.Duration + (length / 4)).Take(Parts).ToList();
        if (parts.Count < FewestParts)
        {
            return null;
        }

        return new Dictionary<string, double>(StringComparer.Ordinal)
        {
            ["p50"] = Of(parts, part => part.Latency.At(50).TotalMilliseconds),
            ["p95"] = Of(parts, part => part.Latency.At(95).TotalMilliseconds),
            ["p99"] = Of(parts, part => part.Latency.At(99).TotalMilliseconds),
            ["requestsPerSecond"] = Of(parts, part => part.RequestsPerSecond),
            ["errorShare"] = Of(parts, part => (double)part.Errors / part.Requests),
        };
    }

    private static double Of(List<LoadInterval> parts, Func<LoadInterval, double> value)
    {
        var values = parts.ConvertAll(part => value(part));
        var mean = values.Average();
        var deviation = Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Count - 1));
        return StudentT[values.Count - FewestParts] * deviation / Math.Sqrt(values.Count);
    }
}
