using k8s;
using Microsoft.Extensions.Logging;
using Tiketi.Pipeline.Database;
using Tiketi.Pipeline.Kubernetes;

namespace Tiketi.Pipeline.Releases;

/// <summary>
/// Deploys the services in the order in which they need each other: what pods read, then the database's schema, then the
/// pods; waits until all are ready, and prunes what earlier releases have left. When it fails, the last good release is put
/// back. A run that was killed leaves nothing that the next one does not mend.
/// </summary>
public sealed class ServiceDeployment
{
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(5);

    private readonly ClusterApi _api;
    private readonly Rollout _rollout;
    private readonly Migrations _migrations;
    private readonly Pruning _pruning;
    private readonly TimeProvider _time;
    private readonly ILogger _log;

    /// <param name="cluster">The cluster.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logs">Where to tell what is done.</param>
    /// <param name="sources">The manifests' files, so that a failure names file and line.</param>
    public ServiceDeployment(IKubernetes cluster, TimeProvider time, ILoggerFactory logs, ManifestSources? sources = null)
    {
        _api = new ClusterApi(cluster, time);
        _time = time;
        _log = logs.CreateLogger<ServiceDeployment>();
        _rollout = new Rollout(cluster, time, logs.CreateLogger<Rollout>(), sources);
        _migrations = new Migrations(cluster, time, logs.CreateLogger<Migrations>());
        _pruning = new Pruning(_api, _log);
    }

    /// <summary>What <see cref="DeployAsync"/> would write and prune.</summary>
    /// <exception cref="PipelineException">A manifest is refused, or other managers own fields.</exception>
    public async Task<(ApplyResult Objects, PruneResult Pruned)> PlanAsync(
        string namespaceName, ManifestSet manifests, bool force = false, CancellationToken cancellationToken = default)
    {
        var objects = await _rollout.PlanAsync(manifests, force, cancellationToken);
        var history = await new ReleaseStore(_api, namespaceName).ListAsync(cancellationToken);
        return (objects, await PruneAsync(history, Inventory(manifests), ReleaseStore.DefaultKept, withData: false, dryRun: true, cancellationToken));
    }

    /// <exception cref="PipelineException">A manifest is refused (nothing has changed then), another pipeline is at it for too long, a migration
    /// fails, or a service does not become ready; with evidence, and with what became of the release.</exception>
    public async Task<ServiceDeploymentResult> DeployAsync(ServiceDeploymentRequest request, CancellationToken cancellationToken = default)
    {
        // Everything is dry-run before anything is written, so that a bad Deployment does not leave a new configuration behind.
        var found = await LookAsync(request, cancellationToken);
        if (found.Running is not null)
        {
            return await KeepAsync(found, request, cancellationToken);
        }

        // The lease is held, and the record there, before the first write - but for the namespace that both are in.
        var made = await _rollout.WriteAsync(Namespaces(found), request.Force, cancellationToken);
        await using var lease = await ReleaseLease.AcquireAsync(_api, _time, _log, request, cancellationToken);
        try
        {
            found = await LookAsync(request, lease.Token); // another pipeline may have written before it was ours
            return found.Running is null ? await ReleaseAsync(found, made, request, lease) : await KeepAsync(found, request, lease.Token);
        }
        catch (OperationCanceledException) when (lease.IsLost)
        {
            throw lease.Lost();
        }
    }

    private async Task<ServiceDeploymentResult> ReleaseAsync(Look found, ApplyResult made, ServiceDeploymentRequest request, ReleaseLease lease)
    {
        var (store, history, cancellationToken) = (new ReleaseStore(_api, request.Namespace), found.History, lease.Token);
        var release = await BeginAsync(store, request, cancellationToken);
        try
        {
            var (rolledOut, migration) = await RolloutAsync([.. found.Steps.Except(Namespaces(found))], request, lease.EnsureAsync, cancellationToken);
            var objects = new ApplyResult([.. made.Changes, .. rolledOut.Changes]);
            await lease.EnsureAsync();
            var pruned = await PruneAsync(history, release.Inventory, request.Kept, request.PruneData, dryRun: false, cancellationToken);
            release = await SucceedAsync(store, release, history, request.Kept, cancellationToken);
            return new ServiceDeploymentResult(release, IsNew: true, objects, migration, pruned);
        }
        catch (PipelineException failure)
        {
            await lease.EnsureAsync();
            throw await UndoAsync(store, release, history, request, failure, cancellationToken);
        }
        catch (OperationCanceledException) when (!lease.IsLost)
        {
            using var soon = new CancellationTokenSource(LastWords);
            await store.UpdateAsync(release with { Outcome = ReleaseOutcome.Failed, Reason = "interrupted" }, soon.Token);
            throw;
        }
    }

