using System.Text.Json.Nodes;
using Tiketi.LocalCloud.Kubernetes;
using Tiketi.LocalCloud.Tests.Kubernetes;

namespace Tiketi.LocalCloud.Tests.Eks;

/// <summary>The EKS API, asked by the AWS CLI.</summary>
[Collection(ClusterTests.Name)]
public sealed class EksTests(Cluster cluster)
{
    [Fact]
    public async Task A_cluster_made_by_a_stack_is_described()
    {
        var described = JsonNode.Parse((await cluster.Cloud.AwsAsync("eks", "describe-cluster", "--name", Cluster.ClusterName)).Ok());
        described.Text("cluster", "status").Should().Be("ACTIVE");
        described.Text("cluster", "endpoint").Should().Be($"https://127.0.0.1:{cluster.Cloud.Settings.KubernetesPort}");
        described.Text("cluster", "arn").Should().Be($"arn:aws:eks:ap-northeast-2:000000000000:cluster/{Cluster.ClusterName}");
        described.Text("cluster", "resourcesVpcConfig", "clusterSecurityGroupId").Should().StartWith("sg-");
        (await cluster.Cloud.AwsAsync("eks", "list-clusters", "--query", "clusters", "--output", "text")).Ok().Trim().Should().Be(Cluster.ClusterName);
        (await cluster.Cloud.AwsAsync("eks", "list-nodegroups", "--cluster-name", Cluster.ClusterName, "--output", "text")).Ok().Should().Contain("tiketi-nodes");
        var group = JsonNode.Parse((await cluster.Cloud.AwsAsync("eks", "describe-nodegroup", "--cluster-name", Cluster.ClusterName, "--nodegroup-name", "tiketi-nodes")).Ok());
        group.Text("nodegroup", "status").Should().Be("ACTIVE");
        (await cluster.GetAsync("node", "tiketi-nodes-local")).Text("metadata", "labels", "role").Should().Be("worker", "the node carries its group's labels");
        (await cluster.Cloud.AwsAsync("eks", "describe-addon-versions", "--addon-name", "coredns")).Ok().Should().Contain("coredns");
    }

    [Fact]
    public async Task What_is_not_there_is_said_with_EKSs_own_error()
    {
        (await cluster.Cloud.AwsAsync("eks", "describe-cluster", "--name", "nope")).Error.Should().Contain("(ResourceNotFoundException)").And.Contain("No cluster found for name: nope.");
        (await cluster.Cloud.AwsAsync("eks", "describe-nodegroup", "--cluster-name", Cluster.ClusterName, "--nodegroup-name", "nope")).Error.Should().Contain("No node group found for name: nope.");
        (await cluster.Cloud.AwsAsync("eks", "delete-cluster", "--name", Cluster.ClusterName)).Error.Should().Contain("made by CloudFormation");
    }
}
