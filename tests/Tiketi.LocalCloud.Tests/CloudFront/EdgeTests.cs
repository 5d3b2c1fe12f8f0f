using System.IO.Compression;
using System.Net;
using System.Text.Json.Nodes;
using Tiketi.LocalCloud.CloudFormation;
using Tiketi.LocalCloud.Tests.S3;

namespace Tiketi.LocalCloud.Tests.CloudFront;

public sealed class EdgeTests(RunningCloud cloud) : IClassFixture<RunningCloud>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Serves_the_bucket_from_a_cache_until_it_is_invalidated()
    {
        using var site = await Site.CreateAsync(cloud, "cdn-cache");
        await site.PutAsync("index.html", "one");
        await site.PutAsync("about.html", "about");
        (await site.GetAsync("/")).Should().Be((200, "one", "Miss from cloudfront"));
        (await site.GetAsync("/index.html")).Should().Be((200, "one", "Hit from cloudfront"), "the root is the default root object");
        (await site.GetAsync("/about.html")).Cache.Should().Be("Miss from cloudfront");
        await site.PutAsync("index.html", "two");
        (await site.GetAsync("/")).Body.Should().Be("one");
        await site.InvalidateAsync("/index.html");
        (await site.GetAsync("/")).Should().Be((200, "two", "Miss from cloudfront"));
        (await site.GetAsync("/about.html")).Cache.Should().Be("Hit from cloudfront", "another path stays cached");
        await site.InvalidateAsync("/*");
        (await site.GetAsync("/about.html")).Cache.Should().Be("Miss from cloudfront");
        await cloud.RestartAsync();
        (await site.GetAsync("/")).Should().Be((200, "two", "Miss from cloudfront"), "a distribution comes back on its port, with an empty cache");
    }

    [Fact]
    public async Task Honours_cache_control_and_revalidates()
    {
        using var site = await Site.CreateAsync(cloud, "cdn-fresh");
        await site.PutAsync("index.html", "one", cacheControl: "no-cache");
        (await site.GetAsync("/")).Cache.Should().Be("Miss from cloudfront");
        await Task.Delay(TimeSpan.FromSeconds(1.2), Token); // CachingOptimized keeps even no-cache for its minimum of one second
        (await site.GetAsync("/")).Cache.Should().Be("RefreshHit from cloudfront");
        await site.PutAsync("index.html", "two", cacheControl: "no-cache");
        await Task.Delay(TimeSpan.FromSeconds(1.2), Token);
        (await site.GetAsync("/")).Should().Be((200, "two", "Miss from cloudfront"));
    }

    [Fact]
    public async Task Routes_what_is_not_there_to_the_page_of_the_site()
    {
        using var site = await Site.CreateAsync(cloud, "cdn-spa");
        await site.PutAsync("index.html", "spa");
        (await site.GetAsync("/events/42")).Should().Be((200, "spa", "Error from cloudfront"));
        using var plain = await Site.CreateAsync(cloud, "cdn-plain", config => config.Remove("CustomErrorResponses"));
        var (status, body, _) = await plain.GetAsync("/none");
        status.Should().Be(403, "without s3:ListBucket S3 does not say whether a key exists");
        body.Should().Contain("<Code>AccessDenied</Code>");
        await plain.PutAsync("none", "now");
        (await plain.GetAsync("/none")).Status.Should().Be(403, "an error is cached for ten seconds");
    }

    [Fact]
    public async Task Reads_only_what_the_bucket_policy_allows()
    {
        using var site = await Site.CreateAsync(cloud, "cdn-closed", config => config.Remove("CustomErrorResponses"), allowed: false);
        await site.PutAsync("index.html", "secret");
        (await site.GetAsync("/")).Status.Should().Be(403);
    }

    [Fact]
    public async Task Compresses_and_adds_the_policys_headers()
    {
        using var site = await Site.CreateAsync(cloud, "cdn-headers");
        var script = string.Concat(Enumerable.Repeat("console.log('tiketi');\n", 200));
        await site.PutAsync("app.js", script, "text/javascript", "public, max-age=31536000, immutable");
        (string, Func<Stream, Stream>)[] encodings =
        [
            ("br", stream => new BrotliStream(stream, CompressionMode.Decompress)), ("gzip", stream => new GZipStream(stream, CompressionMode.Decompress)),
        ];
        foreach (var (encoding, decode) in encodings)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/app.js") { Headers = { { "Accept-Encoding", encoding } } };
            using var response = await site.Http.SendAsync(request, Token);
            response.Content.Headers.ContentEncoding.Should().Equal(encoding);
            response.Headers.ETag!.IsWeak.Should().BeTrue();
            using var reader = new StreamReader(decode(await response.Content.ReadAsStreamAsync(Token)));
            (await reader.ReadToEndAsync(Token)).Should().Be(script);
        }

        using var plain = await site.Http.GetAsync("/app.js", Token);
        plain.Content.Headers.ContentLength.Should().Be(script.Length);
        plain.Headers.CacheControl!.ToString().Should().Contain("max-age=31536000");
        plain.Headers.GetValues("Content-Security-Policy").Should().Equal("default-src 'self'");
        plain.Headers.GetValues("X-Content-Type-Options").Should().Equal("nosniff");
        plain.Headers.GetValues("Strict-Transport-Security").Should().Equal("max-age=31536000; includeSubDomains");
        plain.Headers.Via.Should().NotBeEmpty();

        using var known = new HttpRequestMessage(HttpMethod.Get, "/app.js") { Headers = { { "If-None-Match", plain.Headers.ETag!.ToString() } } };
        (await site.Http.SendAsync(known, Token)).StatusCode.Should().Be(HttpStatusCode.NotModified);
        using var part = new HttpRequestMessage(HttpMethod.Get, "/app.js") { Headers = { { "Range", "bytes=0-6" }, { "Accept-Encoding", "br" } } };
        using var partial = await site.Http.SendAsync(part, Token);
        partial.StatusCode.Should().Be(HttpStatusCode.PartialContent);
        (await partial.Content.ReadAsStringAsync(Token)).Should().Be("console");
        using var posted = await site.Http.PostAsync("/app.js", new StringContent("x"), Token);
        posted.StatusCode.Should().Be(HttpStatusCode.Forbidden, "the behaviour allows GET and HEAD");
        using var head = await site.Http.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/app.js"), Token);
        head.Content.Headers.ContentLength.Should().Be(script.Length);
    }

    [Fact]
    public async Task Keeps_serving_a_large_object_that_is_overwritten()
    {
        using var site = await Site.CreateAsync(cloud, "cdn-large");
        var content = new string('a', 3_000_000);
        await site.PutAsync("large.bin", content, "application/octet-stream");
        (await site.GetAsync("/large.bin")).Body.Should().HaveLength(content.Length);
        await site.PutAsync("large.bin", "small", "application/octet-stream");
        (await site.GetAsync("/large.bin")).Body.Should().Be(content);
        await site.InvalidateAsync("/large.bin");
        (await site.GetAsync("/large.bin")).Body.Should().Be("small");
    }

    [Fact]
    public async Task Answers_the_AWS_CLI()
    {
        using var site = await Site.CreateAsync(cloud, "cdn-cli");
        var listed = JsonNode.Parse((await cloud.AwsAsync("cloudfront", "list-distributions")).Ok())!["DistributionList"]!["Items"]!.AsArray()
            .Single(item => item!["Id"]!.GetValue<string>() == site.Distribution)!;
        listed["DomainName"]!.GetValue<string>().Should().Be(site.Http.BaseAddress!.Authority);
        listed["Comment"]!.GetValue<string>().Should().Be("Tiketi Frontend");
        listed["Origins"]!["Items"]![0]!["DomainName"]!.GetValue<string>().Should().StartWith("cdn-cli.s3.");
        (await cloud.AwsAsync("cloudfront", "get-distribution", "--id", site.Distribution)).Ok().Should().Contain("\"Status\": \"Deployed\"");
        (await cloud.AwsAsync("cloudfront", "get-distribution", "--id", "ENONE")).Error.Should().Contain("NoSuchDistribution");

        var made = JsonNode.Parse((await cloud.AwsAsync("cloudfront", "create-invalidation", "--distribution-id", site.Distribution, "--paths", "/a", "/b/*")).Ok())!["Invalidation"]!;
        var id = made["Id"]!.GetValue<string>();
        (await cloud.AwsAsync("cloudfront", "wait", "invalidation-completed", "--distribution-id", site.Distribution, "--id", id)).Ok();
        (await cloud.AwsAsync("cloudfront", "list-invalidations", "--distribution-id", site.Distribution)).Ok().Should().Contain(id);
        (await cloud.AwsAsync("cloudfront", "get-invalidation", "--distribution-id", site.Distribution, "--id", "INONE")).Error.Should().Contain("NoSuchInvalidation");
    }

    [Fact]
    public async Task Changes_and_deletes_a_distribution_over_the_API()
    {
        using var site = await Site.CreateAsync(cloud, "cdn-api");
        await site.PutAsync("index.html", "x");
        using var folder = new TemporaryFolder();
        var read = JsonNode.Parse((await cloud.AwsAsync("cloudfront", "get-distribution-config", "--id", site.Distribution)).Ok())!;
        var config = read["DistributionConfig"]!;
        config["Enabled"] = false;
        var file = folder.Write("config.json", config.ToJsonString());
        var updated = JsonNode.Parse((await cloud.AwsAsync("cloudfront", "update-distribution", "--id", site.Distribution, "--if-match", read["ETag"]!.GetValue<string>(), "--distribution-config", $"file://{file}")).Ok())!;
        (await site.GetAsync("/")).Status.Should().Be(403);
        (await cloud.AwsAsync("cloudfront", "delete-distribution", "--id", site.Distribution, "--if-match", read["ETag"]!.GetValue<string>())).Error.Should().Contain("PreconditionFailed");
        (await cloud.AwsAsync("cloudfront", "delete-distribution", "--id", site.Distribution, "--if-match", updated["ETag"]!.GetValue<string>())).Ok();
        var gone = () => site.GetAsync("/");
        await gone.Should().ThrowAsync<HttpRequestException>();
        config["Enabled"] = true;
        config["CallerReference"] = "again";
        file = folder.Write("config.json", config.ToJsonString());
        (await cloud.AwsAsync("cloudfront", "create-distribution", "--distribution-config", $"file://{file}")).Ok().Should().Contain("localhost:");
    }

    [Theory]
    [InlineData("""{"DefaultCacheBehavior":{"FunctionAssociations":[{"EventType":"viewer-request","FunctionARN":"x"}]}}""", "FunctionAssociations")]
    [InlineData("""{"DefaultCacheBehavior":{"CachePolicyId":"none"}}""", "cache policy does not exist")]
    [InlineData("""{"Origins":[{"Id":"site","DomainName":"api.example.com","CustomOriginConfig":{}}]}""", "S3 origins only")]
    [InlineData("""{"OriginGroups":{"Quantity":1}}""", "OriginGroups")]
    public async Task Refuses_what_it_cannot_serve(string change, string expected)
    {
        var create = () => Site.CreateAsync(cloud, $"cdn-refused-{Guid.NewGuid():n}", config => Merge(config, JsonNode.Parse(change)!.AsObject()));
        (await create.Should().ThrowAsync<ResourceException>()).WithMessage($"*{expected}*");
    }

    private static void Merge(JsonObject target, JsonObject change)
    {
        foreach (var (name, value) in change)
        {
            if (value is JsonObject inner && target[name] is JsonObject present)
            {
                Merge(present, inner);
            }
            else
            {
                target[name] = value!.DeepClone();
            }
        }
    }
}
