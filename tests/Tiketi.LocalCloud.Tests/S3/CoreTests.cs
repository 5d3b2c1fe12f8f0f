using System.Text;
using Tiketi.LocalCloud.S3;
using Tiketi.LocalCloud.S3.Storage;

namespace Tiketi.LocalCloud.Tests.S3;

public sealed class AwsChunkedStreamTests
{
    private const string Signed = "5;chunk-signature=aa\r\nhello\r\n6;chunk-signature=bb\r\n world\r\n0;chunk-signature=cc\r\n\r\n";
    private const string WithTrailer = "b\r\nhello world\r\n0\r\nx-amz-checksum-crc32:DUoRhQ==\r\n\r\n";
    private const string SignedTrailer = "b;chunk-signature=aa\r\nhello world\r\n0;chunk-signature=bb\r\nx-amz-checksum-crc32:DUoRhQ==\r\nx-amz-trailer-signature:cc\r\n\r\n";

    [Theory]
    [InlineData(Signed, null)]
    [InlineData(WithTrailer, "DUoRhQ==")]
    [InlineData(SignedTrailer, "DUoRhQ==")]
    public async Task Gives_the_payload_however_the_network_cuts_it(string body, string? checksum)
    {
        for (var piece = 1; piece <= body.Length; piece++)
        {
            var stream = new AwsChunkedStream(new PiecewiseStream(Encoding.ASCII.GetBytes(body), piece));
            using var memory = new MemoryStream();
            await stream.CopyToAsync(memory, TestContext.Current.CancellationToken);
            Encoding.ASCII.GetString(memory.ToArray()).Should().Be("hello world", "of pieces of {0} bytes", piece);
            stream.Trailers.GetValueOrDefault("X-Amz-Checksum-CRC32").Should().Be(checksum);
        }
    }

    [Fact]
    public async Task Refuses_a_body_that_ends_early_anywhere()
    {
        for (var length = 0; length < WithTrailer.Length - 4; length++)
        {
            var stream = new AwsChunkedStream(new MemoryStream(Encoding.ASCII.GetBytes(WithTrailer[..length])));
            var read = () => stream.CopyToAsync(Stream.Null, TestContext.Current.CancellationToken);
            (await read.Should().ThrowAsync<S3Exception>("of {0} bytes", length)).Which.Status.Should().Be(400);
        }
    }

    [Fact]
    public async Task Refuses_a_size_that_is_no_number()
    {
        var stream = new AwsChunkedStream(new MemoryStream("zz\r\nhello\r\n"u8.ToArray()));
        var read = () => stream.CopyToAsync(Stream.Null, TestContext.Current.CancellationToken);
        (await read.Should().ThrowAsync<S3Exception>()).Which.Code.Should().Be("InvalidRequest");
    }

    private sealed class PiecewiseStream(byte[] bytes, int piece) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(piece, buffer.Length)], cancellationToken);
    }
}

public sealed class ChecksumTests
{
    [Theory]
    [InlineData("CRC32", "CBF43926")]
    [InlineData("CRC32C", "E3069283")]
    [InlineData("CRC64NVME", "AE8B14860A799888")]
    [InlineData("SHA1", "F7C3BC1D808E04732ADF679965CCC34CA7AE3441")]
    public void Gives_the_published_check_value(string algorithm, string expected)
    {
        using var checksum = Checksum.Create(algorithm);
        checksum.Append("123456789"u8);
        Convert.ToHexString(checksum.Finish()).Should().Be(expected);
    }

    [Theory]
    [InlineData("CRC32")]
    [InlineData("CRC32C")]
    [InlineData("CRC64NVME")]
    public void Does_not_depend_on_how_the_data_is_cut(string algorithm)
    {
        var data = new byte[100];
        new Random(1).NextBytes(data);
        using var whole = Checksum.Create(algorithm);
        whole.Append(data);
        var expected = whole.Finish();
        for (var cut = 0; cut <= data.Length; cut++)
        {
            using var pieces = Checksum.Create(algorithm);
            pieces.Append(data.AsSpan(0, cut));
            pieces.Append(data.AsSpan(cut));
            pieces.Finish().Should().Equal(expected);
        }
    }
}

public sealed class ListingTests
{
    [Fact]
    public void Orders_keys_by_their_utf8_bytes()
    {
        string[] keys = ["a", "a/", "a-b", "B", "é", "\uFFFD", "\U0001F600", "z", "", "a\U0001F600", "a\uE000"];
        var expected = keys.OrderBy(key => Convert.ToHexString(Encoding.UTF8.GetBytes(key)), StringComparer.Ordinal);
        keys.Order(KeyOrder.Instance).Should().Equal(expected);
    }

    [Fact]
    public void Pages_through_everything_once_whatever_prefix_delimiter_and_page_size()
    {
        var random = new Random(7);
        for (var round = 0; round < 300; round++)
        {
            var keys = Enumerable.Range(0, random.Next(0, 25)).Select(_ => RandomKey(random)).Distinct(StringComparer.Ordinal).ToList();
            ObjectRecord[] sorted = [.. keys.Order(KeyOrder.Instance).Select(Record)];
            var prefix = random.Next(3) == 0 ? RandomKey(random)[..1] : "";
            var delimiter = random.Next(2) == 0 ? "/" : "";
            var (expectedKeys, expectedPrefixes) = Reference(keys, prefix, delimiter);

            List<string> foundKeys = [], foundPrefixes = [];
            var after = "";
            var size = random.Next(1, 5);
            ListPage page;
            do
            {
                page = Listing.Page(sorted, new ListQuery(prefix, delimiter, after, size));
                (page.Objects.Count + page.CommonPrefixes.Count).Should().BeLessThanOrEqualTo(size);
                foundKeys.AddRange(page.Objects.Select(item => item.Key));
                foundPrefixes.AddRange(page.CommonPrefixes);
                after = page.Last;
            }
            while (page.IsTruncated);

            foundKeys.Should().Equal(expectedKeys);
            foundPrefixes.Should().Equal(expectedPrefixes);
        }
    }

