using System.Globalization;

namespace Tiketi.Benchmarks.Measuring;

/// <summary>One thing of ours, measured beside its named peer in the same run.</summary>
internal abstract class Figure(string name)
{
    public string Name => name;

    /// <exception cref="NotMeasuredException">The peer is missing, or one of the two did not do what is measured.</exception>
    public abstract Task<Measurement> MeasureAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Measures both in turn, so that whatever else the machine does meets both, and keeps the least of each: everything
    /// above it is disturbance.
    /// </summary>
    /// <param name="runs">Of ours.</param>
    /// <param name="peerRuns">Of the peer's; fewer than ours only where the goal is no ratio.</param>
    protected static async Task<(double Ours, double Peer)> LeastOfAsync(int runs, Func<Task<double>> ours, Func<Task<double>> peer, int peerRuns = int.MaxValue)
    {
        var (least, leastPeer) = (double.PositiveInfinity, double.PositiveInfinity);
        for (var run = 0; run < runs; run++)
        {
            least = Math.Min(least, await ours());
            leastPeer = run < peerRuns ? Math.Min(leastPeer, await peer()) : leastPeer;
        }

        return (least, leastPeer);
    }
}

/// <summary>What a figure came to.</summary>
/// <param name="Ours">In the unit.</param>
/// <param name="Peer">In the unit.</param>
/// <param name="Unit">"s", "ms", "req/cpu-s" ...; empty for a count.</param>
/// <param name="Goal">What ours has to reach.</param>
internal sealed record Measurement(double Ours, double Peer, string Unit, Goal Goal)
{
    public bool Reached => Goal.IsReached(Ours, Peer);

    /// <summary>"ours=V peer=V ratio=R goal=G ok|short".</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"ours={Number(Ours)}{Unit} peer={Number(Peer)}{Unit} ratio={Ours / Peer:0.00} goal={Goal.Text} {(Reached ? "ok" : "short")}");

    private static string Number(double value) => value.ToString(value < 10 ? "0.000" : value < 1000 ? "0.0" : "0", CultureInfo.InvariantCulture);
}

/// <summary>What a figure has to reach.</summary>
/// <param name="Text">As printed.</param>
/// <param name="IsReached">Given ours and the peer's, in the figure's unit.</param>
internal sealed record Goal(string Text, Func<double, double, bool> IsReached)
{
    public static Goal AtMost(double limit, string unit) => new(FormattableString.Invariant($"<={limit}{unit}"), (ours, _) => ours <= limit);

    public static Goal AtMostPeerPlus(double more, string unit) => new(FormattableString.Invariant($"<=peer+{more}{unit}"), (ours, peer) => ours <= peer + more);

    public static Goal AtMostTimesPeer(double factor) => new(FormattableString.Invariant($"<={factor:0.00}x"), (ours, peer) => ours <= peer * factor);

    /// <summary>For what takes time: the peer takes so many times as long.</summary>
    public static Goal AtLeastTimesFaster(double factor) => new(FormattableString.Invariant($"peer>={factor:0.00}x"), (ours, peer) => peer >= ours * factor);

    public static Goal AtLeastTimesPeer(double factor) => new(FormattableString.Invariant($">={factor:0.00}x"), (ours, peer) => ours >= peer * factor);
}

/// <summary>A figure that could not be taken; the message says what to do about it.</summary>
internal sealed class NotMeasuredException(string message, Exception? inner = null) : Exception(message, inner);
