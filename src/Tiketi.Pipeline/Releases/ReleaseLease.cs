using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Tiketi.Pipeline.Kubernetes;

namespace Tiketi.Pipeline.Releases;

/// <summary>
/// The right to change one namespace: a coordination.k8s.io/v1 Lease in it, taken, renewed and given back by writes that name
/// the version they have seen. So two pipelines never hold it both, and a killed one blocks the next no longer than its duration.
/// </summary>
internal sealed class ReleaseLease : IAsyncDisposable
{
    public const string Name = "tiketi-release";

    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Reminder = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(5);

    // More than the clocks of two machines can differ that AWS accepts signatures of (5 minutes each way).
    private static readonly TimeSpan SurelyDead = TimeSpan.FromMinutes(11);

    private readonly ClusterApi _api;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly ObjectKey _key;
    private readonly string _identity;
    private readonly TimeSpan _duration;
    private readonly CancellationTokenSource _ended;
    private readonly CancellationTokenSource _lost;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Task _renewing;
    private string? _version;
    private long _renewedAt;
    private LeaseHolder? _winner;

    private ReleaseLease(ClusterApi api, TimeProvider time, ILogger log, ServiceDeploymentRequest request, string identity, string? version, CancellationToken cancellationToken)
    {
        (_api, _time, _log, _key, _identity, _duration, _version) = (api, time, log, Key(request.Namespace), identity, request.LeaseDuration, version);
        _renewedAt = time.GetTimestamp();
        _lost = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _ended = new CancellationTokenSource();
        _renewing = Task.Run(RenewAsync, CancellationToken.None);
    }

    /// <summary>Cancelled when the caller cancels, or when another pipeline has taken the lease over.</summary>
    public CancellationToken Token => _lost.Token;

    public bool IsLost => _winner is not null;

    /// <summary>Waits until nobody else holds the lease, and takes it. The namespace must exist.</summary>
    /// <param name="api">The cluster.</param>
    /// <param name="time">The clock. Whether a holder still renews is measured by it alone, so the clocks of two machines need not agree.</param>
    /// <param name="log">Where to tell who is waited for.</param>
    /// <param name="request">Who wants it, for what, and how long to wait.</param>
    /// <param name="cancellationToken">Ends the wait, and then what is done under the lease.</param>
    /// <exception cref="PipelineException">Another pipeline held it for longer than <see cref="ServiceDeploymentRequest.LockTimeout"/>.</exception>
    public static async Task<ReleaseLease> AcquireAsync(ClusterApi api, TimeProvider time, ILogger log, ServiceDeploymentRequest request, CancellationToken cancellationToken)
    {
        var (key, identity) = (Key(request.Namespace), $"{request.Release.By}_{Guid.NewGuid():N}");
        var started = time.GetTimestamp();
        var (seen, seenAt, told) = ((string?)null, started, (Holder: "", At: started));
        while (true)
        {
            var live = await api.GetAsync(key, cancellationToken);
            if (live is null)
            {
                await api.TryCreateAsync(Empty(key), cancellationToken);
                continue;
            }

            var version = live.Text("metadata", "resourceVersion");
            (seen, seenAt) = (version, version == seen ? seenAt : time.GetTimestamp());
            var holder = LeaseHolder.Of(live);
            if (holder is null || time.GetElapsedTime(seenAt) >= holder.Duration || time.GetUtcNow() - holder.RenewedAt >= SurelyDead)
            {
                if (await TakeAsync(api, time, request, identity, live, cancellationToken) is var (taken, held) && taken)
                {
                    if (holder is not null)
                    {
                        log.LogWarning("Took over from {Holder}, which has not shown any life for {Seconds} s", holder, (int)holder.Duration.TotalSeconds);
                    }

                    return new ReleaseLease(api, time, log, request, identity, held, cancellationToken);
                }

                continue; // somebody was faster
            }

            if (time.GetElapsedTime(started) >= request.LockTimeout)
            {
                throw Busy(holder, request);
            }

            if (holder.Identity != told.Holder || time.GetElapsedTime(told.At) >= Reminder)
            {
                told = (holder.Identity, time.GetTimestamp());
                log.LogInformation("Waiting for {Holder}; if it was killed, for {Seconds} s", holder, (int)holder.Duration.TotalSeconds);
            }

            await Task.Delay(Poll, time, cancellationToken);
        }
    }

    /// <summary>Makes sure, before a step that others notice, that the lease is still ours. Costs a request only when the last renewal is old.</summary>
    /// <exception cref="OperationCanceledException">It is not.</exception>
    public async Task EnsureAsync()
    {
        if (_time.GetElapsedTime(_renewedAt) > _duration / 2)
        {
            await BeatAsync();
        }

        Token.ThrowIfCancellationRequested();
    }

    /// <summary>Why a run has to stop that <see cref="IsLost"/>. It must not undo anything: another one is at work.</summary>
    public PipelineException Lost() => new(
        $"{_winner} has taken the namespace over, because this run had not shown any life for {_duration.TotalSeconds:0} s. It stopped where it was.",
        "Run it again once the other one has ended, if its version is still wanted.");

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await _renewing;
        if (!IsLost)
        {
            await GiveBackAsync();
        }