    /// <summary>What would have to be done, and whether this very release runs already.</summary>
    private async Task<Look> LookAsync(ServiceDeploymentRequest request, CancellationToken cancellationToken)
    {
        var steps = await _rollout.ExamineAsync(request.Manifests, request.Force, cancellationToken);
        var history = await new ReleaseStore(_api, request.Namespace).ListAsync(cancellationToken);
        var runs = history is [{ Outcome: ReleaseOutcome.Succeeded } newest, ..]
            && steps.All(step => step.Kind == ObjectChangeKind.Unchanged)
            && newest.Inventory.ToHashSet().SetEquals(Inventory(request));
        return new Look(steps, history, runs ? history[0] : null);
    }

    /// <summary>Writes no object; waits, should the release that runs be disturbed. The database may still lack a migration.</summary>
    private async Task<ServiceDeploymentResult> KeepAsync(Look found, ServiceDeploymentRequest request, CancellationToken cancellationToken)
    {
        var (same, ran) = await RolloutAsync(found.Steps, request, () => Task.CompletedTask, cancellationToken);
        return new ServiceDeploymentResult(found.Running!, IsNew: false, same, ran, PruneResult.Nothing);
    }

    private static IReadOnlyList<Rollout.Step> Namespaces(Look found) => [.. found.Steps.Where(step => step.Manifest.Key.Kind == "Namespace")];

    private async Task<Release> BeginAsync(ReleaseStore store, ServiceDeploymentRequest request, CancellationToken cancellationToken)
    {
        var release = await store.CreateAsync(
            request.Release with
            {
                Outcome = ReleaseOutcome.Deploying,
                ConfigMap = request.Manifests.VersionedConfigMap,
                Inventory = Inventory(request),
                Manifests = request.Manifests,
            },
            cancellationToken);
        _log.LogInformation("Release {Number}: version {Version}", release.Number, release.Version);
        return release;
    }

    private async Task<(ApplyResult Objects, MigrationResult? Migration)> RolloutAsync(
        IReadOnlyList<Rollout.Step> steps, ServiceDeploymentRequest request, Func<Task> ensureAsync, CancellationToken cancellationToken)
    {
        var services = steps.Where(step => ApplyOrder.Level(step.Manifest.Key.Kind) >= ApplyOrder.Workloads).ToList();
        var before = await _rollout.WriteAsync(steps.Except(services), request.Force, cancellationToken);
        var migration = request.Migration is { } wanted
            ? await _migrations.RunAsync(wanted with { ConfigMap = request.Manifests.ConfigMapName(wanted.ConfigMap) }, cancellationToken)
            : null;
        await ensureAsync(); // a migration may have taken long
        var after = await _rollout.WriteAsync(services, request.Force, cancellationToken);
        await _rollout.WaitAsync(steps.Where(step => !step.IsReadyAsFound).Select(step => step.Manifest.Key), request.Timeout, cancellationToken);
        return (new ApplyResult([.. before.Changes, .. after.Changes]), migration);
    }

    private async Task<Release> SucceedAsync(ReleaseStore store, Release release, IReadOnlyList<Release> history, int kept, CancellationToken cancellationToken)
    {
        release = release with { Outcome = ReleaseOutcome.Succeeded };
        await store.UpdateAsync(release, cancellationToken);
        foreach (var killed in history.Where(earlier => earlier.Outcome == ReleaseOutcome.Deploying))
        {
            await store.UpdateAsync(killed with { Outcome = ReleaseOutcome.Failed, Reason = $"interrupted; release {release.Number} took over" }, cancellationToken);
        }

        await store.ForgetAsync(kept, cancellationToken);
        return release;
    }

