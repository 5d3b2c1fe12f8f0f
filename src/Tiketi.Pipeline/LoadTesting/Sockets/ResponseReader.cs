using System.Buffers.Text;

namespace Tiketi.Pipeline.LoadTesting.Sockets;

/// <summary>Finds the end of HTTP/1.1 responses (RFC 9112) in what a connection receives, piece by piece, and keeps nothing of them.</summary>
internal sealed class ResponseReader
{
    private const int MaxHead = 64 * 1024;

    private byte[] _head = new byte[512];
    private int _headLength;
    private Part _part;
    private long _left;

    private enum Part
    {
        Head,
        Body,
        ChunkSize,
        ChunkEnd,
        Trailer,
        UntilClosed,
    }

    /// <summary>The status of the response that ended last, or is being read.</summary>
    public int Status { get; private set; }

    /// <summary>Bytes of the body so far; of a chunked one without the framing.</summary>
    public long BodyLength { get; private set; }

    /// <summary>Whether the server ends the connection after this response.</summary>
    public bool Closes { get; private set; }

    /// <summary>Whether the end of the connection is the end of the response.</summary>
    public bool EndsWithConnection => _part == Part.UntilClosed;

    /// <summary>Forgets what came: the next byte begins a response.</summary>
    public void Reset()
    {
        (_headLength, _part, _left) = (0, Part.Head, 0);
        (Status, BodyLength, Closes) = (0, 0, false);
    }

    /// <summary>Reads on. One response at a time: a server has no reason to send more than it was asked for.</summary>
    /// <param name="bytes">What came.</param>
    /// <param name="toHead">The request's method is HEAD, so there is no body whatever the headers say.</param>
    /// <returns>Whether the response is complete.</returns>
    /// <exception cref="FormatException">This is no HTTP/1.x.</exception>
    public bool Read(ReadOnlySpan<byte> bytes, bool toHead = false)
    {
        while (true)
        {
            switch (_part)
            {
                case Part.Head:
                    if (!TryReadHead(ref bytes, toHead, out var done))
                    {
                        return false;
                    }

                    if (done)
                    {
                        return true;
                    }

                    break;
                case Part.Body:
                    var taken = Math.Min(_left, bytes.Length);
                    BodyLength += taken;
                    _left -= taken;
                    return _left == 0;
                case Part.UntilClosed:
                    BodyLength += bytes.Length;
                    return false;
                default:
                    if (!TryReadChunk(ref bytes, out var last))
                    {
                        return false;
                    }

                    if (last)
                    {
                        return true;
                    }

                    break;
            }
        }
    }

    private bool TryReadHead(ref ReadOnlySpan<byte> bytes, bool toHead, out bool done)
    {
        done = false;
        ReadOnlySpan<byte> head;
        if (_headLength == 0 && bytes.IndexOf("\r\n\r\n"u8) is var end and >= 0)
        {
            head = bytes[..(end + 2)];
            bytes = bytes[(end + 4)..];
        }
        else
        {
            var before = _headLength;
            Keep(bytes);
            end = _head.AsSpan(0, _headLength).IndexOf("\r\n\r\n"u8);
            if (end < 0)
            {
                return false;
            }

            head = _head.AsSpan(0, end + 2);
            bytes = bytes[(end + 4 - before)..];
        }

        _headLength = 0;
        Interpret(head, toHead, out done);
        return true;
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        if (_headLength + bytes.Length > _head.Length)
        {
            if (_headLength > MaxHead)
            {
                throw new FormatException("The headers do not end.");
            }

            Array.Resize(ref _head, Math.Max(_head.Length * 2, _headLength + bytes.Length));
        }

        bytes.CopyTo(_head.AsSpan(_headLength));
        _headLength += bytes.Length;
    }

