using System.Text.Json.Nodes;

namespace Tiketi.Pipeline.Addons;

/// <summary>The AWS Load Balancer Controller, which makes the load balancer that an ingress asks for. Every other add-on is one of EKS's own, in infra/cluster.yaml.</summary>
public static class LoadBalancerController
{
    /// <summary>The chart's version; it installs controller v2.13.4.</summary>
    public const string ChartVersion = "1.13.4";

    /// <summary>The release for a cluster.</summary>
    /// <param name="cluster">The EKS cluster's name.</param>
    /// <param name="region">Its region.</param>
    /// <param name="vpcId">Where load balancers go.</param>
    public static HelmRelease For(string cluster, string region, string vpcId) => new(
        "aws-load-balancer-controller", "kube-system", new Uri("https://aws.github.io/eks-charts"), "aws-load-balancer-controller", ChartVersion,
        new JsonObject
        {
            ["clusterName"] = cluster,
            ["region"] = region,
            ["vpcId"] = vpcId,

            // The stack cluster associates this account with the controller's role; the controller has no other credentials.
            ["serviceAccount"] = new JsonObject { ["create"] = true, ["name"] = "aws-load-balancer-controller" },
        });
}
