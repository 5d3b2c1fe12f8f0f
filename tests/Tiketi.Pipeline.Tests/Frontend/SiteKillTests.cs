using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Tiketi.Pipeline.Frontend;
using Tiketi.Pipeline.Tests.Registry;

namespace Tiketi.Pipeline.Tests.Frontend;

/// <summary>A real process that syncs, killed with SIGKILL before each of its requests; this assembly is that process, too.</summary>
public sealed partial class SiteKillTests(MotoServer moto) : IDisposable
{
    private const string Command = "TIKETI_TEST_SYNC";

    /// <summary>Of a release's sync: manifest, lock, two pages kept aside, two scripts, two pages, manifest.</summary>
    private const int Requests = 9;

    private readonly SiteOnDisk _first = new SiteOnDisk().Build(1);
    private readonly SiteOnDisk _second = new SiteOnDisk().Build(2);

    public void Dispose()
    {
        _first.Dispose();
        _second.Dispose();
    }

    [Fact]
    public async Task KilledBeforeEachRequest_TheSiteLoads_AndTheNextSyncLeavesTheSameBucket()
    {
        var whole = await moto.NewBucketAsync();
        await SyncHereAsync(whole, _first);
        (await SyncHereAsync(whole, _second)).Requests.Total.Should().Be(Requests);
        var expected = await KeysAsync(whole);

        await Parallel.ForEachAsync(Enumerable.Range(1, Requests), new ParallelOptions { MaxDegreeOfParallelism = 2, CancellationToken = TestContext.Current.CancellationToken }, async (request, token) =>
        {
            var bucket = await moto.NewBucketAsync();
            await SyncHereAsync(bucket, _first);
            await KillAsync(bucket, request, token);
            using var s3 = moto.Client();
            (await ReadAsync(s3, bucket, "index.html")).Should().Contain(request < Requests ? "main.0000001a.js" : "main.0000002a.js", "killed before request {0}", request);
            await AssertLoadsAsync(s3, bucket, request);

            await SyncHereAsync(bucket, _second, new FakeTimeProvider(DateTimeOffset.UtcNow.AddHours(1))); // the dead lock is past its time

            (await KeysAsync(bucket)).Should().Equal(expected, "there is no orphan after request {0}", request);
            var manifest = (await new SiteManifestStore(s3, bucket, new SiteRequestCounter()).LoadAsync(token)).Manifest!;
            manifest.Should().BeEquivalentTo(new { Lock = (SiteLock?)null, Unfinished = (object?)null, Release = new { Number = 2 } });
            (await ReadAsync(s3, bucket, "index.html")).Should().Contain("main.0000002a.js");
            await AssertLoadsAsync(s3, bucket, request);
        });
    }

    /// <summary>Runs in the child before anything of the test framework does.</summary>
    [ModuleInitializer]
    internal static void SyncAndEnd()
    {
        if (Environment.GetEnvironmentVariable(Command)?.Split(' ') is [var endpoint, var bucket, var directory])
        {
            var configuration = new AmazonS3Config { ServiceURL = endpoint, ForcePathStyle = true, AuthenticationRegion = "ap-northeast-2", DefaultAWSCredentials = new BasicAWSCredentials("test", "test") };
            new SiteSync(new AmazonS3Client(configuration), TimeProvider.System, NullLogger<SiteSync>.Instance)
                .RunAsync(new SiteSyncRequest { Directory = directory, Bucket = bucket, Concurrency = 1 }).GetAwaiter().GetResult();
            Environment.Exit(0);
        }
    }

    private async Task KillAsync(string bucket, int request, CancellationToken cancellationToken)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var killed = new ManualResetEventSlim();
        var count = 0;
        using var proxy = new FaultyProxy(moto.Endpoint.Authority, (_, _) =>
        {
            if (Interlocked.Increment(ref count) < request)
            {
                return null;
            }

            reached.TrySetResult();
            killed.Wait(CancellationToken.None);
            return FaultyProxy.Close;
        });
        var start = new ProcessStartInfo("dotnet", ["exec", typeof(SiteKillTests).Assembly.Location]) { UseShellExecute = false, RedirectStandardOutput = true };
        start.Environment[Command] = $"http://{proxy.Host} {bucket} {_second.Path}";
        using var process = Process.Start(start)!;
        var exit = process.WaitForExitAsync(cancellationToken);
        (await Task.WhenAny(reached.Task, exit)).Should().Be(reached.Task, "the sync makes {0} requests", Requests);
        process.Kill();
        await exit;
        killed.Set();
        process.ExitCode.Should().Be(128 + 9);
    }

    private Task<SiteSyncResult> SyncHereAsync(string bucket, SiteOnDisk site, TimeProvider? time = null) => new SiteSync(moto.Client(), time ?? TimeProvider.System, NullLogger<SiteSync>.Instance)
        .RunAsync(new SiteSyncRequest { Directory = site.Path, Bucket = bucket }, TestContext.Current.CancellationToken);

    private async Task AssertLoadsAsync(AmazonS3Client s3, string bucket, int request)
    {
        var keys = await KeysAsync(bucket);
        foreach (var page in new[] { "index.html", "about.html" })
        {
            keys.Should().Contain(Reference().Matches(await ReadAsync(s3, bucket, page)).Select(match => match.Groups["key"].Value), "{0} refers to it, killed before request {1}", page, request);
        }
    }

    private async Task<IReadOnlyList<string>> KeysAsync(string bucket)
    {
        using var s3 = moto.Client();
        return [.. ((await s3.ListObjectsV2Async(new ListObjectsV2Request { BucketName = bucket })).S3Objects ?? []).Select(item => item.Key).Order(StringComparer.Ordinal)];
    }

    private static async Task<string> ReadAsync(AmazonS3Client s3, string bucket, string key)
    {
        using var response = await s3.GetObjectAsync(bucket, key);
        return await new StreamReader(response.ResponseStream).ReadToEndAsync();
    }

    [GeneratedRegex("(?:src|href)=\"/(?<key>[^\"]+)\"", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Reference();
}
