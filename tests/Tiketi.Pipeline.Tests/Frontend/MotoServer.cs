using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Amazon.Runtime;
using Amazon.S3;
using Tiketi.Pipeline.Frontend;

[assembly: AssemblyFixture(typeof(Tiketi.Pipeline.Tests.Frontend.MotoServer))]

namespace Tiketi.Pipeline.Tests.Frontend;

/// <summary>Somebody else's S3 (moto), started once for the assembly on a free port.</summary>
public sealed class MotoServer : IAsyncLifetime
{
    private readonly int _port = FreePort();
    private Process? _process;

    public Uri Endpoint => new($"http://127.0.0.1:{_port}");

    public async ValueTask InitializeAsync()
    {
        try
        {
            _process = Process.Start(new ProcessStartInfo("moto_server", ["-p", $"{_port}"]) { UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true });
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return;
        }

        _process!.ErrorDataReceived += static (_, _) => { };
        _process.OutputDataReceived += static (_, _) => { };
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                using var probe = new TcpClient();
                await probe.ConnectAsync(IPAddress.Loopback, _port);
                return;
            }
            catch (SocketException) when (attempt < 300 && !_process.HasExited)
            {
                await Task.Delay(100);
            }
        }
    }

    public ValueTask DisposeAsync()
    {
        _process?.Kill(entireProcessTree: true);
        _process?.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>A client whose every request first passes <paramref name="handler"/>.</summary>
    public AmazonS3Client Client(DelegatingHandler? handler = null)
    {
        Assert.SkipWhen(_process is null, "moto_server is not installed");
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

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
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
