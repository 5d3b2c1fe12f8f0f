using System.Text.RegularExpressions;
using Amazon.S3.Model;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Tiketi.Pipeline.Frontend;

namespace Tiketi.Pipeline.Tests.Frontend;

/// <summary>At every moment of a sync, killed or not, each page in the bucket finds every file that it refers to.</summary>
public sealed partial class SiteNeverBrokenTests(MotoServer moto) : IDisposable
{
    private static readonly Func<SiteSyncRequest, SiteSyncRequest> Impatient = request => request with { KeepReleases = 1, KeepFor = TimeSpan.Zero };

    private readonly SiteOnDisk _site = new();
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);

    public void Dispose() => _site.Dispose();

    [Fact]
    public async Task AfterEveryRequest_TheSiteIsWhole()
    {
        var bucket = await moto.NewBucketAsync();
        var states = 0;
        for (var version = 1; version <= 5; version++)
        {
            _site.Build(version);
            await SyncAsync(bucket, new Observer { After = async () => states += await AssertWholeAsync(bucket) }, Impatient);
        }

        states.Should().BeGreaterThan(40);
        (await KeysAsync(bucket)).Should().NotContain("static/js/main.0000002a.js", "this test must see deletions too");
    }

    [Fact]
    public async Task KilledAtEachRequest_TheSiteStaysWhole_AndTheNextRunEndsTheSame()
    {
        var expected = await FinalKeysAsync(killAt: int.MaxValue);

        for (var request = 1; request <= 9; request++) // SiteKillTests counts them
        {
            (await FinalKeysAsync(request)).Should().Equal(expected, "killed at request {0}", request);
        }
    }

    [Fact]
    public async Task TwoPipelinesAtOnce_DoNotMixTheirReleases()
    {
        var bucket = await moto.NewBucketAsync();
        using var other = new SiteOnDisk().Build(2);
        _site.Build(1);

        var results = await Task.WhenAll(new[] { _site, other }.Select(site =>
            new SiteSync(moto.Client(new Observer { After = () => AssertWholeAsync(bucket) }), TimeProvider.System, NullLogger<SiteSync>.Instance)
                .RunAsync(new SiteSyncRequest { Directory = site.Path, Bucket = bucket }, TestContext.Current.CancellationToken)));

        results.Select(result => result.Release!.Number).Should().BeEquivalentTo([1, 2], "one waited for the other");
        var last = results[0].Release!.Number == 2 ? _site : other;
        using var s3 = moto.Client();
        using var index = await s3.GetObjectAsync(bucket, "index.html");
        (await new StreamReader(index.ResponseStream).ReadToEndAsync()).Should().Be(await File.ReadAllTextAsync(Path.Combine(last.Path, "index.html")));
    }

    /// <summary>Releases 1 to 3, where the sync of release 2 dies, and release 3 comes from another build.</summary>
    private async Task<IReadOnlyList<string>> FinalKeysAsync(int killAt)
    {
        var bucket = await moto.NewBucketAsync();
        _site.Build(1);
        await SyncAsync(bucket, new Observer());
        _site.Build(2);
        var killed = new Observer { KillAt = killAt };
        try
        {
            await SyncAsync(bucket, killed);
        }
        catch (Exception exception) when (exception is PipelineException)
        {
            exception.Message.Should().Contain("could not be reached");
        }

        await AssertWholeAsync(bucket);
        _time.Advance(TimeSpan.FromHours(1)); // the dead lock is past its time
        _site.Build(3);
        await SyncAsync(bucket, new Observer { After = () => AssertWholeAsync(bucket) });
        _site.Write("extra.txt", "a fourth release");
        await SyncAsync(bucket, new Observer(), Impatient);
        _site.Write("extra.txt", "a fifth");
        await SyncAsync(bucket, new Observer { After = () => AssertWholeAsync(bucket) }, Impatient);
        return await KeysAsync(bucket);
    }

    private Task<SiteSyncResult> SyncAsync(string bucket, Observer observer, Func<SiteSyncRequest, SiteSyncRequest>? adjust = null)
    {
        var request = new SiteSyncRequest { Directory = _site.Path, Bucket = bucket, Concurrency = 3 };
        return new SiteSync(moto.Client(observer), _time, NullLogger<SiteSync>.Instance).RunAsync(adjust?.Invoke(request) ?? request, TestContext.Current.CancellationToken);
    }

    private async Task<int> AssertWholeAsync(string bucket)
    {
        using var s3 = moto.Client();
        var keys = (await KeysAsync(bucket)).ToHashSet();
        foreach (var page in keys.Where(key => key.EndsWith(".html", StringComparison.Ordinal)))
        {
            using var response = await s3.GetObjectAsync(bucket, page);
            var html = await new StreamReader(response.ResponseStream).ReadToEndAsync();
            keys.Should().Contain(Reference().Matches(html).Select(match => match.Groups["key"].Value), "{0} refers to it", page);
        }

        return 1;
    }

    private async Task<IReadOnlyList<string>> KeysAsync(string bucket)
    {
        using var s3 = moto.Client();
        var listing = await s3.ListObjectsV2Async(new ListObjectsV2Request { BucketName = bucket });
        return [.. (listing.S3Objects ?? []).Select(item => item.Key).Order(StringComparer.Ordinal)];
    }

    [GeneratedRegex("(?:src|href)=\"/(?<key>[^\"]+)\"", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Reference();

    /// <summary>Lets requests through one at a time, looks after each, and can die: then no request gets through any more.</summary>
    private sealed class Observer : DelegatingHandler
    {
        private readonly SemaphoreSlim _one = new(1, 1);
        private int _count;

        public int KillAt { get; init; } = int.MaxValue;

        public Func<Task<int>> After { get; init; } = () => Task.FromResult(0);

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            await _one.WaitAsync(cancellationToken);
            try
            {
                if (++_count >= KillAt)
                {
                    throw new HttpRequestException("killed");
                }

                var response = await base.SendAsync(request, cancellationToken);
                await After();
                return response;
            }
            finally
            {
                _one.Release();
            }
        }
    }
}
