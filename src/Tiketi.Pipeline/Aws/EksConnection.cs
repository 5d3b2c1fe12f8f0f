using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Amazon.EKS;
using Amazon.EKS.Model;
using Amazon.Runtime;
using Amazon.Runtime.Credentials;
using k8s;
using k8s.Authentication;

namespace Tiketi.Pipeline.Aws;

/// <summary>The way from an EKS cluster's name to a Kubernetes client.</summary>
public static class EksCluster
{
    /// <summary>
    /// Looks the cluster up and returns a client for its endpoint that trusts its CA and renews its own token.
    /// </summary>
    /// <param name="eks">Where to look.</param>
    /// <param name="clusterName">The cluster's name, the stack output ClusterName.</param>
    /// <param name="settings">Region and credentials that tokens are signed with.</param>
    /// <param name="time">The clock of the tokens.</param>
    /// <param name="cancellationToken">Ends the look-up.</param>
    /// <exception cref="PipelineException">There is no such cluster, or it is not active.</exception>
    public static async Task<IKubernetes> ConnectAsync(
        IAmazonEKS eks, string clusterName, AwsSettings settings, TimeProvider? time = null, CancellationToken cancellationToken = default) =>
        new k8s.Kubernetes(await ConfigureAsync(eks, clusterName, settings, time, cancellationToken).ConfigureAwait(false));

    /// <summary>As <see cref="ConnectAsync"/>, but the configuration alone, for callers that adjust it first.</summary>
    /// <exception cref="PipelineException">There is no such cluster, or it is not active.</exception>
    public static async Task<KubernetesClientConfiguration> ConfigureAsync(
        IAmazonEKS eks, string clusterName, AwsSettings settings, TimeProvider? time = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(eks);
        ArgumentNullException.ThrowIfNull(settings);
        var cluster = await DescribeAsync(eks, clusterName, settings.Region, cancellationToken).ConfigureAwait(false);
        if (cluster.Status != ClusterStatus.ACTIVE && cluster.Status != ClusterStatus.UPDATING)
        {
            throw new PipelineException(
                $"EKS cluster {clusterName} is {cluster.Status}, so nothing can be deployed to it.",
                cluster.Status == ClusterStatus.CREATING
                    ? "Wait for it: run ApplyInfra, which follows the cluster stack to its end."
                    : "Run ApplyInfra and read what the cluster stack reports.");
        }

        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPem(Encoding.UTF8.GetString(Convert.FromBase64String(cluster.CertificateAuthority.Data)));
        return new KubernetesClientConfiguration
        {
            Host = cluster.Endpoint,
            SslCaCerts = authorities,
            TokenProvider = new TokenSource(settings, clusterName, time ?? TimeProvider.System),
        };
    }

    private static async Task<Cluster> DescribeAsync(IAmazonEKS eks, string clusterName, string region, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await eks.DescribeClusterAsync(new DescribeClusterRequest { Name = clusterName }, cancellationToken).ConfigureAwait(false);
            return answer.Cluster;
        }
        catch (ResourceNotFoundException absent)
        {
            throw new PipelineException($"There is no EKS cluster {clusterName} in {region}.", "Run ApplyInfra first.", absent);
        }
    }

    /// <summary>Tokens live 15 minutes; a fresh one is signed (locally, no call) after ten.</summary>
    private sealed class TokenSource(AwsSettings settings, string clusterName, TimeProvider time) : ITokenProvider
    {
        private static readonly TimeSpan Renewal = TimeSpan.FromMinutes(10);
        private volatile EksToken? _current;

        public async Task<AuthenticationHeaderValue> GetAuthenticationHeaderAsync(CancellationToken cancellationToken)
        {
            var now = time.GetUtcNow();
            var token = _current;
            if (token is null || now - token.SignedAt > Renewal)
            {
                var source = settings.Credentials ?? DefaultAWSCredentialsIdentityResolver.GetCredentials();
                var credentials = await source.GetCredentialsAsync().ConfigureAwait(false);
                _current = token = EksToken.Create(credentials, settings.Region, clusterName, now);
            }

            return new AuthenticationHeaderValue("Bearer", token.Value);
        }
    }
}