    [Fact]
    public void Is_not_truncated_when_the_last_item_fills_the_page()
    {
        ObjectRecord[] sorted = [Record("a/1"), Record("a/2")];
        Listing.Page(sorted, new ListQuery("", "/", "", 1)).IsTruncated.Should().BeFalse();
        Listing.Page(sorted, new ListQuery("", "", "", 1)).IsTruncated.Should().BeTrue();
        Listing.Page(sorted, new ListQuery("", "", "", 0)).IsTruncated.Should().BeFalse();
    }

    private static (List<string> Keys, List<string> Prefixes) Reference(IEnumerable<string> keys, string prefix, string delimiter)
    {
        var matching = keys.Where(key => key.StartsWith(prefix, StringComparison.Ordinal)).Order(KeyOrder.Instance).ToList();
        var folded = matching.ToLookup(key => delimiter.Length > 0 && key.IndexOf(delimiter, prefix.Length, StringComparison.Ordinal) is >= 0 and var cut ? key[..(cut + 1)] : null);
        return ([.. folded[null]], [.. folded.Where(group => group.Key is not null).Select(group => group.Key!)]);
    }

    private static string RandomKey(Random random) => new(Enumerable.Range(0, random.Next(1, 6)).Select(_ => "ab/"[random.Next(3)]).ToArray());

    private static ObjectRecord Record(string key) => new() { Key = key, ETag = "e", Size = 1, LastModified = default, Content = "c", Headers = new ObjectHeaders() };
}

public sealed class SmallPartsTests
{
    [Theory]
    [InlineData("localhost", "/bucket/a%2Fb%20c", "bucket", "a/b c")]
    [InlineData("127.0.0.1", "/bucket", "bucket", "")]
    [InlineData("127.0.0.1", "/bucket/?list-type=2", "bucket", "")]
    [InlineData("127.0.0.1", "/bucket//a", "bucket", "/a")]
    [InlineData("bucket.localhost", "/a/b?x=/", "bucket", "a/b")]
    [InlineData("bucket.s3.ap-northeast-2.amazonaws.com", "/", "bucket", "")]
    [InlineData("a.b.s3-eu-west-1.amazonaws.com", "/k", "a.b", "k")]
    [InlineData("s3.localhost", "/bucket/k", "bucket", "k")]
    [InlineData("s3.ap-northeast-2.amazonaws.com", "/bucket/k", "bucket", "k")]
    public void Finds_bucket_and_key(string host, string target, string bucket, string key) => S3Address.Parse(host, target).Should().Be((bucket, key));

    [Theory]
    [InlineData("bytes=0-0", 0, 1)]
    [InlineData("bytes=2-", 2, 8)]
    [InlineData("bytes=-3", 7, 3)]
    [InlineData("bytes=-30", 0, 10)]
    [InlineData("bytes=5-500", 5, 5)]
    public void Reads_a_range(string header, long offset, long length) => ByteRange.Parse(header, 10).Should().Be(new ByteRange(offset, length, true));

    [Theory]
    [InlineData("bytes=10-")]
    [InlineData("bytes=-0")]
    public void Knows_a_range_outside(string header) => ByteRange.Parse(header, 10)!.IsSatisfiable.Should().BeFalse();

    [Theory]
    [InlineData(null)]
    [InlineData("bytes=3-2")]
    [InlineData("bytes=0-1,3-4")]
    [InlineData("lines=1-2")]
    [InlineData("bytes=-")]
    public void Ignores_what_is_no_single_range(string? header) => ByteRange.Parse(header, 10).Should().BeNull();

    [Fact]
    public void Decides_by_policy()
    {
        var policy = BucketPolicy.Parse(
            """
            {"Statement":[
              {"Effect":"Allow","Principal":{"Service":"cloudfront.amazonaws.com"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*","Condition":{"StringEquals":{"AWS:SourceArn":"arn:x"}}},
              {"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":["arn:aws:s3:::b","arn:aws:s3:::b/secret/*"]}]}
            """);
        policy.IsPublic.Should().BeFalse();
        Decide("cloudfront.amazonaws.com", "arn:aws:s3:::b/k", "arn:x").Should().Be(PolicyDecision.Allow);
        Decide("cloudfront.amazonaws.com", "arn:aws:s3:::b/k", "arn:y").Should().Be(PolicyDecision.None);
        Decide(null, "arn:aws:s3:::b/k", "arn:x").Should().Be(PolicyDecision.None);
        Decide("cloudfront.amazonaws.com", "arn:aws:s3:::b/secret/k", "arn:x").Should().Be(PolicyDecision.Deny);

        PolicyDecision Decide(string? principal, string resource, string arn) =>
            policy.Evaluate(new PolicyRequest(principal, "s3:GetObject", resource, new Dictionary<string, string>(StringComparer.Ordinal) { ["aws:SourceArn"] = arn }));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("""{"Statement":[]}""")]
    [InlineData("""{"Statement":[{"Effect":"Maybe","Principal":"*","Action":"s3:*","Resource":"*"}]}""")]
    [InlineData("""{"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}""")]
    [InlineData("""{"Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*","Condition":{"Moonphase":{"a":"b"}}}]}""")]
    public void Refuses_a_policy_that_it_could_not_carry_out(string json)
    {
        var parse = () => BucketPolicy.Parse(json);
        parse.Should().Throw<S3Exception>().Which.Code.Should().Be("MalformedPolicy");
    }
}
