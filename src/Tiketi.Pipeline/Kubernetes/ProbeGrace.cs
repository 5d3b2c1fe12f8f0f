using System.Text.Json.Nodes;

namespace Tiketi.Pipeline.Kubernetes;

/// <summary>How long a running container may take to become ready, as its own probes declare it.</summary>
internal static class ProbeGrace
{
    /// <summary>Never condemned sooner: readiness probes are written for the steady state, and a first start is slower.</summary>
    private static readonly TimeSpan Least = TimeSpan.FromMinutes(2);

    public static TimeSpan Of(JsonNode container)
    {
        var startup = container.At("startupProbe") is { } probe ? Worst(probe) : TimeSpan.Zero;
        var readiness = container.At("readinessProbe") is { } ready ? Worst(ready) : TimeSpan.Zero;
        var declared = startup + readiness;
        return declared > Least ? declared : Least;
    }

    /// <summary>The last moment at which the probe's first success may be seen, half a period of jitter included. Kubernetes' defaults: 0 s, 10 s, 1 s, 3, 1.</summary>
    private static TimeSpan Worst(JsonNode probe)
    {
        var (period, timeout) = (Or(probe, "periodSeconds", 10), Or(probe, "timeoutSeconds", 1));
        var tries = Or(probe, "failureThreshold", 3) + Or(probe, "successThreshold", 1) - 1;
        return TimeSpan.FromSeconds(probe.Number("initialDelaySeconds") + timeout + (tries * period) + (period / 2.0) + timeout);
    }

    private static long Or(JsonNode probe, string name, long otherwise) => probe.Number(name) is > 0 and var value ? value : otherwise;
}
