using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using k8s;
using Microsoft.Extensions.Logging;

namespace Tiketi.Pipeline.Kubernetes;

/// <summary>What applying did, or would do, to one object.</summary>
public enum ObjectChangeKind
{
    /// <summary>Already as wanted: nothing is sent.</summary>
    Unchanged,

    /// <summary>It is new.</summary>
    Created,

    /// <summary>It exists and differs.</summary>
    Configured,
}

/// <summary>One object and what happened to it.</summary>
/// <param name="Key">The object.</param>
/// <param name="Kind">What happened.</param>
/// <param name="Fields">Of a configured object what differed, secrets hidden; empty otherwise.</param>
public sealed record ObjectChange(ObjectKey Key, ObjectChangeKind Kind, IReadOnlyList<FieldChange> Fields)
{
    /// <summary>The change as lines for people: the object, then its fields.</summary>
    public IEnumerable<string> Lines => Fields.Select(change => $"  {change}").Prepend($"{Key} {Kind.ToString().ToLowerInvariant()}");
}

/// <summary>The outcome of one <see cref="Rollout.ApplyAsync"/>.</summary>
public sealed record ApplyResult(IReadOnlyList<ObjectChange> Changes)
{
    public int Created => Count(ObjectChangeKind.Created);

    public int Configured => Count(ObjectChangeKind.Configured);

    public int Unchanged => Count(ObjectChangeKind.Unchanged);

    /// <summary>How many objects were written.</summary>
    public int Writes => Created + Configured;

    private int Count(ObjectChangeKind kind) => Changes.Count(change => change.Kind == kind);
}

/// <summary>Brings a cluster's objects to what the manifests say, by server-side apply.</summary>
public sealed class Rollout(IKubernetes cluster, TimeProvider time, ILogger<Rollout> log, ManifestSources? sources = null)
{
    /// <summary>How often an object is looked at that never stands still.</summary>
    private const int MaximumLooks = 5;

    private static readonly TimeSpan EstablishLimit = TimeSpan.FromMinutes(1);

    private readonly ClusterApi _api = new(cluster, time);
    private readonly ReadinessWaiter _waiter = new(new ClusterApi(cluster, time), time, log, sources);

    /// <summary>What <see cref="ApplyAsync"/> would do. Only reads: server-side dry runs store nothing.</summary>
    /// <exception cref="PipelineException">As for <see cref="ApplyAsync"/>.</exception>
    public async Task<ApplyResult> PlanAsync(ManifestSet manifests, bool force = false, CancellationToken cancellationToken = default) =>
        new([.. (await ExamineAsync(manifests, force, cancellationToken)).Select(step => new ObjectChange(step.Manifest.Key, step.Kind, step.Fields))]);

    /// <summary>
    /// Applies what differs, level by level in the order of dependency, the objects of a level at the same time. All
    /// manifests are dry-run before the first write, so that a conflict or an invalid manifest stops the run with nothing changed.
    /// </summary>
    /// <param name="manifests">What is wanted.</param>
    /// <param name="force">Take fields over from other managers instead of failing with a conflict.</param>
    /// <param name="cancellationToken">Ends the run between two calls.</param>
    /// <exception cref="PipelineException">The cluster does not serve a kind, refuses a manifest, or does not answer.</exception>
    public async Task<ApplyResult> ApplyAsync(ManifestSet manifests, bool force = false, CancellationToken cancellationToken = default) =>
        await WriteAsync(await ExamineAsync(manifests, force, cancellationToken), force, cancellationToken);

    internal async Task<ApplyResult> WriteAsync(IEnumerable<Step> steps, bool force, CancellationToken cancellationToken)
    {
        var changes = new List<ObjectChange>();
        foreach (var level in steps.GroupBy(step => ApplyOrder.Level(step.Manifest.Key.Kind)).OrderBy(level => level.Key))
        {
            changes.AddRange(await Task.WhenAll(level.Select(step => WriteAsync(step, force, cancellationToken))));
            await EstablishAsync([.. level.Where(step => step.Kind != ObjectChangeKind.Unchanged && step.Manifest.Key.Kind == "CustomResourceDefinition")], cancellationToken);
        }

        return new ApplyResult(changes);
    }

    /// <summary>What later levels use of these definitions has to be served by then.</summary>
    private async Task EstablishAsync(IReadOnlyList<Step> definitions, CancellationToken cancellationToken)
    {
        await _waiter.WaitAsync([.. definitions.Select(step => step.Manifest.Key)], EstablishLimit, cancellationToken);
        await Task.WhenAll(definitions.Select(step => CustomKinds.WaitAsync(_api, step.Manifest, time, cancellationToken)));
    }

    /// <summary>
    /// Waits until all of them are ready. Ends early, with evidence, as soon as one of them cannot become ready any more.
    /// </summary>
    /// <param name="keys">What to wait for.</param>
    /// <param name="timeout">Counted for all of them together.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="PipelineException">One failed (with its pod's events and log), or the time is over.</exception>
    public Task WaitAsync(IEnumerable<ObjectKey> keys, TimeSpan timeout, CancellationToken cancellationToken = default) =>
        _waiter.WaitAsync([.. keys], timeout, cancellationToken);

