using k8s;
using k8s.Models;

namespace Tiketi.Pipeline.Infrastructure.Destruction;

/// <summary>
/// Deletes what controllers in the cluster made of the account's resources: load balancers, their target groups and network
/// interfaces. No stack knows them, so they would outlive the cluster, cost on, and hold the network's deletion up.
/// </summary>
public sealed class LoadBalancerRemoval(IKubernetes cluster, TimeProvider time)
{
    /// <summary>How long the controller may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Deletes every ingress and every service of type LoadBalancer, and waits until they are gone; that is when what they made is.</summary>
    /// <returns>How many there were.</returns>
    /// <exception cref="PipelineException">One does not go: its controller does not run, or cannot delete what it made.</exception>
    public async Task<int> RunAsync(CancellationToken cancellationToken = default)
    {
        var found = await FindAsync(cancellationToken).ConfigureAwait(false);
        foreach (var (kind, metadata) in found)
        {
            await DeleteAsync(kind, metadata, cancellationToken).ConfigureAwait(false);
        }

        var begin = time.GetTimestamp();
        for (var left = found; left.Count > 0; left = await FindAsync(cancellationToken).ConfigureAwait(false))
        {
            if (time.GetElapsedTime(begin) > Timeout)
            {
                throw new PipelineException(
                    $"After {Timeout.TotalMinutes:0} minutes still there: {string.Join(", ", left.Select(one => $"{one.Kind} {one.Metadata.NamespaceProperty}/{one.Metadata.Name}"))}.",
                    "The AWS Load Balancer Controller removes their load balancers: see that it runs and why it does not (kubectl -n kube-system logs deployment/aws-load-balancer-controller), then run the same command again.");
            }

            await Task.Delay(TimeSpan.FromSeconds(1), time, cancellationToken).ConfigureAwait(false);
        }

        return found.Count;
    }

    private async Task<List<(string Kind, V1ObjectMeta Metadata)>> FindAsync(CancellationToken cancellationToken)
    {
        var ingresses = await cluster.NetworkingV1.ListIngressForAllNamespacesAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
        var services = await cluster.CoreV1.ListServiceForAllNamespacesAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
        return
        [
            .. ingresses.Items.Select(ingress => ("Ingress", ingress.Metadata)),
            .. services.Items.Where(service => service.Spec.Type == "LoadBalancer").Select(service => ("Service", service.Metadata)),
        ];
    }

    private async Task DeleteAsync(string kind, V1ObjectMeta metadata, CancellationToken cancellationToken)
    {
        try
        {
            if (kind == "Ingress")
            {
                await cluster.NetworkingV1.DeleteNamespacedIngressAsync(metadata.Name, metadata.NamespaceProperty, cancellationToken: cancellationToken).ConfigureAwait(false);
            }
            else
            {
                await cluster.CoreV1.DeleteNamespacedServiceAsync(metadata.Name, metadata.NamespaceProperty, cancellationToken: cancellationToken).ConfigureAwait(false);
            }
        }
        catch (k8s.Autorest.HttpOperationException gone) when (gone.Response.StatusCode == System.Net.HttpStatusCode.NotFound)
        {
            // Somebody was faster.
        }
    }
}
