namespace Tiketi.Pipeline.LoadTesting;

/// <summary>When the arrivals of an open model are due.</summary>
/// <param name="model">The rates.</param>
/// <param name="start">The first arrival's timestamp.</param>
/// <param name="frequency">Of timestamps, per second.</param>
internal sealed class ArrivalSchedule(LoadModel.Open model, long start, long frequency)
{
    private readonly double _seconds = model.Duration.TotalSeconds;
    private readonly double _first = model.RequestsPerSecond;
    private readonly double _growth = ((model.FinalRequestsPerSecond ?? model.RequestsPerSecond) - model.RequestsPerSecond) / model.Duration.TotalSeconds;

    /// <summary>The area under the rate.</summary>
    public long Count => (long)((_first * _seconds) + (_growth * _seconds * _seconds / 2));

    /// <summary>The timestamp of an arrival, counted from 0: the moment at which the area under the rate reaches its number.</summary>
    public long MomentOf(long number)
    {
        // n = first t + growth t^2 / 2, solved for t in the form that stays exact when the growth is small or zero
        var seconds = 2 * number / (_first + Math.Sqrt(Math.Max((_first * _first) + (2 * _growth * number), 0)));
        return start + (long)(double.IsNaN(seconds) ? 0 : seconds * frequency);
    }
}