    internal async Task<IReadOnlyList<Step>> ExamineAsync(ManifestSet manifests, bool force, CancellationToken cancellationToken)
    {
        var pending = await CustomKinds.PendingAsync(_api, manifests, cancellationToken);
        await _api.RequireAsync(manifests.Manifests.Select(manifest => manifest.Key).Where(key => !pending.Contains((key.ApiVersion, key.Kind))), cancellationToken);
        var scaled = await Autoscaling.TargetsAsync(_api, manifests, cancellationToken);
        var conflicts = new ConcurrentBag<FieldConflictException>();
        var steps = await Task.WhenAll(manifests.Manifests.Select(SchemaNormalization.Normalize).Select(async manifest =>
        {
            if (pending.Contains((manifest.Key.ApiVersion, manifest.Key.Kind)))
            {
                return new Step(manifest, ObjectChangeKind.Created, null, []); // nothing to look at or dry-run before its definition is there
            }

            try
            {
                return await ExamineAsync(scaled.Contains(manifest.Key) ? Autoscaling.WithoutReplicas(manifest) : manifest, scaled.Contains(manifest.Key), force, cancellationToken);
            }
            catch (FieldConflictException conflict)
            {
                conflicts.Add(conflict); // all of them are worth one run
                return null;
            }
        }));
        return conflicts.IsEmpty ? [.. steps.OfType<Step>()] : throw FieldConflictException.Explain(conflicts.OrderBy(conflict => conflict.Message, StringComparer.Ordinal));
    }

    private async Task<Step> ExamineAsync(Manifest manifest, bool scaled, bool force, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var live = await _api.GetAsync(manifest.Key, cancellationToken);
            if (live is null)
            {
                return new Step(manifest, ObjectChangeKind.Created, null, []);
            }

            var handover = scaled && Autoscaling.OwnsReplicas(live);
            var tried = handover ? Autoscaling.WithReplicasOf(manifest, live) : manifest;
            var wanted = await _api.ApplyAsync(tried, dryRun: true, force, cancellationToken);
            if (Version(wanted) == Version(live) || attempt == MaximumLooks) // else what a controller wrote in between would pass for a change of ours
            {
                return Compare(manifest, live, wanted, handover);
            }
        }
    }

    private static Step Compare(Manifest manifest, JsonObject live, JsonObject wanted, bool handover)
    {
        var (before, after) = (Comparable(live), Comparable(wanted));
        var same = !handover && JsonNode.DeepEquals(before, after);
        return same
            ? new Step(manifest, ObjectChangeKind.Unchanged, live, [])
            : new Step(manifest, ObjectChangeKind.Configured, live, Fields(before, after)) { HandsReplicasOver = handover };
    }

    private async Task<ObjectChange> WriteAsync(Step step, bool force, CancellationToken cancellationToken)
    {
        var key = step.Manifest.Key;
        if (step.Kind == ObjectChangeKind.Unchanged)
        {
            return new ObjectChange(key, step.Kind, []);
        }

        if (step.HandsReplicasOver)
        {
            await Autoscaling.HandOverAsync(_api, step.Live!, key, cancellationToken);
        }

        JsonObject result;
        try
        {
            result = await _api.ApplyAsync(step.Manifest, dryRun: false, force, cancellationToken);
        }
        catch (FieldConflictException conflict)
        {
            throw FieldConflictException.Explain([conflict]);
        }

        // The server itself writes nothing when nothing differs, in case somebody else just made the same change.
        var written = step.Live is null || Version(result) != Version(step.Live);
        var kind = written ? step.Kind : ObjectChangeKind.Unchanged;
        log.LogInformation("{Object} {Change}", key, kind.ToString().ToLowerInvariant());
        return new ObjectChange(key, kind, written ? step.Fields : []);
    }

    private static string? Version(JsonObject live) => live.Text("metadata", "resourceVersion");

    /// <summary>
    /// The object without what changes by itself. Of the field owners only our own entry counts: taking over an object that
    /// somebody else created is a change, a controller's note on its status is not.
    /// </summary>
    private static JsonObject Comparable(JsonObject live)
    {
        var copy = (JsonObject)live.DeepClone();
        copy.Remove("status");
        var metadata = copy.Ensure("metadata");
        metadata.Remove("resourceVersion");
        metadata.Remove("generation");
        var ours = ClusterApi.OwnFields(live);
        metadata["managedFields"] = ours?.DeepClone();
        return copy;
    }

    private static IReadOnlyList<FieldChange> Fields(JsonObject before, JsonObject after)
    {
        var owned = JsonNode.DeepEquals(before.At("metadata", "managedFields"), after.At("metadata", "managedFields"));
        before.Ensure("metadata").Remove("managedFields");
        after.Ensure("metadata").Remove("managedFields");
        var fields = FieldDiff.Between(before, after);
        return fields.Count > 0 || owned ? fields : [new FieldChange("(ownership of fields)", "others", ClusterApi.FieldManager)];
    }

    /// <summary>One manifest, what is to be done for it, and the object as it was found.</summary>
    internal sealed record Step(Manifest Manifest, ObjectChangeKind Kind, JsonObject? Live, IReadOnlyList<FieldChange> Fields)
    {
        /// <summary>Our own claim on <c>replicas</c> goes over to the autoscaler; dropped, it would reset them to 1.</summary>
        public bool HandsReplicasOver { get; init; }

        /// <summary>Nothing is to be written, and nothing to be waited for.</summary>
        public bool IsReadyAsFound => Kind == ObjectChangeKind.Unchanged && Live is not null && Readiness.Of(Live).State == ReadyState.Ready;
    }
}
