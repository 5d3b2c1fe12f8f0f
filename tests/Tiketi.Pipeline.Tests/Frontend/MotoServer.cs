using Amazon.Runtime;
using Amazon.S3;
using Tiketi.Pipeline.Frontend;

[assembly: AssemblyFixture(typeof(Tiketi.Pipeline.Tests.Frontend.MotoServer))]

namespace Tiketi.Pipeline.Tests.Frontend;

/// <summary>Somebody else's S3 (moto), started once for the assembly.</summary>
public sealed class MotoServer : IAsyncLifetime
{
    private MotoProcess? _moto;

    public Uri Endpoint => _moto!.Endpoint;

    public async ValueTask InitializeAsync() => _moto = await MotoProcess.TryStartAsync();

    public ValueTask DisposeAsync() => _moto?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <summary>A client whose every request first passes <paramref name="handler"/>.</summary>
    public AmazonS3Client Client(DelegatingHandler? handler = null)
    {
        Assert.SkipWhen(_moto is null, MotoProcess.Missing);
        var configuration = new AmazonS3Config { ServiceURL = Endpoint.ToString(), ForcePathStyle = true, AuthenticationRegion = "ap-northeast-2", MaxErrorRetry = 0, RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED };
        configuration.DefaultAWSCredentials = new BasicAWSCredentials("test", "test");
        configuration.HttpClientFactory = handler is null ? null : new Factory(handler);
        return new AmazonS3Client(configuration);
    }

    public async Task<string> NewBucketAsync()
    {
        using var client = Client();
        var name = $"site-{Guid.NewGuid():n}";
        await client.PutBucketAsync(new Amazon.S3.Model.PutBucketRequest { BucketName = name, BucketRegionName = "ap-northeast-2" });
        return name;
    }

    private sealed class Factory(DelegatingHandler handler) : HttpClientFactory
    {
        public override HttpClient CreateHttpClient(IClientConfig clientConfig)
        {
            handler.InnerHandler ??= new SocketsHttpHandler();
            return new HttpClient(handler, disposeHandler: false);
        }

        public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => false;

        public override bool DisposeHttpClientsAfterUse(IClientConfig clientConfig) => false;

        public override string? GetConfigUniqueString(IClientConfig clientConfig) => null;
    }
}
