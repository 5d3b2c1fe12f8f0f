using Amazon.S3;
using Amazon.S3.Model;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Tiketi.Pipeline.Frontend;

namespace Tiketi.Pipeline.Tests.Frontend;

public sealed class SiteSyncTests(MotoServer moto) : IDisposable
{
    private readonly SiteOnDisk _site = new SiteOnDisk().Build(1);

    // moto stamps objects with the real time, against which a lock's age is judged.
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);

    public void Dispose() => _site.Dispose();

    [Fact]
    public async Task AFirstSync_UploadsEverythingWithItsHeaders()
    {
        var bucket = await moto.NewBucketAsync();

        var result = await SyncAsync(bucket);

        result.Should().BeEquivalentTo(new { Uploaded = 6, Deleted = 0, Unchanged = 0, Foreign = 0, Requests = new SiteRequests(Get: 1, Put: 8, List: 1, Head: 0, Delete: 0) });
        result.Changes.Select(change => change.Kind).Should().BeInAscendingOrder("assets come before the pages that need them");
        result.Changes[^1].Key.Should().Be("index.html");
        result.ChangedPaths.Should().Equal("/", "/about.html", "/index.html", "/robots.txt");
        using var s3 = moto.Client();
        var page = await s3.GetObjectAsync(bucket, "index.html");
        (page.Headers.ContentType, page.Headers.CacheControl).Should().Be(("text/html; charset=utf-8", "no-cache"));
        var script = await s3.GetObjectAsync(bucket, "static/js/main.0000001a.js");
        (script.Headers.ContentType, script.Headers.CacheControl).Should().Be(("text/javascript; charset=utf-8", "public, max-age=31536000, immutable"));
        (await new StreamReader(script.ResponseStream).ReadToEndAsync()).Should().Be("main 1");
    }

    [Fact]
    public async Task AnUnchangedSync_IsOneGet()
    {
        var bucket = await moto.NewBucketAsync();
        var first = await SyncAsync(bucket);

        var second = await SyncAsync(bucket);

        second.Should().BeEquivalentTo(new { Uploaded = 0, Deleted = 0, Unchanged = 6, Requests = new SiteRequests(Get: 1, Put: 0, List: 0, Head: 0, Delete: 0) });
        second.Release.Should().Be(first.Release);
    }

    [Fact]
    public async Task AChange_UploadsOnlyWhatChanged()
    {
        var bucket = await moto.NewBucketAsync();
        await SyncAsync(bucket);
        _site.Remove("static/js/main.0000001a.js").Write("static/js/main.0000002a.js", "main 2").Write("index.html", "<script src=\"/static/js/main.0000002a.js\"></script>");

        var result = await SyncAsync(bucket);

        result.Changes.Select(change => (change.Action, change.Key)).Should().Equal(
            (SiteAction.Keep, "index.html"), (SiteAction.Upload, "static/js/main.0000002a.js"), (SiteAction.Upload, "index.html"), (SiteAction.Supersede, "static/js/main.0000001a.js"));
        result.Requests.Should().Be(new SiteRequests(Get: 1, Put: 4, List: 0, Head: 0, Delete: 0, Copy: 1), "two objects and the manifest before and after; the former index stays aside");
        result.ChangedPaths.Should().Equal("/", "/index.html");
        result.Release!.Number.Should().Be(2);
        (await KeysAsync(bucket)).Should().Contain("static/js/main.0000001a.js", "open pages still load it");
    }

    [Theory]
    [InlineData(".vite/manifest.json", """{"index.html":{"file":"assets/index-abcdefgh.js","isEntry":true,"css":["assets/index-ponmlkji.css"]}}""")]
    [InlineData("asset-manifest.json", """{"files":{"main.js":"/assets/index-abcdefgh.js","main.css":"/assets/index-ponmlkji.css"},"entrypoints":[]}""")]
    public async Task WhatTheBundlerNames_IsHashed_HoweverItsHashLooks(string manifest, string content)
    {
        _site.Write(manifest, content).Write("assets/index-abcdefgh.js", "1").Write("assets/index-ponmlkji.css", "2").Write("assets/logo-original.png", "3");

        var result = await SyncAsync(await moto.NewBucketAsync());

        result.Changes.Where(change => change.Kind == SiteFileKind.Hashed).Select(change => change.Key)
            .Should().Contain(["assets/index-abcdefgh.js", "assets/index-ponmlkji.css"]).And.NotContain("assets/logo-original.png");
        result.ChangedPaths.Should().NotContain("/assets/index-abcdefgh.js").And.Contain("/assets/logo-original.png");
    }

    [Fact]
    public async Task ADryRun_TellsThePlanAndWritesNothing()
    {
        var bucket = await moto.NewBucketAsync();

        var result = await SyncAsync(bucket, request => request with { DryRun = true });

        result.Should().BeEquivalentTo(new { DryRun = true, Uploaded = 6, Release = (SiteRelease?)null, Requests = new { Put = 0, Delete = 0 } });
        (await KeysAsync(bucket)).Should().BeEmpty();
    }

    [Fact]
    public async Task SupersededFiles_GoAfterTheirReleasesAndTime_AndOthersNever()
    {
        var bucket = await moto.NewBucketAsync();
        using var s3 = moto.Client();
        await s3.PutObjectAsync(new PutObjectRequest { BucketName = bucket, Key = "uploads/ticket.pdf", ContentBody = "theirs" });
        await SyncAsync(bucket);
        for (var version = 2; version <= 8; version++)
        {
            _site.Build(version);
            (await SyncAsync(bucket)).Deleted.Should().Be(0, "24 h have not passed");
        }

        _time.Advance(TimeSpan.FromHours(25));
        var result = await SyncAsync(bucket);

        result.Changes.Where(change => change.Action == SiteAction.Delete).Select(change => change.Key).Should().BeEquivalentTo(
            Enumerable.Range(1, 2).SelectMany(version => new[] { $"static/js/about.{version:d7}b.js", $"static/js/main.{version:d7}a.js" }), "five releases after them are kept");
        (await KeysAsync(bucket)).Should().Contain("uploads/ticket.pdf").And.Contain("static/js/main.0000003a.js").And.NotContain("static/js/main.0000002a.js");
        (await SyncAsync(bucket)).Changes.Should().BeEmpty();
    }

    [Fact]
    public async Task AFileThatReturns_IsNotDeletedForItsPast()
    {
        var bucket = await moto.NewBucketAsync();
        await SyncAsync(bucket, Impatient);
        await SyncAsync(bucket, Impatient, site => site.Remove("robots.txt"));
        var revived = await SyncAsync(bucket, Impatient, site => site.Write("robots.txt", "User-agent: *"));
        var removed = await SyncAsync(bucket, Impatient, site => site.Remove("robots.txt"));
        var gone = await SyncAsync(bucket, Impatient, site => site.Write("extra.txt", "x"));

        revived.Uploaded.Should().Be(0);
        removed.Deleted.Should().Be(0);
        gone.Changes.Should().ContainSingle(change => change.Action == SiteAction.Delete).Which.Key.Should().Be("robots.txt");
        gone.ChangedPaths.Should().Contain("/robots.txt");

        static SiteSyncRequest Impatient(SiteSyncRequest request) => request with { KeepReleases = 1, KeepFor = TimeSpan.Zero };
    }

    [Theory]
    [InlineData(null)]
    [InlineData("{\"checksum\":\"0\",\"manifest\":{\"format\":1,\"objects\":{}}}")]
    public async Task WithoutAValidManifest_TheBucketItselfIsAsked(string? manifest)
    {
        var bucket = await moto.NewBucketAsync();
        await SyncAsync(bucket);
        using var s3 = moto.Client();
        await s3.DeleteObjectAsync(bucket, ".tiketi/manifest.json");
        await s3.PutObjectAsync(new PutObjectRequest { BucketName = bucket, Key = "robots.txt", ContentBody = "User-agent: *", ContentType = "text/plain" });
        await s3.PutObjectAsync(new PutObjectRequest { BucketName = bucket, Key = "theirs.txt", ContentBody = "?" });
        if (manifest is not null)
        {
            await s3.PutObjectAsync(new PutObjectRequest { BucketName = bucket, Key = ".tiketi/manifest.json", ContentBody = manifest });
        }

        var result = await SyncAsync(bucket);

        result.Changes.Should().ContainSingle().Which.Key.Should().Be("robots.txt", "its headers differ");
        result.Should().BeEquivalentTo(new { Unchanged = 5, Foreign = 1, Requests = new { List = 1, Head = 6 } });
    }

    [Fact]
    public async Task Verify_MendsWhatSomebodyElseChanged()
    {
        var bucket = await moto.NewBucketAsync();
        await SyncAsync(bucket);
        using var s3 = moto.Client();
        await s3.DeleteObjectAsync(bucket, "robots.txt");
        await s3.PutObjectAsync(new PutObjectRequest { BucketName = bucket, Key = "about.html", ContentBody = "hacked" });

        var result = await SyncAsync(bucket, request => request with { Verify = true });

        result.Changes.Select(change => change.Key).Should().Equal("robots.txt", "about.html");
    }

    [Fact]
    public async Task ALargeFile_GoesUpInParts()
    {
        var bucket = await moto.NewBucketAsync();
        var content = new byte[9 * 1024 * 1024];
        new Random(1).NextBytes(content);
        await File.WriteAllBytesAsync(Path.Combine(_site.Path, "video.mp4"), content);

        await SyncAsync(bucket);

        using var s3 = moto.Client();
        var head = await s3.GetObjectMetadataAsync(bucket, "video.mp4");
        (head.ContentLength, head.Headers.ContentType, head.Headers.CacheControl).Should().Be((content.Length, "video/mp4", "public, max-age=300"));
        head.ETag.Should().EndWith("-2\"");
        (await SyncAsync(bucket, request => request with { Verify = true })).Uploaded.Should().Be(0);
    }

    [Fact]
    public async Task AFileThatChangesAfterItWasRead_EndsTheSync()
    {
        var bucket = await moto.NewBucketAsync();
        await SyncAsync(bucket);
        _site.Build(2);
        using var other = new SiteOnDisk().Build(2);
        var s3 = moto.Client(new BeforeEachPut(".js", () => _site.Write("index.html", "half a page")));

        var failure = await FluentActions.Awaiting(() => new SiteSync(s3, _time, NullLogger<SiteSync>.Instance).RunAsync(new SiteSyncRequest { Directory = _site.Path, Bucket = bucket }))
            .Should().ThrowAsync<PipelineException>();

        failure.WithMessage("*index.html changed while*");
        using var check = moto.Client();
        using var index = await check.GetObjectAsync(bucket, "index.html");
        (await new StreamReader(index.ResponseStream).ReadToEndAsync()).Should().Contain("main.0000001a.js", "the old site is intact");
    }

    [Fact]
    public async Task OneChangedFileOf5000_IsAllThatMoves()
    {
        var bucket = await moto.NewBucketAsync();
        for (var number = 0; number < 4_990; number++)
        {
            _site.Write($"static/js/part{number}.{number:d7}a.js", $"part {number}");
        }

        await SyncAsync(bucket, request => request with { Concurrency = 8 });
        _site.Remove("static/js/main.0000001a.js").Write("static/js/main.0000002a.js", "main 2").Write("index.html", "<script src=\"/static/js/main.0000002a.js\"></script>");
        var puts = new PutKeys();

        var result = await new SiteSync(moto.Client(puts), _time, NullLogger<SiteSync>.Instance).RunAsync(new SiteSyncRequest { Directory = _site.Path, Bucket = bucket });

        puts.Keys.Should().Equal(".tiketi/manifest.json", "static/js/main.0000002a.js", "index.html", ".tiketi/manifest.json");
        puts.Others.Should().Equal(["GET .tiketi/manifest.json"], "there is one request that reads, no HEAD and no listing");
        result.Unchanged.Should().Be(4_994);
        result.Requests.Should().Be(new SiteRequests(Get: 1, Put: 4, List: 0, Head: 0, Delete: 0, Copy: 1));
    }

    [Fact]
    public async Task AMissingBucket_NamesTheTargetThatMakesIt() =>
        (await FluentActions.Awaiting(() => SyncAsync($"site-{Guid.NewGuid():n}")).Should().ThrowAsync<PipelineException>())
            .Which.Remedy.Should().Contain("ApplyInfra");

    [Fact]
    public async Task AFileUnderAUsersPrefix_IsRefused() =>
        (await FluentActions.Awaiting(async () => await SyncAsync(await moto.NewBucketAsync(), request => request with { UserPrefixes = ["static/"] })).Should().ThrowAsync<PipelineException>())
            .WithMessage("*static/*");

    private Task<SiteSyncResult> SyncAsync(string bucket, Func<SiteSyncRequest, SiteSyncRequest>? adjust = null, Action<SiteOnDisk>? change = null)
    {
        change?.Invoke(_site);
        var request = new SiteSyncRequest { Directory = _site.Path, Bucket = bucket };
        return new SiteSync(moto.Client(), _time, NullLogger<SiteSync>.Instance).RunAsync(adjust?.Invoke(request) ?? request, TestContext.Current.CancellationToken);
    }

    private async Task<IReadOnlyList<string>> KeysAsync(string bucket)
    {
        using var s3 = moto.Client();
        var listing = await s3.ListObjectsV2Async(new ListObjectsV2Request { BucketName = bucket });
        return [.. (listing.S3Objects ?? []).Select(item => item.Key)];
    }

    private sealed class BeforeEachPut(string suffix, Action action) : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.Method == HttpMethod.Put && request.RequestUri!.AbsolutePath.EndsWith(suffix, StringComparison.Ordinal))
            {
                action();
            }

            return base.SendAsync(request, cancellationToken);
        }
    }

    /// <summary>The keys that bytes are sent to, in order, and all other requests; copies within the bucket left out.</summary>
    private sealed class PutKeys : DelegatingHandler
    {
        public List<string> Keys { get; } = [];

        public List<string> Others { get; } = [];

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var key = request.RequestUri!.AbsolutePath.Split('/', 3)[2];
            if (request.Method != HttpMethod.Put)
            {
                Others.Add($"{request.Method} {key}");
            }
            else if (!request.Headers.Contains("x-amz-copy-source"))
            {
                Keys.Add(key);
            }

            return base.SendAsync(request, cancellationToken);
        }
    }
}
