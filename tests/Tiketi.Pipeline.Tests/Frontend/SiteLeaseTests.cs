using Microsoft.Extensions.Logging.Abstractions;
using Tiketi.Pipeline.Frontend;

namespace Tiketi.Pipeline.Tests.Frontend;

public sealed class SiteLeaseTests(MotoServer moto)
{
    private readonly SteppedTime _time = new();

    [Fact]
    public async Task OnlyOneOfManyGetsTheLock()
    {
        var store = Store(await moto.NewBucketAsync());

        var attempts = await Task.WhenAll(Enumerable.Range(0, 4).Select(async number =>
            await SiteLease.TryAcquireAsync(store, Locked($"run {number}"), etag: null, TimeProvider.System, default)));

        attempts.Where(lease => lease is not null).Should().ContainSingle();
        foreach (var lease in attempts.OfType<SiteLease>())
        {
            await lease.DisposeAsync();
        }
    }

    [Fact]
    public async Task ALivingLock_IsWaitedForUntilTheTimeout_AndADeadOneTakenOver()
    {
        var store = Store(await moto.NewBucketAsync());
        var etag = await store.TrySaveAsync(Locked("somebody"), etag: null, default);

        var dead = WaitAsync(store, TimeSpan.FromMinutes(5));
        (await _time.PassUntilAsync(dead)).Should().Be(SiteLease.Duration);
        (await dead).ETag.Should().Be(etag);

        var living = WaitAsync(store, TimeSpan.FromMinutes(2));
        var renewals = 0;
        await _time.PassUntilAsync(living, async () => etag = await store.TrySaveAsync(Locked("somebody", ++renewals), etag, default));
        (await FluentActions.Awaiting(() => living).Should().ThrowAsync<PipelineException>()).WithMessage("somebody has been syncing*2 min*");
    }

    [Fact]
    public async Task ALeaseThatIsTakenOver_CancelsItsHolder()
    {
        var store = Store(await moto.NewBucketAsync());
        await using var lease = await SiteLease.TryAcquireAsync(store, Locked("mine"), etag: null, _time, default);
        var stored = await store.LoadAsync(default);
        await store.TrySaveAsync(Locked("theirs"), stored.ETag, default);

        _time.Advance(SiteLease.Duration);

        await FluentActions.Awaiting(lease!.EnsureAsync).Should().ThrowAsync<OperationCanceledException>();
        await FluentActions.Awaiting(() => lease.ReleaseAsync(new SiteManifest(), default)).Should().ThrowAsync<PipelineException>();
        (await store.LoadAsync(default)).Manifest!.Lock!.Owner.Should().Be("theirs");
    }

    private static SiteManifest Locked(string owner, int renewals = 0) => new() { Lock = new SiteLock(owner, renewals) };

    private SiteManifestStore Store(string bucket) => new(moto.Client(), bucket, new SiteRequestCounter());

    private async Task<StoredManifest> WaitAsync(SiteManifestStore store, TimeSpan timeout) =>
        await SiteLease.WaitAsync(store, await store.LoadAsync(default), timeout, _time, NullLogger.Instance, TestContext.Current.CancellationToken);
}
