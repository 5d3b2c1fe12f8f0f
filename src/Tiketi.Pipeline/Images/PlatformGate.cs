using System.Text.RegularExpressions;
using Amazon.EKS;
using Amazon.EKS.Model;
using Amazon.Runtime;
using k8s;
using k8s.Autorest;
using Microsoft.Extensions.Logging;

namespace Tiketi.Pipeline.Images;

/// <summary>
/// Compares the platform that images are wanted for with what the cluster's nodes are, before anything is built: an image for
/// another one is pulled, starts, and dies with "exec format error".
/// </summary>
/// <param name="eks">Knows the node groups.</param>
/// <param name="connect">Connects to the cluster, which knows its nodes; asked only when EKS has the cluster. The connection is closed afterwards.</param>
public sealed partial class PlatformGate(IAmazonEKS eks, Func<CancellationToken, Task<IKubernetes>> connect, ILogger logger)
{
    /// <summary>A cluster with a private endpoint does not refuse, it does not answer.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <param name="cluster">The cluster's name.</param>
    /// <param name="requests">The images that are wanted.</param>
    /// <param name="cancellationToken">Ends the questions.</param>
    /// <exception cref="PipelineException">An image is wanted for a platform that no node has.</exception>
    public async Task CheckAsync(string cluster, IReadOnlyList<ImageRequest> requests, CancellationToken cancellationToken = default)
    {
        var nodes = await PlatformsAsync(cluster, cancellationToken);
        var wrong = requests.Where(request => nodes.Count > 0 && !nodes.Contains(request.Platform)).ToList();
        if (wrong.Count > 0)
        {
            var platforms = string.Join(" and ", nodes.Order(StringComparer.Ordinal));
            throw new PipelineException(
                $"The nodes of cluster {cluster} are {platforms}, but images are wanted for {string.Join(" and ", wrong.GroupBy(request => request.Platform, request => request.Service).Select(group => $"{group.Key} ({string.Join(", ", group)})"))}: they would not start there.",
                $"Set 'platform: {nodes.Order(StringComparer.Ordinal).First()}' in the environment's file, or for a service in tiketi.yaml; or give the cluster nodes of the other kind.");
        }
    }

    /// <summary>What the nodes are; where there is none yet, what the node groups will bring. Empty where that can't be known.</summary>
    private async Task<IReadOnlyCollection<string>> PlatformsAsync(string cluster, CancellationToken cancellationToken)
    {
        try
        {
            var groups = await NodeGroupsAsync(cluster, cancellationToken);
            var nodes = await NodesAsync(cluster, cancellationToken);
            return nodes.Count > 0 ? nodes : groups;
        }
        catch (ResourceNotFoundException)
        {
            logger.LogDebug("There is no cluster {Cluster} yet, so the images' platform is not compared with its nodes", cluster);
        }
        catch (Exception exception) when (exception is AmazonServiceException or AmazonClientException or HttpRequestException)
        {
            logger.LogWarning("The nodes of cluster {Cluster} could not be asked for, so the images' platform is not compared with theirs: {Reason}", cluster, exception.Message);
        }

        return [];
    }

    private async Task<HashSet<string>> NodeGroupsAsync(string cluster, CancellationToken cancellationToken)
    {
        var platforms = new HashSet<string>(StringComparer.Ordinal);
        var request = new ListNodegroupsRequest { ClusterName = cluster };
        do
        {
            var page = await eks.ListNodegroupsAsync(request, cancellationToken);
            foreach (var name in page.Nodegroups ?? [])
            {
                var group = (await eks.DescribeNodegroupAsync(new DescribeNodegroupRequest { ClusterName = cluster, NodegroupName = name }, cancellationToken)).Nodegroup;
                platforms.UnionWith(PlatformsOf(group.AmiType?.Value ?? "", group.InstanceTypes ?? []));
            }

            request.NextToken = page.NextToken;
        }
        while (!string.IsNullOrEmpty(request.NextToken));

        return platforms;
    }

    /// <summary>Whoever builds images need not be allowed into the cluster; the node groups must do then.</summary>
    private async Task<HashSet<string>> NodesAsync(string cluster, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            using var kubernetes = await connect(patience.Token);
            var nodes = await kubernetes.CoreV1.ListNodeAsync(cancellationToken: patience.Token);
            return nodes.Items.Select(node => node.Status?.NodeInfo).OfType<k8s.Models.V1NodeSystemInfo>()
                .Select(info => $"{info.OperatingSystem}/{info.Architecture}").ToHashSet(StringComparer.Ordinal);
        }
        catch (Exception exception) when (exception is HttpOperationException or HttpRequestException or AmazonServiceException or PipelineException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            logger.LogDebug("Cluster {Cluster} does not tell its nodes: {Reason}", cluster, exception.Message);
            return [];
        }
    }

    /// <summary>By the AMI's name; a custom AMI's by its instance types, whose family has a "g" after the generation where it is Graviton.</summary>
    private static IEnumerable<string> PlatformsOf(string ami, List<string> instanceTypes)
        => ami.StartsWith("WINDOWS", StringComparison.Ordinal) ? ["windows/amd64"]
            : ami.Contains("ARM_64", StringComparison.Ordinal) ? ["linux/arm64"]
            : ami.Contains("x86_64", StringComparison.Ordinal) ? ["linux/amd64"]
            : instanceTypes.Select(type => Graviton().IsMatch(type) ? "linux/arm64" : "linux/amd64");

    [GeneratedRegex(@"\A([a-z]+\d+g[a-z]*|a1)\.", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Graviton();
}
