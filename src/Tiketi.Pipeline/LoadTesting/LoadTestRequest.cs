using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace Tiketi.Pipeline.LoadTesting;

/// <summary>When requests are sent.</summary>
public abstract record LoadModel
{
    /// <summary>The most connections that are open at a time.</summary>
    internal abstract int Connections { get; }

    /// <summary>
    /// A fixed number of users, each sending its next request when the last was answered, as ab does. A slow server is asked
    /// less often, so its worst moments are underrepresented: read such percentiles with care.
    /// </summary>
    /// <param name="Requests">In all.</param>
    /// <param name="Concurrency">Users.</param>
    public sealed record Closed(long Requests, int Concurrency) : LoadModel
    {
        internal override int Connections => (int)Math.Clamp(Requests, 1, Concurrency);

        public override string ToString() => $"{Requests:N0} requests, {Concurrency} at a time (closed model)";
    }

    /// <summary>
    /// Requests arrive at a constant or evenly changing rate, as from visitors who do not know each other. Latency counts from the planned moment,
    /// so a request that had to wait for its turn is as slow as it was for the visitor.
    /// </summary>
    /// <param name="RequestsPerSecond">The rate at the start.</param>
    /// <param name="Duration">For how long.</param>
    /// <param name="MaxConcurrency">Connections at most; more arrivals wait, and the waiting counts.</param>
    /// <param name="FinalRequestsPerSecond">The rate at the end; null for the same.</param>
    public sealed record Open(double RequestsPerSecond, TimeSpan Duration, int MaxConcurrency = 256, double? FinalRequestsPerSecond = null) : LoadModel
    {
        internal override int Connections => MaxConcurrency;

        public override string ToString() => $"{RequestsPerSecond:#,0.##}{(FinalRequestsPerSecond is { } final ? $" to {final:#,0.##}" : "")} requests/s for {Duration.TotalSeconds:0.#} s (open model)";
    }
}

/// <summary>One HTTP load test.</summary>
public sealed record LoadTestRequest
{
    public required Uri Url { get; init; }

    public required LoadModel Model { get; init; }

    /// <summary>1.1 or 2.0.</summary>
    public Version Version { get; init; } = HttpVersion.Version11;

    public HttpMethod Method { get; init; } = HttpMethod.Get;

    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>Sent with each request; null for none. Its type is the Content-Type in <see cref="Headers"/>.</summary>
    public ReadOnlyMemory<byte>? Body { get; init; }

    /// <summary>After this a request counts as an error, with this as its latency.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Requests before the measurement; not part of the result.</summary>
    public int WarmUpRequests { get; init; } = 10;

    /// <summary>False: a new connection for each request.</summary>
    public bool KeepAlive { get; init; } = true;

    /// <summary>The root to trust instead of the system's; null for those.</summary>
    internal X509Certificate2? TrustedRoot { get; init; }

    /// <summary>Told every second how far the test is, on any thread; null for nobody.</summary>
    public IProgress<LoadProgress>? Progress { get; init; }

    /// <summary>What the result must hold.</summary>
    public IReadOnlyList<LoadThreshold> Thresholds { get; init; } = [];
}
