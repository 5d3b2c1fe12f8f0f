namespace Tiketi.Pipeline.LoadTesting;

/// <summary>What sends a load test's requests.</summary>
internal interface ILoadEngine
{
    /// <summary>Sends all requests of <paramref name="model"/>. What goes wrong with one is recorded; only cancellation throws.</summary>
    Task<IReadOnlyList<LoadRecorder>> RunAsync(LoadModel model, CancellationToken cancellationToken);
}
