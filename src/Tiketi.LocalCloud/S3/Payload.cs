using System.Buffers;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace Tiketi.LocalCloud.S3;

/// <summary>What a request says its body is; every statement is checked against what arrives.</summary>
internal sealed class Payload
{
    private readonly byte[]? _md5;
    private readonly string? _sha256;
    private readonly long? _length;
    private readonly string? _checksumAlgorithm;
    private readonly string? _checksumValue;
    private readonly bool _isTrailerAnnounced;
    private readonly Stream _body;

    private Payload(HttpRequest request)
    {
        var signed = request.Headers["x-amz-content-sha256"].ToString();
        var isChunked = signed.StartsWith("STREAMING-", StringComparison.Ordinal);
        _body = isChunked ? new AwsChunkedStream(request.Body) : request.Body;
        _sha256 = signed.Length == 64 ? signed : null;
        _length = isChunked ? ParseLength(request.Headers["x-amz-decoded-content-length"].ToString()) : request.ContentLength;
        if (request.Headers.ContentMD5.ToString() is { Length: > 0 } md5)
        {
            _md5 = Decode(md5, 16) ?? throw new S3Exception(400, "InvalidDigest", "The Content-MD5 you specified was invalid.", ("Content-MD5", md5));
        }

        _isTrailerAnnounced = isChunked && request.Headers["x-amz-trailer"].Count > 0;
        (_checksumAlgorithm, _checksumValue) = DeclaredChecksum(request);
    }

    public static Payload Of(HttpRequest request) => new(request);

    /// <summary>
    /// Streams the body to <paramref name="write"/> and checks it: length, Content-MD5, signed SHA-256, checksum (header or
    /// trailer). <paramref name="checksumAlgorithm"/> is computed when the request declares none.
    /// </summary>
    public async Task<ReceivedPayload> ReceiveAsync(Func<ReadOnlyMemory<byte>, ValueTask> write, string? checksumAlgorithm, CancellationToken cancellationToken)
    {
        var algorithm = _checksumAlgorithm ?? checksumAlgorithm;
        using var md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        using var sha256 = _sha256 is null ? null : IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var checksum = algorithm is null ? null : Checksum.Create(algorithm);
        var total = 0L;
        var buffer = ArrayPool<byte>.Shared.Rent(128 * 1024);
        try
        {
            int read;
            while ((read = await FillAsync(buffer, cancellationToken)) > 0)
            {
                md5.AppendData(buffer.AsSpan(0, read));
                sha256?.AppendData(buffer.AsSpan(0, read));
                checksum?.Append(buffer.AsSpan(0, read));
                await write(buffer.AsMemory(0, read));
                total += read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        if (_length is { } length && total != length)
        {
            throw S3Errors.IncompleteBody();
        }

        var hash = md5.GetHashAndReset();
        Verify(hash, sha256);
        return new ReceivedPayload(total, hash, algorithm?.ToUpperInvariant(), VerifiedChecksum(checksum, algorithm));
    }

    /// <summary>Reads until the buffer is full or the body ends: the network delivers small pieces, and each one hashed and written costs.</summary>
    private async ValueTask<int> FillAsync(byte[] buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await _body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        }
        catch (BadHttpRequestException)
        {
            throw S3Errors.IncompleteBody(); // the client closed the connection early
        }
    }

    private void Verify(byte[] md5, IncrementalHash? sha256)
    {
        if (_md5 is not null && !_md5.AsSpan().SequenceEqual(md5))
        {
            throw S3Errors.BadDigest("Content-MD5");
        }

        if (sha256 is not null)
        {
            var actual = Convert.ToHexStringLower(sha256.GetHashAndReset());
            if (!actual.Equals(_sha256, StringComparison.OrdinalIgnoreCase))
            {
                throw new S3Exception(
                    400, "XAmzContentSHA256Mismatch", "The provided 'x-amz-content-sha256' header does not match what was computed.",
                    ("ClientComputedContentSHA256", _sha256!), ("S3ComputedContentSHA256", actual));
            }
        }
    }

    private string? VerifiedChecksum(Checksum? checksum, string? algorithm)
    {
        if (checksum is null)
        {
            return null;
        }

        var actual = Convert.ToBase64String(checksum.Finish());
        var declared = _checksumValue
            ?? (_checksumAlgorithm is not null && _body is AwsChunkedStream chunked ? chunked.Trailers.GetValueOrDefault("x-amz-checksum-" + _checksumAlgorithm) : null);
        if (declared is null && _isTrailerAnnounced)
        {
            throw new S3Exception(400, "MalformedTrailerError", "The request announced a trailing checksum with x-amz-trailer and did not send it.");
        }

        return declared is null || declared == actual ? actual : throw S3Errors.BadDigest(algorithm!.ToUpperInvariant());
    }

    /// <summary>The algorithm from <c>x-amz-checksum-NAME: value</c>, <c>x-amz-trailer: x-amz-checksum-NAME</c> or <c>x-amz-sdk-checksum-algorithm</c>.</summary>
    private static (string? Algorithm, string? Value) DeclaredChecksum(HttpRequest request)
    {
        var values = Checksum.Algorithms.Where(name => request.Headers.ContainsKey("x-amz-checksum-" + name)).ToList();
        if (values.Count > 1)
        {
            throw S3Errors.InvalidRequest("Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.");
        }

        if (values.Count == 1)
        {
            var value = request.Headers["x-amz-checksum-" + values[0]].ToString();
            return Convert.TryFromBase64String(value, new byte[64], out _)
                ? (values[0], value)
                : throw S3Errors.InvalidRequest($"Value for x-amz-checksum-{values[0].ToLowerInvariant()} header is invalid.");
        }

        const string prefix = "x-amz-checksum-";
        var trailer = request.Headers["x-amz-trailer"].ToString().Trim();
        if (trailer.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
        {
            return (trailer[prefix.Length..].ToUpperInvariant(), null);
        }

        var named = request.Headers["x-amz-sdk-checksum-algorithm"].ToString();
        return (named.Length > 0 ? named.ToUpperInvariant() : null, null);
    }

    private static long? ParseLength(string text) => long.TryParse(text, out var length) ? length : null;

    private static byte[]? Decode(string base64, int length)
    {
        var bytes = new byte[length + 2];
        return Convert.TryFromBase64String(base64, bytes, out var written) && written == length ? bytes[..length] : null;
    }
}

/// <summary>A body that was what it said. The checksum is base64.</summary>
internal sealed record ReceivedPayload(long Size, byte[] Md5, string? ChecksumAlgorithm, string? Checksum);
