using System.Globalization;
using System.Text;

namespace Tiketi.LocalCloud.S3;

/// <summary>
/// Reads the payload out of an <c>aws-chunked</c> body (<c>x-amz-content-sha256: STREAMING-...</c>):
/// <c>HEX-SIZE[;chunk-signature=...] CRLF data CRLF ... 0[;...] CRLF [trailer: value CRLF]... CRLF</c>.
/// Chunk signatures are not verified: the local cloud accepts any key and knows no secret.
/// </summary>
internal sealed class AwsChunkedStream(Stream inner) : Stream
{
    private const int LongestLine = 16 * 1024;

    private readonly byte[] _buffer = new byte[64 * 1024];
    private readonly Dictionary<string, string> _trailers = new(StringComparer.OrdinalIgnoreCase);
    private int _start;
    private int _end;
    private long _left;
    private bool _first = true;
    private bool _done;

    /// <summary>Headers after the last chunk; complete once the stream was read to its end.</summary>
    public IReadOnlyDictionary<string, string> Trailers => _trailers;

    public override async ValueTask<int> ReadAsync(Memory<byte> destination, CancellationToken cancellationToken = default)
    {
        while (_left == 0 && !_done)
        {
            await NextChunkAsync(cancellationToken);
        }

        if (_done || destination.Length == 0)
        {
            return 0;
        }

        var wanted = destination[..(int)Math.Min(destination.Length, _left)];
        int read;
        if (_start < _end)
        {
            read = Math.Min(wanted.Length, _end - _start);
            _buffer.AsMemory(_start, read).CopyTo(wanted);
            _start += read;
        }
        else
        {
            read = await inner.ReadAsync(wanted, cancellationToken);
        }

        if (read == 0)
        {
            throw S3Errors.IncompleteBody();
        }

        _left -= read;
        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    private async Task NextChunkAsync(CancellationToken cancellationToken)
    {
        if (!_first && (await LineAsync(cancellationToken)).Length != 0)
        {
            throw S3Errors.IncompleteBody();
        }

        _first = false;
        var header = await LineAsync(cancellationToken);
        if (!long.TryParse(header.Split(';')[0], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out _left) || _left < 0)
        {
            throw S3Errors.InvalidRequest("The chunk size line of the aws-chunked body is not a hexadecimal number.");
        }

        if (_left == 0)
        {
            await ReadTrailersAsync(cancellationToken);
            _done = true;
        }
    }

    private async Task ReadTrailersAsync(CancellationToken cancellationToken)
    {
        while (await LineAsync(cancellationToken) is { Length: > 0 } line)
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0)
            {
                throw new S3Exception(400, "MalformedTrailerError", "The request contained trailing data that was not well-formed or did not conform to our published schema.");
            }

            _trailers[line[..colon].Trim()] = line[(colon + 1)..].Trim();
        }
    }

    /// <summary>The next line without its line end. Some clients end trailers with LF alone.</summary>
    private async Task<string> LineAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var length = _buffer.AsSpan(_start, _end - _start).IndexOf((byte)'\n');
            if (length >= 0)
            {
                var line = Encoding.ASCII.GetString(_buffer, _start, length).TrimEnd('\r');
                _start += length + 1;
                return line;
            }

            if (_end - _start > LongestLine)
            {
                throw S3Errors.InvalidRequest("A line of the aws-chunked body is longer than 16 KiB.");
            }

            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
            var read = await inner.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
            if (read == 0)
            {
                throw S3Errors.IncompleteBody();
            }

            _end += read;
        }
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Read asynchronously.");

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
