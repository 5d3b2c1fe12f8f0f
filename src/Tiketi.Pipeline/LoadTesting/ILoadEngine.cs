namespace Tiketi.Pipeline.LoadTesting;

/// <summary>What sends a load test's requests.</summary>
internal interface ILoadEngine
{
    /// <summary>Sends all requests of <paramref name="model"/>, or those until it is cancelled. What goes wrong with one is recorded.</summary>
    /// <param name="model">When they are sent.</param>
    /// <param name="timeline">Where it is written down when they ended; null for a warm-up.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    Task<IReadOnlyList<LoadRecorder>> RunAsync(LoadModel model, LoadTimeline? timeline, CancellationToken cancellationToken);
}
