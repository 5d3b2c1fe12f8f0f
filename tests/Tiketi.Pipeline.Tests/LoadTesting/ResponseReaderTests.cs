using System.Text;
using CsCheck;
using Tiketi.Pipeline.LoadTesting.Sockets;

namespace Tiketi.Pipeline.Tests.LoadTesting;

public sealed class ResponseReaderTests
{
    public static TheoryData<string, int, long, bool> Responses() => new()
    {
        { "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 200, 5, false },
        { "HTTP/1.1 200 OK\r\ncontent-length:  5 \r\nConnection: Close\r\n\r\nhello", 200, 5, true },
        { "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", 200, 2, true },
        { "HTTP/1.0 200 OK\r\nContent-Length: 2\r\nConnection: keep-alive\r\n\r\nok", 200, 2, false },
        { "HTTP/1.1 204 No Content\r\nServer: x\r\n\r\n", 204, 0, false },
        { "HTTP/1.1 304 Not Modified\r\nContent-Length: 99\r\n\r\n", 304, 0, false },
        { "HTTP/1.1 503 \r\nContent-Length: 0\r\n\r\n", 503, 0, false },
        { "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n!", 200, 1, false },
        { "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", 200, 5, false },
        { "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\nA;name=value\r\n0123456789\r\n1\r\n!\r\n0\r\nTrailer: x\r\nOther: y\r\n\r\n", 200, 11, false },
    };

    [Theory]
    [MemberData(nameof(Responses))]
    public void The_end_is_found_however_the_response_is_cut(string response, int status, long length, bool closes)
    {
        var bytes = Encoding.ASCII.GetBytes(response);
        Gen.Int[1, bytes.Length].Array[1, 8].Sample(
            sizes =>
            {
                var reader = new ResponseReader();
                reader.Reset();
                var (at, complete) = (0, false);
                for (var piece = 0; at < bytes.Length; piece++)
                {
                    complete.Should().BeFalse("the response has not ended before byte {0}", at);
                    var size = Math.Min(sizes[piece % sizes.Length], bytes.Length - at);
                    complete = reader.Read(bytes.AsSpan(at, size));
                    at += size;
                }

                (complete, reader.Status, reader.BodyLength, reader.Closes).Should().Be((true, status, length, closes));
            },
            seed: "0000KJyM9Yq1",
            iter: 300);
    }

    [Fact]
    public void A_response_without_length_ends_with_its_connection()
    {
        var reader = new ResponseReader();
        reader.Reset();

        reader.Read("HTTP/1.1 200 OK\r\n\r\nabc"u8).Should().BeFalse();
        reader.Read("def"u8).Should().BeFalse();

        (reader.EndsWithConnection, reader.Closes, reader.BodyLength).Should().Be((true, true, 6));
    }

    [Fact]
    public void An_answer_to_HEAD_has_no_body()
    {
        var reader = new ResponseReader();
        reader.Reset();

        reader.Read("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"u8, toHead: true).Should().BeTrue();
    }

    [Theory]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n\r\n")]
    [InlineData("HTTP/1.1 abc OK\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: five\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n")]
    public void What_is_not_HTTP_is_refused(string response)
    {
        var reader = new ResponseReader();
        reader.Reset();

        reader.Invoking(it => it.Read(Encoding.ASCII.GetBytes(response))).Should().Throw<FormatException>();
    }
}
