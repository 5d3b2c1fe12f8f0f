namespace Tiketi.Pipeline.LoadTesting;

/// <summary>Sends through the runtime's own HTTP client: every platform, TLS, HTTP/2.</summary>
internal sealed class HttpClientEngine(LoadClient client, LoadTestRequest request, TimeProvider time) : ILoadEngine
{
    public async Task<IReadOnlyList<LoadRecorder>> RunAsync(LoadModel model, LoadTimeline? timeline, CancellationToken cancellationToken)
    {
        var recorder = LoadRecorder.ForManyThreads(time, timeline);
        await new LoadDriver(request.Timeout, time).RunUntilCancelledAsync(model, VisitAsync, cancellationToken);
        return [recorder];

        Task VisitAsync(long planned, RequestDeadline deadline)
        {
            recorder.Sent(planned, time.GetTimestamp());
            return client.SendAsync(recorder, planned, deadline);
        }
    }
}