    /// <summary>Records the failure, puts the last good release back if that is wanted, and says what was done.</summary>
    /// <returns>The failure, with that added.</returns>
    private async Task<PipelineException> UndoAsync(
        ReleaseStore store, Release release, IReadOnlyList<Release> history, ServiceDeploymentRequest request, PipelineException failure, CancellationToken cancellationToken)
    {
        var good = history.FirstOrDefault(earlier => earlier.Outcome == ReleaseOutcome.Succeeded);
        release = release with { Outcome = ReleaseOutcome.Failed, Reason = failure.Message.Split('\n')[0] };
        string outcome;
        try
        {
            await store.UpdateAsync(release, cancellationToken);
            if (request.RollBack && good is not null)
            {
                _log.LogWarning("Release {Number} failed: {Reason}. Putting release {Good} back", release.Number, release.Reason, good.Number);
                await RestoreAsync(release, good, request.Timeout, cancellationToken);
                await store.UpdateAsync(release with { Outcome = ReleaseOutcome.RolledBack }, cancellationToken);
                outcome = $"Release {release.Number} was undone: release {good.Number} (version {good.Version}) runs again.";
            }
            else
            {
                outcome = $"Release {release.Number} failed, and what it left is still there: {(request.RollBack ? "no earlier release has succeeded" : "--no-rollback was given")}.";
            }
        }
        catch (PipelineException second)
        {
            outcome = $"Release {release.Number} could not be undone either: {second.Message}";
        }

        return new PipelineException($"{failure.Message}\n{outcome}", failure.Remedy, failure);
    }

    /// <summary>Secrets are not part of a record: they stay as Secrets Manager has them now.</summary>
    private async Task RestoreAsync(Release failed, Release good, TimeSpan timeout, CancellationToken cancellationToken)
    {
        // The fields were ours in that release, so whoever took them since is overruled.
        var steps = await _rollout.ExamineAsync(good.Manifests, force: true, cancellationToken);
        await _rollout.WriteAsync(steps, force: true, cancellationToken);
        await _pruning.RunAsync(failed.Inventory, good.Inventory, withData: false, dryRun: false, cancellationToken);
        await _rollout.WaitAsync(steps.Select(step => step.Manifest.Key), timeout, cancellationToken);
    }

    /// <summary>A versioned ConfigMap stays as long as a kept release has it; everything else goes with the release that dropped it.</summary>
    private Task<PruneResult> PruneAsync(
        IReadOnlyList<Release> history, IReadOnlyList<ObjectKey> wanted, int kept, bool withData, bool dryRun, CancellationToken cancellationToken)
    {
        var configMaps = ReleaseStore.Kept(history, kept - 1) // the new one is kept too
            .SelectMany(release => release.Inventory.Where(key => key.Kind == "ConfigMap" && key.Name == release.ConfigMap));
        return _pruning.RunAsync(history.SelectMany(release => release.Inventory), wanted.Concat(configMaps), withData, dryRun, cancellationToken);
    }

    /// <summary>A rollback has no manifests of Secrets, and they are its own all the same.</summary>
    private static IReadOnlyList<ObjectKey> Inventory(ServiceDeploymentRequest request) => [.. Inventory(request.Manifests).Union(request.Release.Inventory)];

    private static IReadOnlyList<ObjectKey> Inventory(ManifestSet manifests) => [.. manifests.Manifests.Select(manifest => manifest.Key)];

    /// <summary>The cluster as it was found.</summary>
    /// <param name="Steps">What would have to be done.</param>
    /// <param name="History">Its releases, newest first.</param>
    /// <param name="Running">The newest release, where it is what is wanted and nothing differs.</param>
    private sealed record Look(IReadOnlyList<Rollout.Step> Steps, IReadOnlyList<Release> History, Release? Running);
}
