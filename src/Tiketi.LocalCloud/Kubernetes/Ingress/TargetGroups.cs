using System.Collections.Concurrent;

namespace Tiketi.LocalCloud.Kubernetes.Ingress;

/// <summary>
/// The pods that requests go to, as an AWS load balancer sees them. A pod is a target from the moment it is ready (as with the
/// controller's pod readiness gates), and still one for <see cref="DeregistrationLag"/> after it has left the Service's endpoints:
/// controller and load balancer need that long to hear of it. A pod that ends sooner drops requests, here as there.
/// </summary>
internal sealed class TargetGroups(RouteTable routes, TimeProvider time)
{
    /// <summary>At AWS it is 1 s to 10 s and more.</summary>
    public static readonly TimeSpan DeregistrationLag = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<(string Namespace, string Service, string? Port), ConcurrentDictionary<string, long>> _groups = new();

    /// <summary>The addresses ("10.0.0.2:3001"), in a stable order.</summary>
    public List<string> Of(Route route)
    {
        var now = time.GetTimestamp();
        var group = _groups.GetOrAdd((route.Namespace, route.Service, route.Port?.ToString()), _ => new(StringComparer.Ordinal));
        foreach (var ready in routes.Endpoints(route))
        {
            group[ready] = now;
        }

        foreach (var target in group.Where(target => time.GetElapsedTime(target.Value, now) >= DeregistrationLag))
        {
            group.TryRemove(target);
        }

        return [.. group.Keys.Order(StringComparer.Ordinal)];
    }
}
