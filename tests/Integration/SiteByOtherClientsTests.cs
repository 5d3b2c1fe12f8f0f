using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;
using Amazon.Runtime;
using Microsoft.Extensions.Logging.Abstractions;
using Tiketi.Pipeline;
using Tiketi.Pipeline.Frontend;

namespace Tiketi.Integration;

/// <summary>What SyncS3 stores, read back by rclone, s3cmd and the AWS CLI.</summary>
[Collection(DistributedSiteCollection.Name)]
public sealed partial class SiteByOtherClientsTests(DistributedSite cloud) : IDisposable
{
    private const int Large = 9 * 1024 * 1024; // goes up in parts

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("tiketi-read-back-");

    private string Site => Path.Combine(_directory.FullName, "site");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task RcloneS3cmdAndAws_ReadTheSameContentAndHeaders()
    {
        Assert.SkipWhen(!File.Exists("/usr/bin/rclone") || !File.Exists("/usr/bin/s3cmd"), "rclone and s3cmd are not installed");
        var random = new Random(7);
        for (var number = 0; number < 30; number++)
        {
            Write($"static/js/part{number}.{number:d7}a.js", Bytes(random.Next(10_000, 50_000)));
        }

        foreach (var (key, size) in new[] { ("index.html", 300), ("sitzplan (é+&).svg", 2_000), ("docs/a b/logo.PNG", 1), ("empty.txt", 0), ("video.mp4", Large) })
        {
            Write(key, Bytes(size));
        }

        var bucket = await NewBucketAsync("read-back");
        using var s3 = cloud.S3();
        var compressed = Path.Combine(_directory.FullName, "compressed");
        Write("static/js/text.0123abcd.js", [.. Enumerable.Repeat((byte)'a', 5_000)]);
        await SyncAsync(s3, bucket, request => request with { Precompress = "gzip", PrecompressedDirectory = compressed });
        byte[] Bytes(int size)
        {
            var bytes = new byte[size];
            random.NextBytes(bytes);
            return bytes;
        }

        var stored = KeysOf(Site).ToDictionary(key => key, key => key.Contains("text.") ? Directory.GetFiles(compressed).Single() : Path.Combine(Site, key), StringComparer.Ordinal);
        var remote = $":s3,provider=Other,endpoint='{cloud.Endpoint.ToString().TrimEnd('/')}',env_auth=true,force_path_style=true:{bucket}";
        string[] s3cmd = ["-c", "/dev/null", $"--host={cloud.Endpoint.Authority}", $"--host-bucket={cloud.Endpoint.Authority}", "--no-ssl", "--access_key=test", "--secret_key=test", "--region=ap-northeast-2", "--encoding=UTF-8"];
        await cloud.RunAsync("rclone", "copy", remote, Path.Combine(_directory.FullName, "rclone"), "--config", "/dev/null", "--exclude", "/.tiketi/**");
        Directory.CreateDirectory(Path.Combine(_directory.FullName, "s3cmd"));
        await cloud.RunAsync("s3cmd", [.. s3cmd, "sync", "--quiet", "--exclude", ".tiketi/*", $"s3://{bucket}/", Path.Combine(_directory.FullName, "s3cmd") + "/"]);
        await cloud.RunAsync("aws", "s3", "sync", $"s3://{bucket}", Path.Combine(_directory.FullName, "aws"), "--exclude", ".tiketi/*", "--only-show-errors");
        foreach (var client in new[] { "rclone", "s3cmd", "aws" })
        {
            var read = Path.Combine(_directory.FullName, client);
            KeysOf(read).Should().BeEquivalentTo(stored.Keys, "{0} reads every object", client);
            KeysOf(read).Should().OnlyContain(key => File.ReadAllBytes(Path.Combine(read, key)).SequenceEqual(File.ReadAllBytes(stored[key])), "{0} reads each as it was stored", client);
        }

        using var listed = JsonDocument.Parse(await cloud.RunAsync("rclone", "lsjson", "-R", "-M", "--files-only", "--exclude", "/.tiketi/**", remote, "--config", "/dev/null"));
        listed.RootElement.EnumerateArray().Select(item => (Key: item.GetProperty("Path").GetString()!, Metadata: item.GetProperty("Metadata")))
            .Select(item => (item.Key, Of(item.Metadata, "content-type"), Of(item.Metadata, "cache-control"), Of(item.Metadata, "content-encoding")))
            .Should().BeEquivalentTo(stored.Keys.Select(Expected));
        var told = await cloud.RunAsync("s3cmd", [.. s3cmd, "info", .. stored.Keys.Select(key => $"s3://{bucket}/{key}")]);
        Info().Matches(told).Select(match => (match.Groups["key"].Value, match.Groups["type"].Value.Trim())).Should()
            .BeEquivalentTo(stored.Keys.Select(key => ($"s3://{bucket}/{key}", SiteCacheRules.ContentTypeOf(key))));
        foreach (var key in new[] { "index.html", "static/js/text.0123abcd.js", "video.mp4" })
        {
            using var head = JsonDocument.Parse(await cloud.RunAsync("aws", "s3api", "head-object", "--bucket", bucket, "--key", key));
            (key, Of(head.RootElement, "ContentType"), Of(head.RootElement, "CacheControl"), Of(head.RootElement, "ContentEncoding")).Should().Be(Expected(key));
            Of(head.RootElement.GetProperty("Metadata"), "md5").Should().Be(Convert.ToHexStringLower(MD5.HashData(await File.ReadAllBytesAsync(stored[key], TestContext.Current.CancellationToken))));
        }

        static string? Of(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? value.GetString() : null;
        static (string, string?, string?, string?) Expected(string key) => (key, SiteCacheRules.ContentTypeOf(key), SiteCacheRules.CacheControlOf(key), key.Contains("text.") ? "gzip" : null);
    }

    /// <summary>S3 itself compares what arrives with what was read first.</summary>
    [Theory]
    [InlineData("changed-small", "robots.txt", 20, "PUT /changed-small/.tiketi/manifest.json")]
    [InlineData("changed-large", "video.mp4", Large, "PUT /changed-large/.tiketi/manifest.json")]
    [InlineData("changed-meanwhile", "video.mp4", Large, "POST /changed-meanwhile/video.mp4?uploads")]
    public async Task AFileThatChangesWithoutChangingItsLength_EndsTheSync_AndTheOldSiteStays(string bucket, string key, int size, string after)
    {
        await NewBucketAsync(bucket);
        Write("index.html", "old"u8.ToArray());
        using var s3 = cloud.S3();
        await SyncAsync(s3, bucket);
        Write("index.html", "new"u8.ToArray());
        Write(key, new byte[size]);
        using var disturbed = cloud.S3(new After(after, () =>
        {
            Write(key, [.. Enumerable.Repeat((byte)1, size)]);
            File.SetLastWriteTimeUtc(Path.Combine(Site, key), DateTime.UtcNow.AddMinutes(1)); // later than any clock tick could hide
        }));

        await FluentActions.Awaiting(() => SyncAsync(disturbed, bucket)).Should().ThrowAsync<PipelineException>().WithMessage($"*{key} changed while the site was being synced.");

        using var index = await s3.GetObjectAsync(bucket, "index.html", TestContext.Current.CancellationToken);
        (await new StreamReader(index.ResponseStream).ReadToEndAsync(TestContext.Current.CancellationToken)).Should().Be("old");
        (await SyncAsync(s3, bucket)).Changes.Select(change => change.Key).Should().Contain(key, "the next sync stores it as it is now");
    }

    private Task<SiteSyncResult> SyncAsync(Amazon.S3.IAmazonS3 s3, string bucket, Func<SiteSyncRequest, SiteSyncRequest>? adjust = null)
    {
        var request = new SiteSyncRequest { Directory = Site, Bucket = bucket };
        return new SiteSync(s3, TimeProvider.System, NullLogger<SiteSync>.Instance).RunAsync(adjust?.Invoke(request) ?? request, TestContext.Current.CancellationToken);
    }

    private async Task<string> NewBucketAsync(string name)
    {
        await cloud.RunAsync("aws", "s3", "mb", $"s3://{name}");
        return name;
    }

    private void Write(string key, byte[] content)
    {
        var path = Path.Combine(Site, key);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
    }

    private static IEnumerable<string> KeysOf(string directory) => Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(directory, file));

    [GeneratedRegex(@"^(?<key>s3://.*) \(object\):(?:.|\n)*?MIME type: (?<type>.*)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Info();

    /// <summary>Does something once, after the first request that begins so.</summary>
    private sealed class After(string request, Action action) : HttpClientFactory
    {
        private readonly Handler _handler = new(request, action) { InnerHandler = new SocketsHttpHandler() };

        public override HttpClient CreateHttpClient(IClientConfig clientConfig) => new(_handler, disposeHandler: false);

        public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => false;

        public override bool DisposeHttpClientsAfterUse(IClientConfig clientConfig) => false;

        public override string? GetConfigUniqueString(IClientConfig clientConfig) => null;

        private sealed class Handler(string after, Action action) : DelegatingHandler
        {
            private int _done;

            protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
            {
                var response = await base.SendAsync(request, cancellationToken);
                if ($"{request.Method} {request.RequestUri!.PathAndQuery}".StartsWith(after, StringComparison.Ordinal) && Interlocked.Exchange(ref _done, 1) == 0)
                {
                    action();
                }

                return response;
            }
        }
    }
}