    private void Interpret(ReadOnlySpan<byte> head, bool toHead, out bool done)
    {
        if (!head.StartsWith("HTTP/1."u8) || head.Length < 12 || !Utf8Parser.TryParse(head.Slice(9, 3), out int status, out var digits) || digits != 3)
        {
            throw new FormatException("This is no HTTP/1.1 response.");
        }

        var (length, chunked, closes) = (-1L, false, head[7] == (byte)'0');
        for (var rest = head[(head.IndexOf("\r\n"u8) + 2)..]; !rest.IsEmpty; rest = rest[(rest.IndexOf("\r\n"u8) + 2)..])
        {
            var line = rest[..rest.IndexOf("\r\n"u8)];
            switch (line.Length > 0 ? line[0] | 0x20 : 0)
            {
                case 'c' when TryValue(line, "content-length:"u8, out var value):
                    length = Utf8Parser.TryParse(value, out long parsed, out var used) && used == value.Length && parsed >= 0 ? parsed : throw new FormatException("Content-Length is no number.");
                    break;
                case 'c' when TryValue(line, "connection:"u8, out var value):
                    closes = Equal(value, "close"u8) || (closes && !Equal(value, "keep-alive"u8));
                    break;
                case 't' when TryValue(line, "transfer-encoding:"u8, out var value):
                    chunked = value.Length >= 7 && Equal(value[^7..], "chunked"u8);
                    break;
            }
        }

        (Status, Closes) = (status, closes);
        done = false;
        if (status is >= 100 and < 200)
        {
            return; // an interim response: the real one follows
        }

        (_part, _left) = chunked ? (Part.ChunkSize, 0) : length >= 0 ? (Part.Body, length) : (Part.UntilClosed, 0);
        if (toHead || status is 204 or 304 || (_part == Part.Body && length == 0))
        {
            done = true;
        }
        else if (_part == Part.UntilClosed)
        {
            Closes = true;
        }
    }

    /// <summary>Reads as far as the next part of a chunked body. Sizes are gathered in _left, digit by digit.</summary>
    private bool TryReadChunk(ref ReadOnlySpan<byte> bytes, out bool last)
    {
        last = false;
        while (!bytes.IsEmpty)
        {
            switch (_part)
            {
                case Part.ChunkSize:
                    if (!TryReadSize(ref bytes))
                    {
                        return false;
                    }

                    break;
                case Part.ChunkEnd: // the data, and the line's end after it
                    var taken = (int)Math.Min(_left, bytes.Length);
                    BodyLength += Math.Min(Math.Max(_left - 2, 0), taken);
                    _left -= taken;
                    bytes = bytes[taken..];
                    if (_left == 0)
                    {
                        _part = Part.ChunkSize;
                    }

                    break;
                default: // the trailer ends with an empty line: _left counts the bytes of the present one
                    var current = bytes[0];
                    bytes = bytes[1..];
                    if (current == (byte)'\n')
                    {
                        if (_left == 0)
                        {
                            last = true;
                            return true;
                        }

                        _left = 0;
                    }
                    else if (current != (byte)'\r')
                    {
                        _left++;
                    }

                    break;
            }
        }

        return false;
    }

    private bool TryReadSize(ref ReadOnlySpan<byte> bytes)
    {
        Keep(bytes);
        var line = _head.AsSpan(0, _headLength);
        var end = line.IndexOf((byte)'\n');
        if (end < 0)
        {
            bytes = [];
            return false;
        }

        bytes = bytes[(bytes.Length - (line.Length - end - 1))..];
        _headLength = 0;
        if (!Utf8Parser.TryParse(line[..end], out long size, out var used, 'x') || used == 0 || size < 0)
        {
            throw new FormatException("A chunk has no size.");
        }

        (_part, _left) = size == 0 ? (Part.Trailer, 0) : (Part.ChunkEnd, size + 2);
        return true;
    }

    private static bool TryValue(ReadOnlySpan<byte> line, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        value = line.Length >= name.Length ? line[name.Length..].Trim(" \t"u8) : default;
        return line.Length >= name.Length && Equal(line[..name.Length], name);
    }

    private static bool Equal(ReadOnlySpan<byte> text, ReadOnlySpan<byte> lower) => System.Text.Ascii.EqualsIgnoreCase(text, lower);
}
