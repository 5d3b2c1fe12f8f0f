using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using Amazon.Runtime;
using Amazon.S3;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Tiketi.Benchmarks.Measuring;
using Tiketi.LocalCloud.Hosting;
using Tiketi.Testing;

namespace Tiketi.Benchmarks.Figures;

/// <summary>The local cloud's S3 in a process of its own, so that its CPU time is nobody else's; the same one for us and for the peers.</summary>
internal sealed class SiteServer : IAsyncDisposable
{
    /// <summary>The argument by which this program becomes the server.</summary>
    public const string Child = "serve-s3";

    private const string Memory = "/dev/shm";
    private const long Room = 2_000_000_000;

    private readonly DirectoryInfo _state = NewState();
    private readonly Process _process;
    private readonly int _port = FreePorts.Take(1)[0];

    private SiteServer(TimeSpan delay)
    {
        string[] arguments = ["exec", typeof(SiteServer).Assembly.Location, _state.FullName, Child, $"{_port}", delay.TotalMilliseconds.ToString(CultureInfo.InvariantCulture)];
        var start = new ProcessStartInfo("dotnet", arguments) { UseShellExecute = false };

        // This program compiles as a build does, which ends soon; a server does as the runtime does by itself (in hexadecimal).
        (start.Environment["DOTNET_TC_CallCountingDelayMs"], start.Environment["DOTNET_TieredPGO"]) = ("64", "1");
        _process = Cpu.Start(start);
    }

    public string Endpoint => $"http://127.0.0.1:{_port}";

    /// <summary>The environment that points AWS clients here, and at nothing else.</summary>
    public IReadOnlyDictionary<string, string?> Environment => new Dictionary<string, string?>(StringComparer.Ordinal)
    {
        ["AWS_ENDPOINT_URL"] = Endpoint,
        ["AWS_ACCESS_KEY_ID"] = "test",
        ["AWS_SECRET_ACCESS_KEY"] = "test",
        ["AWS_REGION"] = "ap-northeast-2",
        ["AWS_DEFAULT_REGION"] = "ap-northeast-2",
        ["AWS_EC2_METADATA_DISABLED"] = "true",
        ["AWS_CA_BUNDLE"] = null, // plain HTTP needs none, and rclone refuses to run with it
    };

    /// <param name="delay">Added to each request before it is answered, as a network would.</param>
    public static async Task<SiteServer> StartAsync(TimeSpan delay, CancellationToken cancellationToken)
    {
        var server = new SiteServer(delay);
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                using var probe = new TcpClient();
                await probe.ConnectAsync("127.0.0.1", server._port, cancellationToken);
                return server;
            }
            catch (SocketException) when (attempt < 600 && !server._process.HasExited)
            {
                await Task.Delay(50, cancellationToken);
            }
        }
    }

    /// <summary>
    /// In memory where there is room: on ext4 each new file makes the kernel look through all that were deleted within the last
    /// minutes, so that the disk's past would be measured instead of the clients.
    /// </summary>
    private static DirectoryInfo NewState() => Directory.Exists(Memory) && new DriveInfo(Memory).AvailableFreeSpace > Room
        ? Directory.CreateDirectory(Path.Combine(Memory, $"tiketi-site-s3-{Guid.NewGuid():n}"))
        : Directory.CreateTempSubdirectory("tiketi-site-s3-");

    public AmazonS3Client Client() => Client(Endpoint);

    /// <summary>As the pipeline's own client is set up.</summary>
    public static AmazonS3Client Client(string endpoint) => new(new AmazonS3Config
    {
        ServiceURL = endpoint,
        ForcePathStyle = true,
        AuthenticationRegion = "ap-northeast-2",
        RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
        DefaultAWSCredentials = new BasicAWSCredentials("test", "test"),
    });

    public async Task<string> NewBucketAsync(CancellationToken cancellationToken)
    {
        using var client = Client();
        var name = $"site-{Guid.NewGuid():n}";
        await client.PutBucketAsync(new Amazon.S3.Model.PutBucketRequest { BucketName = name, BucketRegionName = "ap-northeast-2" }, cancellationToken);
        return name;
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _state.Delete(recursive: true);
    }

    /// <summary>Serves until it is killed.</summary>
    public static async Task ServeAsync(string state, string port, string delay)
    {
        var further = FreePorts.Take(3);
        var settings = new LocalCloudSettings
        {
            StateDirectory = state,
            AwsPort = int.Parse(port, CultureInfo.InvariantCulture),
            KubernetesPort = further[0],
            IngressPort = further[1],
            CdnPort = further[2],
            DockerHost = "unix:///var/run/docker.sock",
            PostgresImage = "none",
            RedisImage = "none",
        };
        var pause = TimeSpan.FromMilliseconds(double.Parse(delay, CultureInfo.InvariantCulture));
        await using var app = LocalCloudHost.Build(settings, services => services.AddSingleton<IStartupFilter>(new Delay(pause)));
        await app.RunAsync();
    }

    private sealed class Delay(TimeSpan pause) : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            if (pause > TimeSpan.Zero)
            {
                app.Use(async (context, rest) =>
                {
                    await Task.Delay(pause);
                    await rest(context);
                });
            }

            next(app);
        };
    }
}
