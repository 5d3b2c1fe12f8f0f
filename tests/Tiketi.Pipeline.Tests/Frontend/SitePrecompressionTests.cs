using System.IO.Compression;
using System.Text;
using Amazon.S3.Model;
using Microsoft.Extensions.Logging.Abstractions;
using Tiketi.Pipeline.Frontend;

namespace Tiketi.Pipeline.Tests.Frontend;

public sealed class SitePrecompressionTests(MotoServer moto) : IDisposable
{
    private const string Script = "static/js/big.0123abcd.js";

    private static readonly string Source = string.Concat(Enumerable.Range(0, 500).Select(number => $"function seat{number % 97}(row) {{ return row * {number}; }}\n"));

    private readonly SiteOnDisk _site = new SiteOnDisk().Build(1).Write(Script, Source).Write("about.html", $"<pre>{Source}</pre>");
    private readonly DirectoryInfo _compressed = Directory.CreateTempSubdirectory("tiketi-compressed-");

    public void Dispose()
    {
        _site.Dispose();
        _compressed.Delete(recursive: true);
    }

    [Theory]
    [InlineData(SiteEncodings.Brotli)]
    [InlineData(SiteEncodings.Gzip)]
    public async Task HashedAssets_AreStoredCompressed_AndNothingElse(string encoding)
    {
        var bucket = await moto.NewBucketAsync();

        await SyncAsync(bucket, encoding);

        using var s3 = moto.Client();
        var script = await s3.GetObjectAsync(bucket, Script);
        (script.Headers.ContentEncoding, script.Headers.ContentType, script.Headers.CacheControl).Should().Be((encoding, "text/javascript; charset=utf-8", "public, max-age=31536000, immutable"));
        script.ContentLength.Should().BeLessThan(Source.Length / 4);
        using var decoded = new StreamReader(encoding == "br" ? new BrotliStream(script.ResponseStream, CompressionMode.Decompress) : new GZipStream(script.ResponseStream, CompressionMode.Decompress), Encoding.UTF8);
        (await decoded.ReadToEndAsync(TestContext.Current.CancellationToken)).Should().Be(Source);
        foreach (var key in new[] { "about.html", "index.html", "robots.txt", "static/js/main.0000001a.js" })
        {
            (await s3.GetObjectMetadataAsync(bucket, key)).Headers.ContentEncoding.Should().BeNullOrEmpty("{0} is a page, small, or loaded by others than browsers", key);
        }
    }

    [Fact]
    public async Task ASyncWithTheSameEncoding_IsOneGet_AndAnotherEncodingIsAChange()
    {
        var bucket = await moto.NewBucketAsync();
        await SyncAsync(bucket, SiteEncodings.Brotli);

        (await SyncAsync(bucket, SiteEncodings.Brotli)).Requests.Total.Should().Be(1);
        foreach (var file in _compressed.GetFiles())
        {
            file.Delete();
        }

        (await SyncAsync(bucket, SiteEncodings.Brotli)).Requests.Total.Should().Be(1, "what is compressed again is the same");
        using var s3 = moto.Client();
        await s3.DeleteObjectAsync(bucket, ".tiketi/manifest.json");
        (await SyncAsync(bucket, SiteEncodings.Brotli)).Changes.Should().BeEmpty("the bucket itself says how it is encoded");

        var plain = await SyncAsync(bucket, encoding: null);
        plain.Changes.Where(change => change.Action == SiteAction.Upload).Select(change => change.Key).Should().Equal(Script);
        plain.ChangedPaths.Should().Equal("/" + Script);
        (await s3.GetObjectMetadataAsync(bucket, Script)).Headers.ContentEncoding.Should().BeNullOrEmpty();

        await new SiteReleases(moto.Client(), TimeProvider.System, NullLogger<SiteReleases>.Instance).RollbackAsync(new SiteRollbackRequest { Bucket = bucket });
        (await s3.GetObjectMetadataAsync(bucket, Script)).Headers.ContentEncoding.Should().Be("br", "a release returns with its encoding");
    }

    [Fact]
    public async Task AnUnknownEncoding_IsRefused() =>
        (await FluentActions.Awaiting(async () => await SyncAsync(await moto.NewBucketAsync(), "zip")).Should().ThrowAsync<PipelineException>()).Which.Remedy.Should().Be("Choose br or gzip.");

    private Task<SiteSyncResult> SyncAsync(string bucket, string? encoding) => new SiteSync(moto.Client(), TimeProvider.System, NullLogger<SiteSync>.Instance).RunAsync(
        new SiteSyncRequest { Directory = _site.Path, Bucket = bucket, Precompress = encoding, PrecompressedDirectory = _compressed.FullName }, TestContext.Current.CancellationToken);
}
