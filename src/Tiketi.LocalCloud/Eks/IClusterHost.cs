namespace Tiketi.LocalCloud.Eks;

/// <summary>Runs the Kubernetes API that an EKS cluster stands for.</summary>
public interface IClusterHost
{
    /// <summary>The API server's address ("https://127.0.0.1:4567") and its certificate authority (PEM, base64), as DescribeCluster gives them.</summary>
    (string Endpoint, string CertificateAuthorityData) Endpoint { get; }

    /// <summary>Adds or updates the cluster's one node (the Docker engine): its labels are the node group's.</summary>
    Task EnsureNodeAsync(string name, IReadOnlyDictionary<string, string> labels, CancellationToken cancellationToken);

    Task RemoveNodeAsync(string name, CancellationToken cancellationToken);
}
