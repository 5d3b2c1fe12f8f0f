namespace Tiketi.Pipeline.LoadTesting;

/// <summary>How far a load test is.</summary>
/// <param name="Elapsed">Since its start, warm-up excluded.</param>
/// <param name="Share">Of what is planned, 0 to 1.</param>
/// <param name="Requests">So far.</param>
/// <param name="Errors">Of them.</param>
/// <param name="Recent">The last second.</param>
/// <param name="Activity">What else there is to say, such as how many wait in a queue; null for nothing.</param>
public sealed record LoadProgress(TimeSpan Elapsed, double Share, long Requests, long Errors, LoadInterval Recent, string? Activity)
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RecentTime = TimeSpan.FromSeconds(1);

    /// <summary>Tells the request's listener every second, until disposed of: then it has been told for the last time.</summary>
    internal static IAsyncDisposable? Tell(LoadTimeline timeline, LoadTestRequest request, TimeProvider time, Func<(double Share, string Text)?>? activity = null) =>
        request.Progress is not { } listener ? null : time.CreateTimer(_ => listener.Report(Now(timeline, request.Model, activity?.Invoke())), null, Period, Period);

    private static LoadProgress Now(LoadTimeline timeline, LoadModel model, (double Share, string Text)? activity)
    {
        var (elapsed, total) = (timeline.Elapsed, timeline.Total);
        var share = activity?.Share ?? (model switch
        {
            LoadModel.Open open => elapsed / open.Duration,
            LoadModel.Closed closed => (double)total.Requests / closed.Requests,
            _ => 0,
        });
        return new LoadProgress(elapsed, Math.Clamp(share, 0, 1), total.Requests, total.Errors, timeline.Recent(RecentTime), activity?.Text);
    }
}