        _ended.Dispose();
        _lost.Dispose();
        _turn.Dispose();
    }

    private async Task GiveBackAsync()
    {
        using var soon = new CancellationTokenSource(LastWords); // also after Ctrl-C, which has cancelled the caller's token
        try
        {
            await _api.TryMergeAsync(_key, Patch(_version, new JsonObject { ["holderIdentity"] = null, ["renewTime"] = Now(_time) }, by: null, version: null, run: null), soon.Token);
        }
        catch (Exception failure) when (failure is PipelineException or OperationCanceledException)
        {
            _log.LogWarning("{Lease} could not be given back, and holds others up for {Seconds} s: {Reason}", _key, (int)_duration.TotalSeconds, failure.Message);
        }
    }

    private async Task RenewAsync()
    {
        using var timer = new PeriodicTimer(_duration / 3, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(_ended.Token))
            {
                await BeatAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // given back
        }
    }

    private async Task BeatAsync()
    {
        await _turn.WaitAsync(_ended.Token);
        try
        {
            while (await _api.TryMergeAsync(_key, Patch(_version, new JsonObject { ["renewTime"] = Now(_time) }), _ended.Token) is var renewed)
            {
                if (renewed is not null)
                {
                    (_version, _renewedAt) = (Version(renewed), _time.GetTimestamp());
                    return;
                }

                // Changed since: by ourselves, when an answer was lost, by a person - or by the one that took it over.
                var live = await _api.GetAsync(_key, _ended.Token);
                if (live.Text("spec", "holderIdentity") != _identity)
                {
                    _winner = LeaseHolder.Of(live) ?? LeaseHolder.Nobody;
                    await _lost.CancelAsync();
                    return;
                }

                _version = Version(live);
            }
        }
        catch (Exception failure) when (failure is PipelineException || (failure is OperationCanceledException && !_ended.IsCancellationRequested))
        {
            // One failed renewal is no loss: the next one decides, and nobody can take the lease where the API does not answer.
            _log.LogWarning("{Lease} could not be renewed: {Reason}", _key, failure.Message);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <returns>Whether it is ours now, and the version under which it is.</returns>
    private static async Task<(bool Taken, string? Version)> TakeAsync(
        ClusterApi api, TimeProvider time, ServiceDeploymentRequest request, string identity, JsonObject live, CancellationToken cancellationToken)
    {
        var now = Now(time);
        var spec = new JsonObject
        {
            ["holderIdentity"] = identity,
            ["leaseDurationSeconds"] = (int)Math.Ceiling(request.LeaseDuration.TotalSeconds),
            ["acquireTime"] = now,
            ["renewTime"] = now,
            ["leaseTransitions"] = live.Number("spec", "leaseTransitions") + 1,
        };
        var patch = Patch(Version(live), spec, request.Release.By, request.Release.Version, request.Release.Run);
        // A refused write may be our own, sent again after its answer was lost.
        var taken = await api.TryMergeAsync(Key(request.Namespace), patch, cancellationToken) ?? await api.GetAsync(Key(request.Namespace), cancellationToken);
        return (taken.Text("spec", "holderIdentity") == identity, Version(taken));
    }

    private static PipelineException Busy(LeaseHolder holder, ServiceDeploymentRequest request) => new(
        $"{holder} is changing the namespace {request.Namespace}{(request.LockTimeout > TimeSpan.Zero ? $"; it was waited for {request.LockTimeout.TotalMinutes:0.#} min" : "")}.",
        $"Wait for that run to end, or stop it: one that was killed is taken over after {holder.Duration.TotalSeconds:0} s. --lock-timeout MINUTES waits longer.");

    private static ObjectKey Key(string namespaceName) => new("coordination.k8s.io/v1", "Lease", namespaceName, Name);

    private static JsonObject Empty(ObjectKey key) => new()
    {
        ["apiVersion"] = key.ApiVersion,
        ["kind"] = key.Kind,
        ["metadata"] = new JsonObject { ["name"] = key.Name, ["namespace"] = key.Namespace, ["labels"] = new JsonObject { ["app.kubernetes.io/part-of"] = "tiketi" } },
    };

    /// <summary>Changes the spec if the lease still has this version.</summary>
    private static JsonObject Patch(string? version, JsonObject spec) => new() { ["metadata"] = new JsonObject { ["resourceVersion"] = version }, ["spec"] = spec };

    private static JsonObject Patch(string? resourceVersion, JsonObject spec, string? by, string? version, string? run)
    {
        var patch = Patch(resourceVersion, spec);
        patch["metadata"]!["annotations"] = new JsonObject { [LeaseHolder.ByAnnotation] = by, [LeaseHolder.VersionAnnotation] = version, [LeaseHolder.RunAnnotation] = run };
        return patch;
    }

    private static string? Version(JsonNode? lease) => lease.Text("metadata", "resourceVersion");

    private static string Now(TimeProvider time) => time.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture);
}
