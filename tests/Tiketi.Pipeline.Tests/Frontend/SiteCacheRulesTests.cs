using Tiketi.Pipeline.Frontend;

namespace Tiketi.Pipeline.Tests.Frontend;

public sealed class SiteCacheRulesTests
{
    [Theory]
    [InlineData("static/js/main.8f3e2a1b.js", SiteFileKind.Hashed)]
    [InlineData("static/js/main.8f3e2a1b.js.map", SiteFileKind.Hashed)]
    [InlineData("static/js/787.f2e3e2b1.chunk.js", SiteFileKind.Hashed)]
    [InlineData("static/js/main.8f3e2a1b.js.LICENSE.txt", SiteFileKind.Hashed)]
    [InlineData("static/media/logo.6ce24c58023cc2f8fd88.svg", SiteFileKind.Hashed)]
    [InlineData("assets/index-BdR3k9_x.js", SiteFileKind.Hashed)]
    [InlineData("static/js/main-K7QWJ2XA.js", SiteFileKind.Hashed)]
    [InlineData("assets/index-DkQvWzXa.css", SiteFileKind.Hashed)]
    [InlineData("assets/index-crKsvmHn.css", SiteFileKind.Hashed)]
    [InlineData("assets/index-BTEgpyi3.js", SiteFileKind.Hashed)]
    [InlineData("assets/team-TeamLogo.png", SiteFileKind.Asset)]
    [InlineData("assets/autumn-2024Fall.png", SiteFileKind.Asset)]
    [InlineData("assets/apple-iPhone15.png", SiteFileKind.Asset)]
    [InlineData("assets/holiday-IMG_1234.jpg", SiteFileKind.Asset)]
    [InlineData("assets/logo-original.png", SiteFileKind.Asset)]
    [InlineData("static/media/report.20240101.pdf", SiteFileKind.Asset)]
    [InlineData("static/js/bootstrap-v5bundle.js", SiteFileKind.Asset)]
    [InlineData("main.8f3e2a1b.js", SiteFileKind.Asset)]
    [InlineData("favicon.ico", SiteFileKind.Asset)]
    [InlineData("manifest.json", SiteFileKind.Asset)]
    [InlineData("service-worker.js", SiteFileKind.Page)]
    [InlineData("static/help.8f3e2a1b.html", SiteFileKind.Page)]
    [InlineData("docs/index.html", SiteFileKind.Page)]
    [InlineData("index.html", SiteFileKind.Index)]
    public void KindOf_TellsWhatMayBeCachedForEver(string key, SiteFileKind kind) => SiteCacheRules.KindOf(key).Should().Be(kind);

    /// <summary>Of Vite's names, 8 random characters of base64url, nearly all are recognised.</summary>
    [Fact]
    public void KindOf_KnowsRandomHashes()
    {
        const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
        var random = new Random(7);

        var known = Enumerable.Range(0, 10_000).Count(_ => SiteCacheRules.KindOf($"assets/index-{new string(random.GetItems<char>(Alphabet, 8))}.js") == SiteFileKind.Hashed);

        known.Should().BeGreaterThan(9_300);
    }

    [Theory]
    [InlineData("static/js/main.8f3e2a1b.js", "public, max-age=31536000, immutable", "text/javascript; charset=utf-8")]
    [InlineData("index.html", "no-cache", "text/html; charset=utf-8")]
    [InlineData("service-worker.js", "no-cache", "text/javascript; charset=utf-8")]
    [InlineData("asset-manifest.json", "no-cache", "application/json; charset=utf-8")]
    [InlineData("logo.PNG", "public, max-age=300", "image/png")]
    [InlineData("data.unheard-of", "public, max-age=300", "application/octet-stream")]
    public void Headers_FollowTheKind(string key, string cacheControl, string contentType)
    {
        SiteCacheRules.CacheControlOf(key).Should().Be(cacheControl);
        SiteCacheRules.ContentTypeOf(key).Should().Be(contentType);
    }
}
