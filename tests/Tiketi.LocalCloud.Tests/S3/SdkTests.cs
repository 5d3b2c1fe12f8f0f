using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Amazon.S3;
using Amazon.S3.Model;

namespace Tiketi.LocalCloud.Tests.S3;

/// <summary>The published .NET client, and plain HTTP for what no client sends.</summary>
public sealed class SdkTests(RunningCloud cloud) : IClassFixture<RunningCloud>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Keeps_content_headers_and_metadata_over_a_restart()
    {
        using var s3 = cloud.S3();
        await s3.PutBucketAsync("sdk-keep", Token);
        var put = await s3.PutObjectAsync(
            new PutObjectRequest
            {
                BucketName = "sdk-keep",
                Key = "dir/é +%.html",
                ContentBody = "<html>ü</html>",
                ContentType = "text/html; charset=utf-8",
                Headers = { CacheControl = "no-cache", ContentEncoding = "identity" },
                Metadata = { ["Build"] = "42" },
                TagSet = [new Tag { Key = "a", Value = "b" }],
            },
            Token);
        put.ETag.Should().Be($"\"{Convert.ToHexStringLower(MD5.HashData("<html>ü</html>"u8))}\"");
        await cloud.RestartAsync();

        using var get = await s3.GetObjectAsync(new GetObjectRequest { BucketName = "sdk-keep", Key = "dir/é +%.html", ChecksumMode = ChecksumMode.ENABLED }, Token);
        using var reader = new StreamReader(get.ResponseStream);
        (await reader.ReadToEndAsync(Token)).Should().Be("<html>ü</html>");
        get.Headers.ContentType.Should().Be("text/html; charset=utf-8");
        get.Headers.CacheControl.Should().Be("no-cache");
        get.Headers.ContentEncoding.Should().Be("identity", "aws-chunked is how it came, not what it is");
        get.Metadata["Build"].Should().Be("42");
        get.ChecksumCRC32.Should().NotBeNull();
        get.TagCount.Should().Be(1);
    }

    [Theory]
    [InlineData("UNSIGNED-PAYLOAD", true)]
    [InlineData("AWS4-HMAC-SHA256", false)]
    public async Task Takes_chunked_and_plain_bodies(string kind, bool chunked)
    {
        using var s3 = cloud.S3(config => config.RequestChecksumCalculation = chunked ? Amazon.Runtime.RequestChecksumCalculation.WHEN_SUPPORTED : Amazon.Runtime.RequestChecksumCalculation.WHEN_REQUIRED);
        var bucket = "sdk-" + kind.ToLowerInvariant();
        await s3.PutBucketAsync(bucket, Token);
        var content = RandomNumberGenerator.GetBytes(300_000);
        foreach (var useChunks in (bool[])[true, false])
        {
            await s3.PutObjectAsync(new PutObjectRequest { BucketName = bucket, Key = "k", InputStream = new MemoryStream(content), UseChunkEncoding = useChunks }, Token);
            using var get = await s3.GetObjectAsync(bucket, "k", Token);
            using var memory = new MemoryStream();
            await get.ResponseStream.CopyToAsync(memory, Token);
            memory.ToArray().Should().Equal(content);
        }
    }

    [Fact]
    public async Task Writes_only_on_the_stated_condition()
    {
        using var s3 = cloud.S3();
        await s3.PutBucketAsync("sdk-lock", Token);
        var first = await s3.PutObjectAsync(new PutObjectRequest { BucketName = "sdk-lock", Key = "lock", ContentBody = "1", IfNoneMatch = "*" }, Token);
        var again = () => s3.PutObjectAsync(new PutObjectRequest { BucketName = "sdk-lock", Key = "lock", ContentBody = "2", IfNoneMatch = "*" }, Token);
        (await again.Should().ThrowAsync<AmazonS3Exception>()).Which.ErrorCode.Should().Be("PreconditionFailed");
        await s3.PutObjectAsync(new PutObjectRequest { BucketName = "sdk-lock", Key = "lock", ContentBody = "3", IfMatch = first.ETag }, Token);
        var stale = () => s3.PutObjectAsync(new PutObjectRequest { BucketName = "sdk-lock", Key = "lock", ContentBody = "4", IfMatch = first.ETag }, Token);
        (await stale.Should().ThrowAsync<AmazonS3Exception>()).Which.StatusCode.Should().Be(HttpStatusCode.PreconditionFailed);
    }

    [Fact]
    public async Task Lets_exactly_one_of_many_at_once_take_a_lock()
    {
        using var s3 = cloud.S3();
        await s3.PutBucketAsync("sdk-race", Token);
        var attempts = await Task.WhenAll(Enumerable.Range(0, 16).Select(async number =>
        {
            try
            {
                await s3.PutObjectAsync(new PutObjectRequest { BucketName = "sdk-race", Key = "lock", ContentBody = $"{number}", IfNoneMatch = "*" }, Token);
                return true;
            }
            catch (AmazonS3Exception error) when (error.ErrorCode == "PreconditionFailed")
            {
                return false;
            }
        }));
        attempts.Count(won => won).Should().Be(1);
    }

    [Fact]
    public async Task Lists_in_pages()
    {
        using var s3 = cloud.S3();
        await s3.PutBucketAsync("sdk-list", Token);
        foreach (var number in Enumerable.Range(0, 7))
        {
            await s3.PutObjectAsync(new PutObjectRequest { BucketName = "sdk-list", Key = $"d{number % 3}/ü {number}", ContentBody = "x" }, Token);
        }

        List<string> keys = [];
        var request = new ListObjectsV2Request { BucketName = "sdk-list", MaxKeys = 2 };
        ListObjectsV2Response page;
        do
        {
            page = await s3.ListObjectsV2Async(request, Token);
            keys.AddRange(page.S3Objects.Select(item => item.Key));
            request.ContinuationToken = page.NextContinuationToken;
        }
        while (page.IsTruncated == true);
        keys.Should().Equal("d0/ü 0", "d0/ü 3", "d0/ü 6", "d1/ü 1", "d1/ü 4", "d2/ü 2", "d2/ü 5");
        var folders = await s3.ListObjectsV2Async(new ListObjectsV2Request { BucketName = "sdk-list", Delimiter = "/" }, Token);
        folders.CommonPrefixes.Should().Equal("d0/", "d1/", "d2/");
        var old = await s3.ListObjectsAsync(new ListObjectsRequest { BucketName = "sdk-list", Prefix = "d1/", MaxKeys = 1 }, Token);
        old.S3Objects.Should().ContainSingle(item => item.Key == "d1/ü 1");
    }

    [Fact]
    public async Task Completes_a_multipart_upload_only_from_its_parts()
    {
        using var s3 = cloud.S3();
        await s3.PutBucketAsync("sdk-parts", Token);
        var upload = await s3.InitiateMultipartUploadAsync(new InitiateMultipartUploadRequest { BucketName = "sdk-parts", Key = "k" }, Token);
        var content = RandomNumberGenerator.GetBytes(5 * 1024 * 1024);
        var one = await s3.UploadPartAsync(new UploadPartRequest { BucketName = "sdk-parts", Key = "k", UploadId = upload.UploadId, PartNumber = 1, InputStream = new MemoryStream(content) }, Token);
        var two = await s3.UploadPartAsync(new UploadPartRequest { BucketName = "sdk-parts", Key = "k", UploadId = upload.UploadId, PartNumber = 2, InputStream = new MemoryStream([1]) }, Token);
        await cloud.RestartAsync();

        (await Fails(new PartETag(1, "\"00000000000000000000000000000000\""))).Should().Be("InvalidPart");
        (await Fails(new PartETag(1, one.ETag), new PartETag(3, two.ETag))).Should().Be("InvalidPart");
        (await s3.ListPartsAsync("sdk-parts", "k", upload.UploadId, Token)).Parts.Select(part => part.Size).Should().Equal(content.Length, 1);
        await s3.CompleteMultipartUploadAsync(Complete(new PartETag(1, one.ETag), new PartETag(2, two.ETag)), Token);

        var head = await s3.GetObjectMetadataAsync("sdk-parts", "k", Token);
        head.ContentLength.Should().Be(content.Length + 1);
        head.ETag.Should().Be($"\"{Convert.ToHexStringLower(MD5.HashData([.. MD5.HashData(content), .. MD5.HashData([1])]))}-2\"");
        var second = await s3.GetObjectMetadataAsync(new GetObjectMetadataRequest { BucketName = "sdk-parts", Key = "k", PartNumber = 2 }, Token);
        second.ContentLength.Should().Be(1);
        second.PartsCount.Should().Be(2);

        CompleteMultipartUploadRequest Complete(params PartETag[] etags) => new() { BucketName = "sdk-parts", Key = "k", UploadId = upload.UploadId, PartETags = [.. etags] };

        async Task<string> Fails(params PartETag[] etags)
        {
            try
            {
                await s3.CompleteMultipartUploadAsync(Complete(etags), Token);
                return "none";
            }
            catch (AmazonS3Exception error)
            {
                return error.ErrorCode;
            }
        }
    }

    [Fact]
    public async Task Names_errors_as_S3_does()
    {
        using var s3 = cloud.S3();
        await s3.PutBucketAsync("sdk-errors", Token);
        await s3.PutObjectAsync(new PutObjectRequest { BucketName = "sdk-errors", Key = "k", ContentBody = "0123456789" }, Token);
        (await ErrorAsync(() => s3.GetObjectAsync("sdk-errors", "none", Token))).Should().Be((404, "NoSuchKey"));
        (await ErrorAsync(() => s3.GetObjectAsync("sdk-none", "none", Token))).Should().Be((404, "NoSuchBucket"));
        (await ErrorAsync(() => s3.PutBucketAsync("sdk-errors", Token))).Should().Be((409, "BucketAlreadyOwnedByYou"));
        (await ErrorAsync(() => s3.DeleteBucketAsync("sdk-errors", Token))).Should().Be((409, "BucketNotEmpty"));
        (await ErrorAsync(() => s3.GetObjectAsync(new GetObjectRequest { BucketName = "sdk-errors", Key = "k", ByteRange = new ByteRange("bytes=20-") }, Token))).Should().Be((416, "InvalidRange"));
        (await ErrorAsync(() => s3.PutObjectAsync(new PutObjectRequest { BucketName = "sdk-errors", Key = "k", ContentBody = "x", MD5Digest = Convert.ToBase64String(MD5.HashData("y"u8)) }, Token))).Should().Be((400, "BadDigest"));
        (await ErrorAsync(() => s3.PutObjectAsync(new PutObjectRequest { BucketName = "sdk-errors", Key = "k", ContentBody = "x", ChecksumSHA256 = Convert.ToBase64String(new byte[32]) }, Token))).Should().Be((400, "BadDigest"));
        (await ErrorAsync(() => s3.AbortMultipartUploadAsync("sdk-errors", "k", "none", Token))).Should().Be((404, "NoSuchUpload"));
        (await ErrorAsync(() => s3.CopyObjectAsync("sdk-errors", "k", "sdk-errors", "k", Token))).Should().Be((400, "InvalidRequest"));
        (await s3.GetObjectAsync("sdk-errors", "k", Token)).ContentLength.Should().Be(10, "a refused write leaves the object as it was");
    }

    [Fact]
    public async Task Answers_conditional_and_partial_reads()
    {
        using var s3 = cloud.S3();
        await s3.PutBucketAsync("sdk-reads", Token);
        await s3.PutObjectAsync(new PutObjectRequest { BucketName = "sdk-reads", Key = "k", ContentBody = "0123456789" }, Token);
        var url = await s3.GetPreSignedURLAsync(new GetPreSignedUrlRequest { BucketName = "sdk-reads", Key = "k", Expires = DateTime.UtcNow.AddMinutes(1), Protocol = Protocol.HTTP });
        using var whole = await cloud.Http.GetAsync(url, Token);
        var etag = whole.Headers.ETag!.ToString();

        (await SendAsync(url, ("If-None-Match", etag))).StatusCode.Should().Be(HttpStatusCode.NotModified);
        (await SendAsync(url, ("If-Match", "\"other\""))).StatusCode.Should().Be(HttpStatusCode.PreconditionFailed);
        (await SendAsync(url, ("If-Modified-Since", DateTimeOffset.UtcNow.AddHours(1).ToString("R")))).StatusCode.Should().Be(HttpStatusCode.NotModified);
        using var part = await SendAsync(url, ("Range", "bytes=-3"));
        part.StatusCode.Should().Be(HttpStatusCode.PartialContent);
        (await part.Content.ReadAsStringAsync(Token)).Should().Be("789");
        part.Content.Headers.ContentRange!.ToString().Should().Be("bytes 7-9/10");

        var expired = await s3.GetPreSignedURLAsync(new GetPreSignedUrlRequest { BucketName = "sdk-reads", Key = "k", Expires = DateTime.UtcNow.AddSeconds(-5), Protocol = Protocol.HTTP });
        (await SendAsync(expired)).StatusCode.Should().Be(HttpStatusCode.Forbidden);
        (await SendAsync("/sdk-reads/k")).StatusCode.Should().Be(HttpStatusCode.Forbidden, "an anonymous caller needs a policy");
        using var byHost = new HttpRequestMessage(HttpMethod.Get, new Uri(url).PathAndQuery.Replace("/sdk-reads", "", StringComparison.Ordinal)) { Headers = { Host = $"sdk-reads.localhost:{cloud.Settings.AwsPort}" } };
        (await (await cloud.Http.SendAsync(byHost, Token)).Content.ReadAsStringAsync(Token)).Should().Be("0123456789");
    }

    [Fact]
    public async Task Counts_requests_by_operation()
    {
        using var s3 = cloud.S3();
        await s3.PutBucketAsync("sdk-count", Token);
        (await cloud.Http.DeleteAsync("/_requests", Token)).StatusCode.Should().Be(HttpStatusCode.NoContent);
        await s3.PutObjectAsync(new PutObjectRequest { BucketName = "sdk-count", Key = "a", ContentBody = "x" }, Token);
        await s3.ListObjectsV2Async(new ListObjectsV2Request { BucketName = "sdk-count" }, Token);
        await s3.DeleteObjectsAsync(new DeleteObjectsRequest { BucketName = "sdk-count", Objects = [new KeyVersion { Key = "a" }, new KeyVersion { Key = "b" }] }, Token);
        var log = JsonNode.Parse(await cloud.Http.GetStringAsync("/_requests", Token))!;
        log["counters"]!["s3"]!["PutObject"]!.GetValue<int>().Should().Be(1);
        log["counters"]!["s3"]!["ListObjectsV2"]!.GetValue<int>().Should().Be(1);
        log["counters"]!["s3"]!["DeleteObjects"]!.GetValue<int>().Should().Be(1);
        log["counters"]!["s3"]!["HeadObject"].Should().BeNull();
        log["requests"]!.AsArray().Select(request => request!["operation"]!.GetValue<string>()).Should().StartWith("PutObject");
    }

    [Fact]
    public async Task Forgets_an_upload_that_a_client_gave_up()
    {
        using var s3 = cloud.S3();
        await s3.PutBucketAsync("sdk-broken", Token);
        using (var socket = new System.Net.Sockets.TcpClient())
        {
            await socket.ConnectAsync(IPAddress.Loopback, cloud.Settings.AwsPort, Token);
            var head = "PUT /sdk-broken/k HTTP/1.1\r\nHost: localhost\r\nAuthorization: AWS4-HMAC-SHA256 Credential=test/20200101/r/s3/aws4_request\r\nContent-Length: 1000\r\n\r\nabc";
            await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head), Token);
        }

        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!(await cloud.Http.GetStringAsync("/_requests", patience.Token)).Contains("/sdk-broken/k", StringComparison.Ordinal))
        {
            await Task.Delay(20, patience.Token); // a request is recorded when it has ended
        }

        (await ErrorAsync(() => s3.GetObjectAsync("sdk-broken", "k", Token))).Should().Be((404, "NoSuchKey"));
        Directory.EnumerateFiles(Path.Combine(cloud.Settings.StateDirectory, "s3", "sdk-broken", "contents"), "*", SearchOption.AllDirectories).Should().BeEmpty();
    }

    private static async Task<(int Status, string Code)> ErrorAsync<T>(Func<Task<T>> act)
    {
        var error = (await ((Func<Task>)act).Should().ThrowAsync<AmazonS3Exception>()).Which;
        return ((int)error.StatusCode, error.ErrorCode);
    }

    private async Task<HttpResponseMessage> SendAsync(string url, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, url);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await cloud.Http.SendAsync(request, Token);
    }
}
