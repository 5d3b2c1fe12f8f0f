using Tiketi.LocalCloud.CloudFront.Edge;
using Tiketi.LocalCloud.CloudFront.Model;

namespace Tiketi.LocalCloud.Tests.CloudFront;

public sealed class RuleTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(null, null, 86400)]
    [InlineData("max-age=60", null, 60)]
    [InlineData("public, max-age=60, s-maxage=120", null, 120)]
    [InlineData("max-age=0", null, 1)]
    [InlineData("no-cache", null, 1)]
    [InlineData("no-store, max-age=60", null, 1)]
    [InlineData("private", null, 1)]
    [InlineData("max-age=99999999", null, 31536000)]
    [InlineData("public, max-age=31536000, immutable", null, 31536000)]
    [InlineData(null, "Thu, 01 Jan 2026 00:01:00 GMT", 60)]
    [InlineData("max-age=5", "Thu, 01 Jan 2026 00:01:00 GMT", 5)]
    [InlineData(null, "0", 1)]
    [InlineData("max-age=abc", null, 86400)]
    public void Caches_as_long_as_CachingOptimized_says(string? cacheControl, string? expires, double seconds) =>
        Freshness.Lifetime(Optimized, cacheControl, expires, Now).TotalSeconds.Should().Be(seconds);

    [Theory]
    [InlineData(null)]
    [InlineData("max-age=60")]
    public void Never_caches_with_CachingDisabled(string? cacheControl) =>
        Freshness.Lifetime(CachePolicy.Managed.Single(policy => policy.Name == "Managed-CachingDisabled"), cacheControl, null, Now).Should().Be(TimeSpan.Zero);

    [Theory]
    [InlineData("/*", "/index.html", true)]
    [InlineData("/*", "/a/b?x=1", true)]
    [InlineData("/a/*", "/a/b/c.js", true)]
    [InlineData("/a/*", "/a", false)]
    [InlineData("/a*", "/about.html", true)]
    [InlineData("/index.html", "/index.html", true)]
    [InlineData("index.html", "/index.html", true)]
    [InlineData("/index.html", "/index.html?x=1", false)]
    [InlineData("/Index.html", "/index.html", false)]
    [InlineData("/*.js", "/app.js", false)]
    [InlineData("/%C3%BC.html", "/ü.html", true)]
    public void Invalidates_what_a_pattern_covers(string pattern, string path, bool covered) => InvalidationPattern.Parse(pattern).Covers(path).Should().Be(covered);

    [Theory]
    [InlineData("static/*", "/static/app.js", true)]
    [InlineData("/static/*", "/static/app.js", true)]
    [InlineData("*.js", "/deep/app.js", true)]
    [InlineData("/a?c", "/abc", true)]
    [InlineData("/a?c", "/ac", false)]
    public void Chooses_a_behaviour_by_its_pattern(string pattern, string path, bool fits) =>
        new CacheBehavior { PathPattern = pattern, TargetOriginId = "o", CachePolicyId = "p" }.IsFor(path).Should().Be(fits);

    [Theory]
    [InlineData("gzip, deflate, br", "br")]
    [InlineData("gzip", "gzip")]
    [InlineData("br;q=0, gzip;q=0.5", "gzip")]
    [InlineData("", "")]
    [InlineData("identity", "")]
    public void Compresses_with_what_the_viewer_takes(string accept, string encoding) =>
        Compression.Choose(new CacheBehavior { TargetOriginId = "o", CachePolicyId = "p", Compress = true }, Optimized, accept).Should().Be(encoding);

    [Fact]
    public async Task Shares_one_fetch_and_keeps_nothing_fetched_before_an_invalidation()
    {
        var cache = new EdgeCache(TimeProvider.System);
        var key = new CacheKey("/a", "");
        var release = new TaskCompletionSource();
        var fetches = 0;
        var waiting = Enumerable.Range(0, 10).Select(_ => cache.GetAsync(key, FetchAsync)).ToList();
        cache.Invalidate([InvalidationPattern.Parse("/*")]);
        release.SetResult();
        await Task.WhenAll(waiting);
        fetches.Should().Be(1);
        cache.Count.Should().Be(0);

        (await cache.GetAsync(key, FetchAsync)).Result.Should().Be(CacheResult.Miss);
        (await cache.GetAsync(key, FetchAsync)).Result.Should().Be(CacheResult.Hit);
        fetches.Should().Be(2);

        async Task<CachedResponse> FetchAsync(CachedResponse? stale)
        {
            Interlocked.Increment(ref fetches);
            await release.Task;
            return new CachedResponse { Status = 200, Headers = [], Body = new CachedBody(ReadOnlyMemory<byte>.Empty), FetchedAt = DateTimeOffset.UtcNow, FreshUntil = DateTimeOffset.UtcNow.AddMinutes(1) };
        }
    }

    private static CachePolicy Optimized => CachePolicy.Managed.Single(policy => policy.Name == "Managed-CachingOptimized");
}
