using Microsoft.Extensions.Logging;

namespace Tiketi.Pipeline.Frontend;

/// <summary>
/// The right to change one site bucket. The lock lives in the manifest and is taken, renewed and given back by conditional
/// writes, so two pipelines cannot both hold it and a killed one blocks the next for no longer than <see cref="Duration"/>.
/// </summary>
internal sealed class SiteLease : IAsyncDisposable
{
    /// <summary>A lock that was not renewed for this long is dead. Measured by the waiting side, so clocks need not agree.</summary>
    public static readonly TimeSpan Duration = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(2);

    // Older than any clock skew that S3 would still accept a signature with.
    private static readonly TimeSpan SurelyDead = TimeSpan.FromMinutes(20);

    private readonly SiteManifestStore _store;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _lost;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly ITimer _heartbeat;
    private SiteManifest _manifest;
    private string _etag;
    private long _renewedAt;
    private bool _given;

    private SiteLease(SiteManifestStore store, TimeProvider time, SiteManifest manifest, string etag, CancellationToken cancellationToken)
    {
        (_store, _time, _manifest, _etag) = (store, time, manifest, etag);
        _lost = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _renewedAt = time.GetTimestamp();
        _heartbeat = time.CreateTimer(static lease => _ = ((SiteLease)lease!).BeatAsync(), this, Duration / 3, Duration / 3);
    }

    /// <summary>Cancelled when the caller cancels or the lease is lost.</summary>
    public CancellationToken Token => _lost.Token;

    /// <summary>Writes <paramref name="intent"/> (which carries the lock). Null when somebody else wrote in between: read again and decide anew.</summary>
    public static async Task<SiteLease?> TryAcquireAsync(SiteManifestStore store, SiteManifest intent, string? etag, TimeProvider time, CancellationToken cancellationToken)
    {
        var written = await store.TrySaveAsync(intent, etag, cancellationToken);
        if (written is null)
        {
            // The SDK may have repeated a write whose answer was lost: then the lock in the bucket is ours.
            var stored = await store.LoadAsync(cancellationToken);
            written = stored.Manifest?.Lock?.Owner == intent.Lock!.Owner ? stored.ETag : null;
        }

        return written is null ? null : new SiteLease(store, time, intent, written, cancellationToken);
    }

    /// <summary>Returns the manifest once no living sync holds it. Throws after <paramref name="timeout"/>.</summary>
    public static async Task<StoredManifest> WaitAsync(SiteManifestStore store, StoredManifest stored, TimeSpan timeout, TimeProvider time, ILogger logger, CancellationToken cancellationToken)
    {
        var (start, seen) = (time.GetTimestamp(), time.GetTimestamp());
        for (var first = true; stored.Manifest?.Lock is { } held && time.GetUtcNow() - stored.LastModified < SurelyDead && time.GetElapsedTime(seen) < Duration; first = false)
        {
            if (time.GetElapsedTime(start) >= timeout)
            {
                throw new PipelineException($"{held.Owner} has been syncing the site for more than {timeout.TotalMinutes:0.#} min.", "Wait for that run to end, or stop it, and run SyncS3 again.");
            }

            if (first)
            {
                logger.LogInformation("{Owner} is syncing the site; waiting for it (a dead lock is taken over after {Seconds} s)", held.Owner, Duration.TotalSeconds);
            }

            await Task.Delay(Poll, time, cancellationToken);
            var next = await store.LoadAsync(cancellationToken);
            seen = next.ETag == stored.ETag ? seen : time.GetTimestamp();
            stored = next;
        }

        return stored;
    }

    /// <summary>Makes sure, before a step that visitors would notice, that the lease is still ours. Costs a request only when the last renewal is old.</summary>
    public async Task EnsureAsync()
    {
        if (_time.GetElapsedTime(_renewedAt) > Duration / 2)
        {
            await RenewAsync();
        }

        Token.ThrowIfCancellationRequested();
    }

    /// <summary>Writes the final manifest, without the lock.</summary>
    public async Task ReleaseAsync(SiteManifest manifest, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            _given = true;
            if (await _store.TrySaveAsync(manifest, _etag, cancellationToken) is null
                && (await _store.LoadAsync(cancellationToken)).Manifest is var now && (now?.Lock is not null || now?.Release?.Id != manifest.Release?.Id))
            {
                throw Lost();
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _heartbeat.DisposeAsync();
        _lost.Dispose();
        _turn.Dispose();
    }

    public static PipelineException Lost() => new("Another sync took over the bucket while this one was paused.", "Run SyncS3 again once the other run has ended.");

    private async Task BeatAsync()
    {
        try
        {
            await RenewAsync();
        }
        catch (Exception exception) when (exception is PipelineException or OperationCanceledException or ObjectDisposedException)
        {
            // One failed renewal is no loss: the next one, or EnsureAsync, decides while the lease still lasts.
        }
    }

    private async Task RenewAsync()
    {
        await _turn.WaitAsync(Token);
        try
        {
            if (_given)
            {
                return;
            }

            var renewed = _manifest with { Lock = _manifest.Lock! with { Renewals = _manifest.Lock.Renewals + 1 } };
            if (await _store.TrySaveAsync(renewed, _etag, Token) is not { } etag)
            {
                await _lost.CancelAsync();
                return;
            }

            (_manifest, _etag, _renewedAt) = (renewed, etag, _time.GetTimestamp());
        }
        finally
        {
            _turn.Release();
        }
    }
}
