using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Nodes;
using CliWrap;
using CliWrap.Buffered;
using k8s;
using Microsoft.Extensions.Logging;

namespace Tiketi.Pipeline.Addons;

/// <summary>A chart that is to be installed, pinned.</summary>
/// <param name="Name">The release, "aws-load-balancer-controller".</param>
/// <param name="Namespace">"kube-system".</param>
/// <param name="Repository">The chart repository's address.</param>
/// <param name="Chart">The chart's name in it.</param>
/// <param name="Version">The chart's version.</param>
/// <param name="Values">What differs from the chart's own values; no secrets, helm stores them in the cluster.</param>
public sealed record HelmRelease(string Name, string Namespace, Uri Repository, string Chart, string Version, JsonObject Values);

public enum HelmOutcome
{
    Unchanged,
    Installed,
    Upgraded,
}

/// <summary>Brings helm releases to a version and values with the helm that is installed; changes nothing where they have them.</summary>
/// <param name="kubeconfig">What helm reads the cluster from.</param>
/// <param name="log">What helm prints.</param>
/// <param name="helm">The program; a path where it is not on PATH.</param>
public sealed class HelmReleases(string kubeconfig, ILogger<HelmReleases> log, string helm = "helm")
{
    /// <summary>How to get helm.</summary>
    public const string Remedy = "Install Helm 3.8 or newer: https://helm.sh/docs/intro/install.";

    /// <summary>Installs or upgrades, and waits until the release's pods are ready.</summary>
    /// <exception cref="PipelineException">helm is not installed, or fails: with its own words.</exception>
    public async Task<HelmOutcome> EnsureAsync(HelmRelease release, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(release);
        var (chart, status) = await FindAsync(release, cancellationToken).ConfigureAwait(false);
        if (status == "deployed" && chart == $"{release.Chart}-{release.Version}" && await HasValuesAsync(release, cancellationToken).ConfigureAwait(false))
        {
            return HelmOutcome.Unchanged;
        }

        if (status?.StartsWith("pending-", StringComparison.Ordinal) == true)
        {
            await ForgetPendingAsync(release, cancellationToken).ConfigureAwait(false);
        }

        var values = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(values, release.Values.ToJsonString(), cancellationToken).ConfigureAwait(false);
            await RunAsync(
                ["upgrade", "--install", release.Name, release.Chart, "--repo", release.Repository.AbsoluteUri, "--version", release.Version, "--namespace", release.Namespace, "--values", values, "--wait", "--timeout", "10m"],
                cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            File.Delete(values);
        }

        return status is null or "pending-install" ? HelmOutcome.Installed : HelmOutcome.Upgraded;
    }

    /// <summary>The release's chart with its version, and its status; nulls where there is none.</summary>
    private async Task<(string? Chart, string? Status)> FindAsync(HelmRelease release, CancellationToken cancellationToken)
    {
        // Helm 3 shows less by default than these, and Helm 4 has no --all.
        var list = await RunAsync(
            ["list", "--deployed", "--failed", "--pending", "--namespace", release.Namespace, "--filter", $"^{release.Name}$", "--output", "json"], cancellationToken).ConfigureAwait(false);
        var found = (Parse(list) as JsonArray)?.FirstOrDefault();
        return (found?["chart"]?.ToString(), found?["status"]?.ToString());
    }

    /// <summary>
    /// A helm that was killed leaves its lock behind, a revision that is pending for ever, and helm has no command to lift it: a
    /// rollback fails where names differ, an uninstallation would take what runs. Without that revision the one before counts, and
    /// what was already applied of it is taken over by name.
    /// </summary>
    private async Task ForgetPendingAsync(HelmRelease release, CancellationToken cancellationToken)
    {
        log.LogInformation("An earlier helm was ended while it changed {Release}: its unfinished revision is forgotten", release.Name);
        using var cluster = new k8s.Kubernetes(KubernetesClientConfiguration.BuildConfigFromConfigFile(kubeconfig));
        await cluster.CoreV1.DeleteCollectionNamespacedSecretAsync(
            release.Namespace, labelSelector: $"owner=helm,name={release.Name},status in (pending-install,pending-upgrade,pending-rollback)", cancellationToken: cancellationToken).ConfigureAwait(false);
    }

    private async Task<bool> HasValuesAsync(HelmRelease release, CancellationToken cancellationToken) => JsonNode.DeepEquals(
        Parse(await RunAsync(["get", "values", release.Name, "--namespace", release.Namespace, "--output", "json"], cancellationToken).ConfigureAwait(false)), release.Values);

    private static JsonNode? Parse(string json)
    {
        try
        {
            return JsonNode.Parse(json);
        }
        catch (JsonException error)
        {
            throw new PipelineException($"helm printed no JSON: {json.Trim()}", HelmReleases.Remedy, error);
        }
    }

    private async Task<string> RunAsync(string[] arguments, CancellationToken cancellationToken)
    {
        BufferedCommandResult result;
        try
        {
            result = await Cli.Wrap(helm).WithArguments(arguments).WithEnvironmentVariables(variables => variables.Set("KUBECONFIG", kubeconfig))
                .WithValidation(CommandResultValidation.None).ExecuteBufferedAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Win32Exception absent)
        {
            throw new PipelineException("helm is not installed; it installs the add-ons of the cluster.", Remedy, absent);
        }

        log.LogDebug("helm {Arguments}: {Output}", string.Join(' ', arguments), result.StandardOutput);
        return result.IsSuccess ? result.StandardOutput : throw new PipelineException(
            $"helm {arguments[0]} failed: {result.StandardError.Trim()}", "Mend what it names, then run the same command again.");
    }
}
