using k8s;
using k8s.Autorest;
using k8s.Models;
using Tiketi.Pipeline.Releases;

namespace Tiketi.Pipeline.Registry.Pruning;

/// <summary>Which images a cluster needs: of the pods that are there, of all workloads that make pods, and of the last releases.</summary>
/// <param name="cluster">The cluster.</param>
/// <param name="namespace">Where its releases are recorded.</param>
public sealed class ClusterImages(IKubernetes cluster, string @namespace)
{
    private const int PageSize = 500;

    /// <param name="keptReleases">How many releases that succeeded; those under way count in any case.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="PipelineException">The cluster does not tell.</exception>
    public async Task<IReadOnlyList<ImageUse>> ReadAsync(int keptReleases, CancellationToken cancellationToken = default)
    {
        try
        {
            var released = Of(await new ReleaseStore(cluster, @namespace).ListAsync(cancellationToken), keptReleases);
            var uses = new List<ImageUse>(released);
            await foreach (var pod in PagesAsync<V1Pod, V1PodList>((next, token) => cluster.CoreV1.ListPodForAllNamespacesAsync(limit: PageSize, continueParameter: next, cancellationToken: token), cancellationToken))
            {
                uses.AddRange(Of(pod));
            }

            await foreach (var one in PagesAsync<V1Deployment, V1DeploymentList>((next, token) => cluster.AppsV1.ListDeploymentForAllNamespacesAsync(limit: PageSize, continueParameter: next, cancellationToken: token), cancellationToken))
            {
                uses.AddRange(Of("Deployment", one, one.Spec.Template.Spec));
            }

            await foreach (var one in PagesAsync<V1StatefulSet, V1StatefulSetList>((next, token) => cluster.AppsV1.ListStatefulSetForAllNamespacesAsync(limit: PageSize, continueParameter: next, cancellationToken: token), cancellationToken))
            {
                uses.AddRange(Of("StatefulSet", one, one.Spec.Template.Spec));
            }

            await foreach (var one in PagesAsync<V1DaemonSet, V1DaemonSetList>((next, token) => cluster.AppsV1.ListDaemonSetForAllNamespacesAsync(limit: PageSize, continueParameter: next, cancellationToken: token), cancellationToken))
            {
                uses.AddRange(Of("DaemonSet", one, one.Spec.Template.Spec));
            }

            await foreach (var one in PagesAsync<V1CronJob, V1CronJobList>((next, token) => cluster.BatchV1.ListCronJobForAllNamespacesAsync(limit: PageSize, continueParameter: next, cancellationToken: token), cancellationToken))
            {
                uses.AddRange(Of("CronJob", one, one.Spec.JobTemplate.Spec.Template.Spec));
            }

            return uses;
        }
        catch (Exception exception) when (exception is HttpOperationException or HttpRequestException)
        {
            throw new PipelineException($"The cluster does not tell which images it runs: {exception.Message}", "The identity in use must list pods, deployments, statefulsets, daemonsets and cronjobs in all namespaces.", exception);
        }
    }

    /// <summary>The newest releases that can be gone back to. One that failed is no such: it uses up no place.</summary>
    internal static IEnumerable<ImageUse> Of(IReadOnlyList<Release> newestFirst, int kept)
    {
        var good = newestFirst.Where(release => release.Outcome == ReleaseOutcome.Succeeded).Take(kept);
        return newestFirst.Where(release => release.Outcome == ReleaseOutcome.Deploying).Concat(good)
            .SelectMany(release => release.Images.Values.Select(image => new ImageUse(image, $"release {release.Number} ({release.Version})")));
    }

    /// <summary>What it was told to run, and what the node says it runs: a tag may have moved since. A pod that has ended needs nothing.</summary>
    private static IEnumerable<ImageUse> Of(V1Pod pod)
    {
        if (pod.Status?.Phase is "Succeeded" or "Failed")
        {
            return [];
        }

        var statuses = (pod.Status?.ContainerStatuses ?? []).Concat(pod.Status?.InitContainerStatuses ?? []);
        return Of("Pod", pod, pod.Spec).Concat(statuses.Where(status => !string.IsNullOrEmpty(status.ImageID)).Select(status => new ImageUse(status.ImageID, Name("Pod", pod))));
    }

    private static IEnumerable<ImageUse> Of(string kind, IKubernetesObject<V1ObjectMeta> owner, V1PodSpec? spec) =>
        (spec?.Containers ?? []).Concat(spec?.InitContainers ?? []).Where(container => !string.IsNullOrEmpty(container.Image)).Select(container => new ImageUse(container.Image, Name(kind, owner)));

    private static string Name(string kind, IKubernetesObject<V1ObjectMeta> owner) => $"{kind} {owner.Metadata.NamespaceProperty}/{owner.Metadata.Name}";

    private static async IAsyncEnumerable<T> PagesAsync<T, TList>(Func<string?, CancellationToken, Task<TList>> read, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
        where TList : IItems<T>, IKubernetesObject<V1ListMeta>
    {
        string? next = null;
        do
        {
            var page = await read(next, cancellationToken);
            foreach (var item in page.Items)
            {
                yield return item;
            }

            next = page.Metadata?.ContinueProperty;
        }
        while (!string.IsNullOrEmpty(next));
    }
}
