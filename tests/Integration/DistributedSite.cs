using System.Diagnostics;
using Amazon.CloudFront;
using Amazon.Runtime;
using Amazon.S3;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging.Abstractions;
using Tiketi.LocalCloud.Hosting;
using Tiketi.Pipeline.Cdn;
using Tiketi.Pipeline.Frontend;
using Tiketi.Testing;

namespace Tiketi.Integration;

/// <summary>A local cloud with the stack of infra/frontend.yaml, applied by the AWS CLI.</summary>
public sealed class DistributedSite : IAsyncLifetime
{
    private const string Bucket = "site-in-browser";
    private const string NoApi = "http://localhost:9"; // the discard port: the site alone is looked at

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("tiketi-distributed-site-");
    private WebApplication? _cloud;
    private string _endpoint = "";
    private string _distribution = "";
    private string? _sample;

    public Uri Address { get; private set; } = null!;

    /// <summary>Of the AWS APIs.</summary>
    public Uri Endpoint => new(_endpoint);

    public async ValueTask InitializeAsync()
    {
        var ports = FreePorts.Take(4);
        _endpoint = $"http://127.0.0.1:{ports[0]}";
        Address = new Uri($"http://localhost:{ports[3]}");
        _cloud = LocalCloudHost.Build(new LocalCloudSettings
        {
            StateDirectory = Path.Combine(_directory.FullName, "state"),
            AwsPort = ports[0],
            KubernetesPort = ports[1],
            IngressPort = ports[2],
            CdnPort = ports[3],
            DockerHost = "unix:///var/run/docker.sock",
            PostgresImage = "none",
            RedisImage = "none",
        });
        await _cloud.StartAsync();
        await RunAsync("aws", "cloudformation", "deploy", "--stack-name", "site", "--template-file", Path.Combine(Repository.Root, "infra", "frontend.yaml"), "--parameter-overrides", $"FrontendBucketName={Bucket}");
        _distribution = (await RunAsync("aws", "cloudfront", "list-distributions", "--query", "DistributionList.Items[0].Id", "--output", "text")).Trim();
    }

    /// <summary>The sample's frontend, built once.</summary>
    public async Task<string> BuildSampleAsync()
    {
        if (_sample is null)
        {
            var sources = Path.Combine(_directory.FullName, "frontend");
            await RunAsync("cp", "-r", Path.Combine(Repository.Root, "samples", "tiketi", "frontend"), sources);
            var result = await new FrontendBuilder(TimeProvider.System, NullLogger<FrontendBuilder>.Instance).BuildAsync(new FrontendBuildRequest
            {
                Directory = sources,
                Variables = new Dictionary<string, string>(StringComparer.Ordinal) { ["REACT_APP_API_URL"] = NoApi, ["REACT_APP_SOCKET_URL"] = NoApi },
                CacheDirectory = Path.Combine(_directory.FullName, "cache"),
                ProcessEnvironment = Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>().ToDictionary(entry => (string)entry.Key, entry => (string)entry.Value!, StringComparer.Ordinal),
                AllowLocalAddresses = true,
            });
            _sample = result.OutputDirectory;
        }

        return _sample;
    }

    /// <summary>What SyncS3 and InvalidateCdn do.</summary>
    /// <param name="directory">The built site.</param>
    /// <param name="precompress">As <see cref="SiteSyncRequest.Precompress"/>.</param>
    /// <returns>The release's number.</returns>
    public async Task<int> PublishAsync(string directory, string? precompress = null)
    {
        using var s3 = S3();
        var request = new SiteSyncRequest
        {
            Directory = directory, Bucket = Bucket, KeepFor = TimeSpan.Zero, Precompress = precompress, PrecompressedDirectory = Path.Combine(_directory.FullName, "precompressed"),
        };
        var result = await new SiteSync(s3, TimeProvider.System, NullLogger<SiteSync>.Instance).RunAsync(request, TestContext.Current.CancellationToken);
        await InvalidateAsync(s3);
        return result.Release!.Number;
    }

