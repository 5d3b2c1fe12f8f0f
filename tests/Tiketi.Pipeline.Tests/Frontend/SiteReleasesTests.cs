using Amazon.S3.Model;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Tiketi.Pipeline.Frontend;

namespace Tiketi.Pipeline.Tests.Frontend;

/// <summary>Every kept release returns as it was, byte for byte and header for header.</summary>
public sealed class SiteReleasesTests(MotoServer moto) : IDisposable
{
    private readonly SiteOnDisk _site = new();
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);

    public void Dispose() => _site.Dispose();

    [Fact]
    public async Task EachKeptRelease_ReturnsAsItWas()
    {
        var bucket = await moto.NewBucketAsync();
        var releases = await ReleaseAsync(bucket, 4);

        foreach (var (release, served) in releases)
        {
            var result = await Releases().RollbackAsync(new SiteRollbackRequest { Bucket = bucket, To = release.Id });

            (await ServedAsync(bucket, served.Keys)).Should().BeEquivalentTo(served, "release {0} returns", release.Number);
            result.Requests.Put.Should().Be(2, "only the manifest is written; contents are copied within the bucket");
            result.Release!.Restores.Should().Be(release.Number);
            result.ChangedPaths.Should().Contain("/index.html").And.Contain("/about.html").And.NotContain(path => path.EndsWith(".js"));
        }

        (await Releases().ListAsync(bucket)).Select(release => release.Number).Should().Equal([8, 7, 6, 5, 4, 3, 2, 1], "24 h have not passed");
        (await SyncAsync(bucket)).Changes.Should().BeEmpty("the last one that returned is what was built last");
    }

    [Fact]
    public async Task WithoutAName_TheReleaseBeforeReturns()
    {
        var bucket = await moto.NewBucketAsync();
        var releases = await ReleaseAsync(bucket, 2);

        await Releases().RollbackAsync(new SiteRollbackRequest { Bucket = bucket });

        (await ServedAsync(bucket, releases[0].Served.Keys)).Should().BeEquivalentTo(releases[0].Served);
        (await Releases().CurrentAsync(bucket))!.Should().BeEquivalentTo(new { Number = 3, Restores = 1 });
    }

    [Fact]
    public async Task ADryRun_TellsWhatWouldReturn()
    {
        var bucket = await moto.NewBucketAsync();
        await ReleaseAsync(bucket, 2);

        var result = await Releases().RollbackAsync(new SiteRollbackRequest { Bucket = bucket, To = "1", DryRun = true });

        result.Changes.Where(change => change.Action == SiteAction.Restore).Select(change => change.Key).Should().Equal("about.html", "index.html");
        (await Releases().CurrentAsync(bucket))!.Number.Should().Be(2);
    }

    [Fact]
    public async Task WhatIsNotKept_IsNamedWithWhatIs()
    {
        var bucket = await moto.NewBucketAsync();
        (await FluentActions.Awaiting(() => Releases().RollbackAsync(new SiteRollbackRequest { Bucket = bucket })).Should().ThrowAsync<PipelineException>()).Which.Remedy.Should().Contain("SyncS3");
        await ReleaseAsync(bucket, 2);

        var failure = await FluentActions.Awaiting(() => Releases().RollbackAsync(new SiteRollbackRequest { Bucket = bucket, To = "7" })).Should().ThrowAsync<PipelineException>();

        failure.WithMessage("Release 7*").Which.Remedy.Should().Contain("1 (");
    }

    [Fact]
    public async Task ContentThatIsGone_IsToldBeforeAnythingChanges()
    {
        var bucket = await moto.NewBucketAsync();
        var releases = await ReleaseAsync(bucket, 2);
        using var s3 = moto.Client();
        foreach (var key in (await KeysAsync(bucket)).Where(key => key.StartsWith(".tiketi/kept/", StringComparison.Ordinal)))
        {
            await s3.DeleteObjectAsync(bucket, key);
        }

        await FluentActions.Awaiting(() => Releases().RollbackAsync(new SiteRollbackRequest { Bucket = bucket })).Should().ThrowAsync<PipelineException>().WithMessage("*is gone*");

        (await ServedAsync(bucket, releases[1].Served.Keys)).Should().BeEquivalentTo(releases[1].Served);
    }

    [Fact]
    public async Task WhatIsKeptAside_GoesWithItsRelease()
    {
        var bucket = await moto.NewBucketAsync();
        await ReleaseAsync(bucket, 8);
        (await KeysAsync(bucket)).Count(key => key.StartsWith(".tiketi/kept/", StringComparison.Ordinal)).Should().Be(14, "two pages of seven former releases; 24 h have not passed");

        _time.Advance(TimeSpan.FromHours(25));
        await SyncAsync(bucket);

        (await KeysAsync(bucket)).Count(key => key.StartsWith(".tiketi/kept/", StringComparison.Ordinal)).Should().Be(10, "five releases can return");
        (await Releases().ListAsync(bucket)).Select(release => release.Number).Should().Equal(8, 7, 6, 5, 4, 3);
    }

    [Fact]
    public async Task APageThatWasRemovedAndCameBackChanged_StillReturns()
    {
        var bucket = await moto.NewBucketAsync();
        _site.Build(1).Write("old.html", "the first");
        await SyncAsync(bucket);
        _site.Remove("old.html");
        await SyncAsync(bucket);
        _site.Write("old.html", "the second");
        await SyncAsync(bucket);

        await Releases().RollbackAsync(new SiteRollbackRequest { Bucket = bucket, To = "1" });

        (await ServedAsync(bucket, ["old.html"]))["old.html"].Body.Should().Be("the first");
    }

    [Fact]
    public async Task KilledAtEachRequest_TheLastReleaseCanReturn_AndNothingIsLeftOver()
    {
        for (var request = 2; request <= 9; request++)
        {
            var bucket = await moto.NewBucketAsync();
            var releases = await ReleaseAsync(bucket, 2);
            _site.Build(3);
            var sync = new SiteSync(moto.Client(new DyingHandler(request)), _time, NullLogger<SiteSync>.Instance);
            await FluentActions.Awaiting(() => sync.RunAsync(new SiteSyncRequest { Directory = _site.Path, Bucket = bucket, Concurrency = 2 })).Should().ThrowAsync<PipelineException>();
            _time.Advance(TimeSpan.FromHours(1)); // the dead lock is past its time

            await SyncAsync(bucket);
            await Releases().RollbackAsync(new SiteRollbackRequest { Bucket = bucket, To = "2" });

            (await ServedAsync(bucket, releases[1].Served.Keys)).Should().BeEquivalentTo(releases[1].Served, "the sync was killed at request {0}", request);
            using var s3 = moto.Client();
            var manifest = await new SiteManifestStore(s3, bucket, new SiteRequestCounter()).LoadAsync(default);
            (await KeysAsync(bucket)).Should().BeEquivalentTo(
                [".tiketi/manifest.json", .. manifest.Manifest!.Objects.Keys, .. manifest.Manifest.Kept.Keys.Select(md5 => ".tiketi/kept/" + md5)], "every object is accounted for");
        }
    }

    private async Task<IReadOnlyList<(SiteRelease Release, IReadOnlyDictionary<string, Served> Served)>> ReleaseAsync(string bucket, int count)
    {
        var releases = new List<(SiteRelease, IReadOnlyDictionary<string, Served>)>();
        for (var version = 1; version <= count; version++)
        {
            _site.Build(version);
            var release = (await SyncAsync(bucket)).Release!;
            var keys = Directory.EnumerateFiles(_site.Path, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(_site.Path, file));
            releases.Add((release, await ServedAsync(bucket, keys)));
        }

        return releases;
    }

    private Task<SiteSyncResult> SyncAsync(string bucket) => new SiteSync(moto.Client(), _time, NullLogger<SiteSync>.Instance)
        .RunAsync(new SiteSyncRequest { Directory = _site.Path, Bucket = bucket }, TestContext.Current.CancellationToken);

    private SiteReleases Releases() => new(moto.Client(), _time, NullLogger<SiteReleases>.Instance);

    private async Task<IReadOnlyDictionary<string, Served>> ServedAsync(string bucket, IEnumerable<string> keys)
    {
        using var s3 = moto.Client();
        var served = new Dictionary<string, Served>();
        foreach (var key in keys)
        {
            using var response = await s3.GetObjectAsync(bucket, key);
            served[key] = new Served(await new StreamReader(response.ResponseStream).ReadToEndAsync(), response.Headers.ContentType, response.Headers.CacheControl);
        }

        return served;
    }

    private async Task<IReadOnlyList<string>> KeysAsync(string bucket)
    {
        using var s3 = moto.Client();
        return [.. ((await s3.ListObjectsV2Async(new ListObjectsV2Request { BucketName = bucket })).S3Objects ?? []).Select(item => item.Key)];
    }

    private sealed record Served(string Body, string ContentType, string CacheControl);

    /// <summary>From one request on, none gets through any more.</summary>
    private sealed class DyingHandler(int at) : DelegatingHandler
    {
        private int _count;

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Interlocked.Increment(ref _count) >= at ? throw new HttpRequestException("killed") : base.SendAsync(request, cancellationToken);
    }
}
