using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;
using NSubstitute;
using Amazon.ECR;
using Amazon.ECR.Model;
using Tiketi.Pipeline.Images;
using Tiketi.Pipeline.Registry;

namespace Tiketi.Pipeline.Tests.Registry;

public sealed class RegistryClientTests : IDisposable
{
    private readonly HttpClient _http = new() { Timeout = Timeout.InfiniteTimeSpan };
    private readonly IAmazonECR _ecr = Substitute.For<IAmazonECR>();

    public RegistryClientTests() => _ecr.GetAuthorizationTokenAsync(Arg.Any<GetAuthorizationTokenRequest>(), Arg.Any<CancellationToken>())
        .Returns(new GetAuthorizationTokenResponse { AuthorizationData = [new AuthorizationData { AuthorizationToken = Convert.ToBase64String("AWS:secret"u8) }] });

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _http.Dispose();

    [Fact]
    public async Task ARegistryThatNeverAnswers_IsGivenUp_AsSomethingThatPasses()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var image = Image($"127.0.0.1:{((IPEndPoint)silent.LocalEndpoint).Port}");
        var client = new RegistryClient(_http, new RegistryLogin(_ecr, new FakeTimeProvider())) { Patience = TimeSpan.FromMilliseconds(50) };

        await FluentActions.Awaiting(() => new BlobClient(client).PutAsync(image, new Descriptor("any", "sha256:0", 0), _ => Task.FromResult(Stream.Null), Token)).Should().ThrowAsync<RegistryFault>().WithMessage("HEAD http://127.0.0.1:*/v2/tiketi/backend/blobs/sha256:0: nothing moved for *");
    }

    [Fact]
    public async Task AnUploadElsewhere_DoesNotTakeTheLoginAlong()
    {
        using var registry = new HttpListener();
        var host = $"127.0.0.1:{FreePorts.Take(1)[0]}";
        registry.Prefixes.Add($"http://{host}/");
        registry.Start();
        var client = new RegistryClient(_http, new RegistryLogin(_ecr, new FakeTimeProvider()));
        var get = new RegistryCall(HttpMethod.Get, new Uri($"http://{host}/upload?signature=s3cret")) { Expected = [HttpStatusCode.OK], Permissions = "p" };
        var seen = new List<string?>();

        foreach (var image in new[] { Image(host), Image("registry.test") })
        {
            var asking = client.SendAsync(image, get, Token);
            var call = await registry.GetContextAsync().WaitAsync(TimeSpan.FromMinutes(1), Token);
            seen.Add(call.Request.Headers["Authorization"]);
            call.Response.StatusCode = 500;
            call.Response.Close();
            (await FluentActions.Awaiting(() => asking).Should().ThrowAsync<RegistryFault>()).Which.Message.Should().Contain("/upload: 500").And.NotContain("s3cret");
        }

        seen[0].Should().StartWith("Basic ");
        seen[1].Should().BeNull();
    }

    private static PublishRequest Image(string host) => new(new BuiltImage("backend", "tiketi/backend", "input-1", ImageId: null, ImageOrigin.Built, TimeSpan.Zero), $"{host}/tiketi/backend");
}
