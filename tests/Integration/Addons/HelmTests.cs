using System.Diagnostics;
using System.Text.Json.Nodes;
using k8s;
using Microsoft.Extensions.Logging.Abstractions;
using Tiketi.Integration.Contract;
using Tiketi.Integration.Operations;
using Tiketi.Pipeline;
using Tiketi.Pipeline.Addons;
using Tiketi.Pipeline.Aws;

namespace Tiketi.Integration.Addons;

/// <summary>InstallAddons with the real helm, both majors of it, in a real Kubernetes and in the local cloud's.</summary>
[Collection(RealKubernetesCollection.Name)]
public sealed class HelmTests(RealKubernetes kubernetes)
{
    private const string Next = "9.9.9";

    [Theory]
    [InlineData(HelmBinary.Helm3)]
    [InlineData(HelmBinary.Helm4)]
    public async Task A_chart_is_installed_once_then_changed_only_by_its_version_or_values_and_a_failure_is_in_helms_words(string package)
    {
        var release = await ReleaseAsync();
        var helm = await HelmBinary.GetAsync(package);
        using var charts = await ChartRepository.StartAsync(helm, release.Chart, release.Version, Next);
        release = release with { Repository = charts.Address };
        var releases = new HelmReleases(kubernetes.Kubeconfig, NullLogger<HelmReleases>.Instance, helm);

        (await releases.EnsureAsync(release, TestContext.Current.CancellationToken)).Should().Be(HelmOutcome.Installed);
        (await ArgumentsAsync(kubernetes.Client, release)).Should().Equal("--cluster-name=tiketi-test", "--aws-region=ap-northeast-2", "--aws-vpc-id=vpc-1");
        var unchanged = await ResourceVersionAsync(release);
        (await releases.EnsureAsync(release, TestContext.Current.CancellationToken)).Should().Be(HelmOutcome.Unchanged);
        (await ResourceVersionAsync(release)).Should().Be(unchanged, "nothing was written");

        var nameless = release with { Values = new JsonObject { ["serviceAccount"] = new JsonObject { ["name"] = "x" } } };
        (await FluentActions.Awaiting(() => releases.EnsureAsync(nameless, TestContext.Current.CancellationToken)).Should().ThrowAsync<PipelineException>())
            .Which.Message.Should().StartWith("helm upgrade failed").And.Contain("Chart cannot be installed without a valid clusterName!");
        (await releases.EnsureAsync(release with { Version = Next }, TestContext.Current.CancellationToken)).Should().Be(HelmOutcome.Upgraded);
        (await kubernetes.Client.AppsV1.ReadNamespacedDeploymentAsync(release.Name, release.Namespace, cancellationToken: TestContext.Current.CancellationToken))
            .Spec.Template.Spec.Containers.Single().Image.Should().EndWith(":v" + Next);
    }

    [Theory]
    [InlineData(HelmBinary.Helm3)]
    [InlineData(HelmBinary.Helm4)]
    public async Task A_helm_that_was_killed_in_the_middle_does_not_block_the_next_one(string package)
    {
        var release = await ReleaseAsync();
        var helm = await HelmBinary.GetAsync(package);
        using var charts = await ChartRepository.StartAsync(helm, release.Chart, release.Version);
        release = release with { Repository = charts.Address };
        var releases = new HelmReleases(kubernetes.Kubeconfig, NullLogger<HelmReleases>.Instance, helm);

        await KillWhileWaitingAsync(helm, release, charts, "pending-install");
        (await releases.EnsureAsync(release, TestContext.Current.CancellationToken)).Should().Be(HelmOutcome.Installed);
        await KillWhileWaitingAsync(helm, release, charts, "pending-upgrade");
        (await releases.EnsureAsync(release, TestContext.Current.CancellationToken)).Should().Be(HelmOutcome.Upgraded);
        (await releases.EnsureAsync(release, TestContext.Current.CancellationToken)).Should().Be(HelmOutcome.Unchanged);
    }

