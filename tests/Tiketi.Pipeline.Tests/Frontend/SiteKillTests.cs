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

    /// <summary>Of the third release's sync: manifest, lock, two pages kept aside, two scripts, two pages, two deletions, manifest.</summary>
    private const int Requests = 11;

    /// <summary>The first request after the new index.html.</summary>
    private const int IndexIsThere = 9;

    private readonly SiteOnDisk[] _builds = [new SiteOnDisk().Build(1), new SiteOnDisk().Build(2), new SiteOnDisk().Build(3)];

    public void Dispose()
    {
        foreach (var build in _builds)
        {
            build.Dispose();
        }
    }

    [Fact]
    public async Task KilledBeforeEachRequest_TheSiteLoads_AndTheNextSyncLeavesTheSameBucket()
    {
        var whole = await moto.NewBucketAsync();
        await ReleaseTwiceAsync(whole);
        (await SyncHereAsync(whole, _builds[2])).Requests.Should().Be(new SiteRequests(Get: 1, Put: 6, List: 0, Head: 0, Delete: 2, Copy: 2)).And.Match<SiteRequests>(requests => requests.Total == Requests);
        var expected = await KeysAsync(whole);

        await Parallel.ForEachAsync(Enumerable.Range(1, Requests), new ParallelOptions { MaxDegreeOfParallelism = 2, CancellationToken = TestContext.Current.CancellationToken }, async (request, token) =>
        {
            var bucket = await moto.NewBucketAsync();
            await ReleaseTwiceAsync(bucket);
            await KillAsync(bucket, request, token);
            using var s3 = moto.Client();
            (await ReadAsync(s3, bucket, "index.html")).Should().Contain(request < IndexIsThere ? "main.0000002a.js" : "main.0000003a.js", "killed before request {0}", request);
            await AssertLoadsAsync(s3, bucket, request);

            await SyncHereAsync(bucket, _builds[2], new FakeTimeProvider(DateTimeOffset.UtcNow.AddHours(1))); // the dead lock is past its time

            (await KeysAsync(bucket)).Should().Equal(expected, "there is no orphan after request {0}", request);
            var manifest = (await new SiteManifestStore(s3, bucket, new SiteRequestCounter()).LoadAsync(token)).Manifest!;
            manifest.Should().BeEquivalentTo(new { Lock = (SiteLock?)null, Unfinished = (object?)null, Release = new { Number = 3 } });
            (await ReadAsync(s3, bucket, "index.html")).Should().Contain("main.0000003a.js");
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
                .RunAsync(Request(bucket, directory) with { Concurrency = 1 }).GetAwaiter().GetResult();
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
        start.Environment[Command] = $"http://{proxy.Host} {bucket} {_builds[2].Path}";
        using var process = Process.Start(start)!;
        var exit = process.WaitForExitAsync(cancellationToken);
        (await Task.WhenAny(reached.Task, exit)).Should().Be(reached.Task, "the sync makes {0} requests", Requests);
        process.Kill();
        await exit;
        killed.Set();
        process.ExitCode.Should().Be(128 + 9);
    }

    private Task<SiteSyncResult> SyncHereAsync(string bucket, SiteOnDisk site, TimeProvider? time = null) => new SiteSync(moto.Client(), time ?? TimeProvider.System, NullLogger<SiteSync>.Instance)
        .RunAsync(Request(bucket, site.Path), TestContext.Current.CancellationToken);

    /// <summary>Keeps one release, so that the third one's sync deletes what is left of the first.</summary>
    private static SiteSyncRequest Request(string bucket, string directory) => new() { Directory = directory, Bucket = bucket, KeepReleases = 1, KeepFor = TimeSpan.Zero };

    private async Task ReleaseTwiceAsync(string bucket)
    {
        await SyncHereAsync(bucket, _builds[0]);
        await SyncHereAsync(bucket, _builds[1]);
    }

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
