using Tiketi.Pipeline.Addons;
using Tiketi.Pipeline.Aws;

/// <summary>What the cluster needs beside EKS's own add-ons; an environment that brings its own ingress needs none of it.</summary>
interface IAddons : IHazEnvironment
{
    async Task InstallAddonsAsync()
    {
        if (Session.IsLocal)
        {
            Log.Information("Environment {Environment} brings its own ingress", Session.Settings.Name);
            return;
        }

        var cluster = await Session.Outputs.RequireAsync("cluster", "ClusterName", Session.Cancellation);
        var release = LoadBalancerController.For(cluster, Session.Settings.Region, await Session.Outputs.RequireAsync("network", "VpcId", Session.Cancellation));
        using var access = await ClusterAccessFile.CreateAsync(
            await EksCluster.ConfigureAsync(Session.Aws.Eks, cluster, Session.Aws.Settings, TimeProvider.System, Session.Cancellation), Session.Cancellation);
        var outcome = await new HelmReleases(access.Path, Session.Logger<HelmReleases>()).EnsureAsync(release, Session.Cancellation);
        Log.Information("{Name:l} {Version:l}: {Outcome}", release.Name, release.Version, outcome);
        this.Report((release.Name, outcome));
    }
}
