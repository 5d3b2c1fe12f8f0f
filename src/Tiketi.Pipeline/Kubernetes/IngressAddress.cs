using k8s;
using k8s.Models;

namespace Tiketi.Pipeline.Kubernetes;

/// <summary>Where an ingress is reached, which its controller writes into its status once the load balancer is there.</summary>
public sealed class IngressAddress(IKubernetes cluster, TimeProvider time)
{
    /// <summary>How long the controller may take; a load balancer is there in about three minutes.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The load balancer's DNS name.</summary>
    /// <exception cref="PipelineException">There is no ingress, or it has no address in time.</exception>
    public async Task<string> WaitAsync(string @namespace, CancellationToken cancellationToken = default)
    {
        for (var begin = time.GetTimestamp(); ; await Task.Delay(TimeSpan.FromSeconds(5), time, cancellationToken).ConfigureAwait(false))
        {
            var ingresses = (await cluster.NetworkingV1.ListNamespacedIngressAsync(@namespace, cancellationToken: cancellationToken).ConfigureAwait(false)).Items;
            if (ingresses.Count == 0)
            {
                throw new PipelineException($"There is no ingress in namespace {@namespace}.", "Run DeployK8s first.");
            }

            if (ingresses.SelectMany(AddressesOf).FirstOrDefault() is { } address)
            {
                return address;
            }

            if (time.GetElapsedTime(begin) >= Timeout)
            {
                throw new PipelineException(
                    $"After {Timeout.TotalMinutes:0} minutes ingress {@namespace}/{ingresses[0].Metadata.Name} has no load balancer.",
                    $"See why: kubectl -n {@namespace} describe ingress {ingresses[0].Metadata.Name}. Without the AWS Load Balancer Controller run InstallAddons.");
            }
        }
    }

    private static IEnumerable<string> AddressesOf(V1Ingress ingress) =>
        (ingress.Status?.LoadBalancer?.Ingress ?? []).Select(point => point.Hostname).Where(name => !string.IsNullOrEmpty(name));
}