    [Fact]
    public async Task The_local_clouds_cluster_takes_a_chart_through_the_very_kubeconfig_that_InstallAddons_writes()
    {
        await using var aws = new LocalAws();
        await aws.InitializeAsync();
        await aws.Deployer.ApplyAsync(aws.Environment("addons", ("cluster", LocalAws.Cluster("tiketi-addons"))), TestContext.Current.CancellationToken);
        var helm = await HelmBinary.GetAsync(HelmBinary.Helm4);
        var release = LoadBalancerController.For("tiketi-addons", "ap-northeast-2", "vpc-1");
        using var charts = await ChartRepository.StartAsync(helm, release.Chart, release.Version);
        release = release with { Repository = charts.Address };
        var configuration = await EksCluster.ConfigureAsync(aws.Clients.Eks, "tiketi-addons", aws.Clients.Settings, TimeProvider.System, TestContext.Current.CancellationToken);
        using var access = await ClusterAccessFile.CreateAsync(configuration, TestContext.Current.CancellationToken);
        var releases = new HelmReleases(access.Path, NullLogger<HelmReleases>.Instance, helm);

        (await releases.EnsureAsync(release, TestContext.Current.CancellationToken)).Should().Be(HelmOutcome.Installed);
        (await releases.EnsureAsync(release, TestContext.Current.CancellationToken)).Should().Be(HelmOutcome.Unchanged);
        using var client = new k8s.Kubernetes(configuration);
        (await ArgumentsAsync(client, release)).Should().Contain("--cluster-name=tiketi-addons");
    }

    /// <summary>The pinned release, in a namespace of the test's own.</summary>
    private async Task<HelmRelease> ReleaseAsync()
    {
        var name = kubernetes.NewNamespace();
        await kubernetes.Client.CoreV1.CreateNamespaceAsync(new() { Metadata = new() { Name = name } }, cancellationToken: TestContext.Current.CancellationToken);
        return LoadBalancerController.For("tiketi-test", "ap-northeast-2", "vpc-1") with { Namespace = name };
    }

    /// <summary>Starts what EnsureAsync starts, with a pod that never gets ready, and ends it once helm waits for that.</summary>
    private async Task KillWhileWaitingAsync(string helm, HelmRelease release, ChartRepository charts, string status)
    {
        string[] values = ["clusterName=killed", "replicaCount=1", "serviceAccount.name=x"];
        var start = new ProcessStartInfo(helm, [
            "upgrade", "--install", release.Name, release.Chart, "--repo", charts.Address.AbsoluteUri, "--version", release.Version, "--namespace", release.Namespace, "--wait", "--timeout", "10m",
            .. values.SelectMany(value => new[] { "--set", value })]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["KUBECONFIG"] = kubernetes.Kubeconfig;
        using var process = Process.Start(start)!;
        var stored = $"owner=helm,name={release.Name},status={status}"; // where helm keeps its releases
        while ((await kubernetes.Client.CoreV1.ListNamespacedSecretAsync(release.Namespace, labelSelector: stored, cancellationToken: TestContext.Current.CancellationToken)).Items.Count == 0)
        {
            process.HasExited.Should().BeFalse("it waits for a pod that never gets ready");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }

        process.Kill();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    private static async Task<IList<string>> ArgumentsAsync(IKubernetes client, HelmRelease release) =>
        (await client.AppsV1.ReadNamespacedDeploymentAsync(release.Name, release.Namespace, cancellationToken: TestContext.Current.CancellationToken)).Spec.Template.Spec.Containers.Single().Args;

    private async Task<string> ResourceVersionAsync(HelmRelease release) =>
        (await kubernetes.Client.CoreV1.ListNamespacedSecretAsync(release.Namespace, labelSelector: "owner=helm", cancellationToken: TestContext.Current.CancellationToken)).Items.Single().Metadata.ResourceVersion;
}
