using Tiketi.LocalCloud.Eks;
using Tiketi.LocalCloud.Kubernetes;

namespace Tiketi.LocalCloud.PodIdentity;

/// <summary>Which IAM role a service account's pods may take on, as AWS::EKS::PodIdentityAssociation says.</summary>
internal sealed class PodIdentityAssociations(EksClusters clusters)
{
    /// <summary>The role's ARN; null where none is associated.</summary>
    public string? RoleOf(string ns, string serviceAccount) => clusters.Names
        .SelectMany(cluster => clusters.PartNames(cluster, Parts.PodIdentity).Select(name => clusters.FindPart(cluster, Parts.PodIdentity, name)))
        .FirstOrDefault(association => association.Text("namespace") == ns && association.Text("serviceAccount") == serviceAccount)
        .Text("roleArn");
}
