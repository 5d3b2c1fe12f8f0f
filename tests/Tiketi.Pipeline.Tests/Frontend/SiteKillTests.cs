using System.Diagnostics;
using System.Runtime.CompilerServices;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Tiketi.Pipeline.Frontend;

namespace Tiketi.Pipeline.Tests.Frontend;

/// <summary>A real process that syncs, killed with SIGKILL in the middle; this assembly is that process, too.</summary>
public sealed class SiteKillTests(MotoServer moto) : IDisposable
{
    private const string Command = "TIKETI_TEST_SYNC";
    private const int Files = 120;

    private readonly SiteOnDisk _site = new();

    public void Dispose() => _site.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(60)]
    public async Task AKilledProcess_LeavesASiteThatLoads_AndTheNextEndsTheSame(int afterObjects)
    {
        var bucket = await moto.NewBucketAsync();
        Build(1);
        await SyncHereAsync(bucket);
        Build(2);
        using var process = Start(bucket);
        while (!process.HasExited && (await KeysAsync(bucket)).Count < Files + 2 + afterObjects)
        {
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }

        process.Kill();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        process.ExitCode.Should().NotBe(0, "it must not have come to its end");
        using var s3 = moto.Client();
        (await ReadAsync(s3, bucket, "index.html")).Should().Contain("part1.0000001a.js", "the old release is served");

        await SyncHereAsync(bucket, new FakeTimeProvider(DateTimeOffset.UtcNow.AddHours(1))); // the dead lock is past its time

        var manifest = (await new SiteManifestStore(s3, bucket, new SiteRequestCounter()).LoadAsync(default)).Manifest!;
        manifest.Lock.Should().BeNull();
        manifest.Release!.Number.Should().Be(2);
        (await KeysAsync(bucket)).Should().BeEquivalentTo(
            [".tiketi/manifest.json", .. manifest.Objects.Keys, .. manifest.Kept.Keys.Select(md5 => ".tiketi/kept/" + md5)], "there is no orphan");
        manifest.Objects.Where(entry => entry.Value.SupersededIn is null).Select(entry => entry.Key).Should()
            .BeEquivalentTo(Directory.EnumerateFiles(_site.Path, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(_site.Path, file)));
        (await ReadAsync(s3, bucket, "index.html")).Should().Be(await File.ReadAllTextAsync(Path.Combine(_site.Path, "index.html")));
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

    private void Build(int version)
    {
        Directory.Delete(_site.Path, recursive: true);
        for (var number = 0; number < Files; number++)
        {
            _site.Write($"static/js/part{number}.{version:d7}a.js", $"part {number} of {version}");
        }

        _site.Write("index.html", $"<script src=\"/static/js/part1.{version:d7}a.js\"></script>");
    }

    private Process Start(string bucket)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", typeof(SiteKillTests).Assembly.Location]) { UseShellExecute = false, RedirectStandardOutput = true };
        start.Environment[Command] = $"{moto.Endpoint} {bucket} {_site.Path}";
        return Process.Start(start)!;
    }

    private Task<SiteSyncResult> SyncHereAsync(string bucket, TimeProvider? time = null) => new SiteSync(moto.Client(), time ?? TimeProvider.System, NullLogger<SiteSync>.Instance)
        .RunAsync(new SiteSyncRequest { Directory = _site.Path, Bucket = bucket }, TestContext.Current.CancellationToken);

    private async Task<IReadOnlyList<string>> KeysAsync(string bucket)
    {
        using var s3 = moto.Client();
        return [.. ((await s3.ListObjectsV2Async(new ListObjectsV2Request { BucketName = bucket })).S3Objects ?? []).Select(item => item.Key)];
    }

    private static async Task<string> ReadAsync(IAmazonS3 s3, string bucket, string key)
    {
        using var response = await s3.GetObjectAsync(bucket, key);
        return await new StreamReader(response.ResponseStream).ReadToEndAsync();
    }
}