    /// <summary>What RollbackSite and InvalidateCdn do.</summary>
    /// <param name="to">The release's number.</param>
    public async Task RollBackAsync(int to)
    {
        using var s3 = S3();
        await new SiteReleases(s3, TimeProvider.System, NullLogger<SiteReleases>.Instance)
            .RollbackAsync(new SiteRollbackRequest { Bucket = Bucket, To = $"{to}", KeepFor = TimeSpan.Zero }, TestContext.Current.CancellationToken);
        await InvalidateAsync(s3);
    }

    public async ValueTask DisposeAsync()
    {
        if (_cloud is not null)
        {
            await _cloud.StopAsync();
            await _cloud.DisposeAsync();
        }

        _directory.Delete(recursive: true);
    }

    private async Task InvalidateAsync(IAmazonS3 s3)
    {
        using var cloudFront = new AmazonCloudFrontClient(new BasicAWSCredentials("test", "test"), new AmazonCloudFrontConfig { ServiceURL = _endpoint, AuthenticationRegion = "us-east-1" });
        await new CdnInvalidator(cloudFront, s3, TimeProvider.System, NullLogger<CdnInvalidator>.Instance)
            .RunAsync(new CdnInvalidationRequest { DistributionId = _distribution, Bucket = Bucket }, TestContext.Current.CancellationToken);
    }

    /// <param name="http">Through which all requests go; null for the SDK's own.</param>
    public AmazonS3Client S3(HttpClientFactory? http = null) => new(new AmazonS3Config
    {
        HttpClientFactory = http, MaxErrorRetry = 0, RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
        ServiceURL = _endpoint, ForcePathStyle = true, AuthenticationRegion = "ap-northeast-2", DefaultAWSCredentials = new BasicAWSCredentials("test", "test"),
    });

    /// <summary>Runs a program to its end; AWS clients among them speak to this cloud.</summary>
    /// <returns>What it wrote to its standard output.</returns>
    public async Task<string> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var (name, value) in new[] { ("AWS_ENDPOINT_URL", _endpoint), ("AWS_ACCESS_KEY_ID", "test"), ("AWS_SECRET_ACCESS_KEY", "test"), ("AWS_DEFAULT_REGION", "ap-northeast-2"), ("AWS_PAGER", "") })
        {
            start.Environment[name] = value;
        }

        start.Environment.Remove("AWS_CA_BUNDLE"); // plain HTTP needs none, and rclone refuses to run with it
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        process.ExitCode.Should().Be(0, "{0} wrote: {1}{2}", program, output, await error);
        return output;
    }
}

[CollectionDefinition(Name)]
public sealed class DistributedSiteCollection : ICollectionFixture<DistributedSite>
{
    public const string Name = "distributed site";
}

/// <summary>The built sample as one release after another: the same application, each time under other names, and with a chunk.</summary>
internal sealed class ReleasedSite(string sample) : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("tiketi-released-site-");

    /// <returns>The directory of the whole site.</returns>
    public string Build(int version)
    {
        _directory.Delete(recursive: true);
        var files = Directory.EnumerateFiles(sample, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(sample, file)).ToList();
        var script = files.Single(file => file.EndsWith(".js", StringComparison.Ordinal));
        var renamed = $"assets/index.{version:d7}a.js";
        foreach (var file in files)
        {
            var target = Path.Combine(_directory.FullName, file == script ? renamed : file);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(Path.Combine(sample, file), target);
        }

        var index = Path.Combine(_directory.FullName, "index.html");
        var html = File.ReadAllText(index);
        html.Should().Contain(script);
        File.WriteAllText(index, html.Replace(script, renamed, StringComparison.Ordinal).Replace("<head>", $"<head><meta name=\"release\" content=\"{version}\">", StringComparison.Ordinal));
        File.WriteAllText(Path.Combine(_directory.FullName, "assets", $"chunk.{version:d7}b.js"), $"export default {version};");
        File.AppendAllText(
            Path.Combine(_directory.FullName, renamed),
            $"\nwindow.__loaded = new Promise(resolve => setTimeout(resolve, 100)).then(() => import('/assets/chunk.{version:d7}b.js')).then(chunk => [Number(document.querySelector('meta[name=release]').content), {version}, chunk.default]);\n");
        return _directory.FullName;
    }

    public void Dispose() => _directory.Delete(recursive: true);
}
