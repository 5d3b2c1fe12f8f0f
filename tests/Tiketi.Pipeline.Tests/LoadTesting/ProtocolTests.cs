using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging.Abstractions;
using Tiketi.Pipeline.LoadTesting;

namespace Tiketi.Pipeline.Tests.LoadTesting;

/// <summary>HTTP/1.1 and HTTP/2, with and without TLS, in both load models: each request arrives over what was asked for, with its body.</summary>
public sealed class ProtocolTests
{
    [Theory]
    [InlineData(false, 1, false)]
    [InlineData(false, 1, true)]
    [InlineData(false, 2, false)]
    [InlineData(false, 2, true)]
    [InlineData(true, 1, false)]
    [InlineData(true, 1, true)]
    [InlineData(true, 2, false)]
    [InlineData(true, 2, true)]
    public async Task Every_request_goes_over_the_protocol_that_was_asked_for(bool isOpen, int version, bool isTls)
    {
        var seen = new ConcurrentBag<string>();
        using var certificate = isTls ? Certificate() : null;
        await using var server = await WebServer.StartAsync(
            application => application.Run(async context =>
            {
                using var reader = new StreamReader(context.Request.Body);
                seen.Add($"{context.Request.Protocol} {context.Request.Scheme} {context.Request.Method} {await reader.ReadToEndAsync()}");
                await context.Response.WriteAsync("ok");
            }),
            options =>
            {
                options.Protocols = version == 2 ? HttpProtocols.Http2 : HttpProtocols.Http1;
                if (certificate is not null)
                {
                    options.UseHttps(certificate);
                }
            });

        var result = await new LoadTest(TimeProvider.System, NullLogger<LoadTest>.Instance).RunAsync(new LoadTestRequest
        {
            Url = server.Address,
            Version = version == 2 ? HttpVersion.Version20 : HttpVersion.Version11,
            Method = HttpMethod.Post,
            Body = "body"u8.ToArray(),
            Model = isOpen ? new LoadModel.Open(200, TimeSpan.FromSeconds(0.2), MaxConcurrency: 4) : new LoadModel.Closed(40, 4),
            WarmUpRequests = 5,
            Timeout = TimeSpan.FromSeconds(60),
            TrustedRoot = certificate,
        });

        result.Should().BeEquivalentTo(new { Requests = 40L, Errors = 0L, BytesReceived = 80L });
        seen.Should().HaveCount(1 + 5 + 40, "one probe and the warm-up come first")
            .And.AllBe($"{(version == 2 ? "HTTP/2" : "HTTP/1.1")} {(isTls ? "https" : "http")} POST body");
    }

    private static X509Certificate2 Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), password: null);
    }
}
