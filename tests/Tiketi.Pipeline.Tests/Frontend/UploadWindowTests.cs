using System.Collections.Concurrent;
using System.Net;
using Amazon.S3;
using Microsoft.Extensions.Time.Testing;
using Tiketi.Pipeline.Frontend;

namespace Tiketi.Pipeline.Tests.Frontend;

public sealed class UploadWindowTests(MotoServer moto)
{
    [Fact]
    public async Task BehindANetwork_TheWindowDoubles_UpToItsLimit()
    {
        var (window, took) = await UploadAsync(files: 2_000, _ => TimeSpan.FromMilliseconds(20));

        window.Size.Should().Be(256);
        took.Should().BeLessThanOrEqualTo(TimeSpan.FromMilliseconds(220), "2,000 files one after the other take 40 s, 32 at a time 1.3 s");
    }

    [Fact]
    public async Task WhereRequestsOnlyWaitForEachOther_TheWindowStays()
    {
        var (window, took) = await UploadAsync(files: 2_000, atOnce => TimeSpan.FromMilliseconds(Math.Max(20, atOnce)));

        window.Size.Should().Be(64, "1,000 files a second are all that the other side takes");
        took.Should().BeLessThan(TimeSpan.FromSeconds(2.1));
    }

    [Fact]
    public async Task ARequestToSlowDown_HalvesTheWindowOnce_AndFromThereItGrowsInSmallSteps()
    {
        var time = new FakeTimeProvider();
        var window = new UploadWindow(32, time);
        window.Throttle();
        window.Throttle();
        window.Size.Should().Be(16);

        await UploadAsync(window, time, files: 32, _ => TimeSpan.FromMilliseconds(20));

        window.Size.Should().Be(18);
    }

    [Fact]
    public async Task AFailure_StartsNothingNew_AndIsThrown()
    {
        var window = new UploadWindow(2, TimeProvider.System);
        var started = 0;

        await FluentActions.Awaiting(() => window.ForEachAsync(Enumerable.Range(0, 1000), async (number, token) =>
        {
            Interlocked.Increment(ref started);
            await Task.Delay(1, token);
            if (number == 3)
            {
                throw new InvalidOperationException("the third");
            }
        }, default)).Should().ThrowAsync<InvalidOperationException>().WithMessage("the third");

        started.Should().BeLessThan(20);
    }

    [Fact]
    public async Task SlowDown_IsRepeatedLater_AndTold()
    {
        var handler = new Refusing(HttpStatusCode.ServiceUnavailable, "SlowDown", times: 2);
        using var s3 = moto.Client(handler);
        ((AmazonS3Config)s3.Config).MaxErrorRetry = 3;
        var told = 0;
        var bucket = await moto.NewBucketAsync();

        var etag = await new S3Lane(s3, bucket) { Throttled = () => told++ }.PutAsync("a b/ü+&.txt", new byte[] { 1, 2, 3 }, new PutHeaders("text/plain", "no-cache") { Md5 = "5289df737df57326fcdd22597afb1fac" }, default);

        etag.Should().Be("\"5289df737df57326fcdd22597afb1fac\"");
        told.Should().Be(2);
        (await s3.GetObjectMetadataAsync(bucket, "a b/ü+&.txt")).Headers.CacheControl.Should().Be("no-cache");
    }

    [Fact]
    public async Task ARefusal_IsNotRepeated_AndSaysWhatS3Said()
    {
        var handler = new Refusing(HttpStatusCode.Forbidden, "AccessDenied", times: 9);
        using var s3 = moto.Client(handler);
        ((AmazonS3Config)s3.Config).MaxErrorRetry = 3;

        var refusal = await FluentActions.Awaiting(() => new S3Lane(s3, "bucket").PutAsync("key", Array.Empty<byte>(), new PutHeaders("text/plain", "no-cache"), default)).Should().ThrowAsync<AmazonS3Exception>();

        refusal.Which.Should().BeEquivalentTo(new { ErrorCode = "AccessDenied", StatusCode = HttpStatusCode.Forbidden, Message = "no" });
        handler.Count.Should().Be(1);
    }

    private static async Task<(UploadWindow Window, TimeSpan Took)> UploadAsync(int files, Func<int, TimeSpan> answer)
    {
        var time = new FakeTimeProvider();
        var window = new UploadWindow(32, time);
        return (window, await UploadAsync(window, time, files, answer));
    }

    /// <summary>Fills the window, lets the time pass that so many requests take, answers them all, and so on.</summary>
    private static async Task<TimeSpan> UploadAsync(UploadWindow window, FakeTimeProvider time, int files, Func<int, TimeSpan> answer)
    {
        var start = time.GetUtcNow();
        var waiting = new ConcurrentQueue<TaskCompletionSource>();
        var all = window.ForEachAsync(
            Enumerable.Range(0, files),
            (_, _) =>
            {
                var answered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                waiting.Enqueue(answered);
                return answered.Task;
            },
            TestContext.Current.CancellationToken);
        for (var left = files; left > 0;)
        {
            while (waiting.Count < Math.Min(window.Size, left))
            {
                await Task.Delay(1, TestContext.Current.CancellationToken); // answers of before are still being counted
            }

            var atOnce = waiting.Count;
            time.Advance(answer(atOnce));
            for (left -= atOnce; atOnce > 0 && waiting.TryDequeue(out var request); atOnce--)
            {
                request.SetResult();
            }
        }

        await all;
        return time.GetUtcNow() - start;
    }

    private sealed class Refusing(HttpStatusCode status, string code, int times) : DelegatingHandler
    {
        public int Count { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => ++Count <= times
            ? Task.FromResult(new HttpResponseMessage(status) { Content = new StringContent($"<Error><Code>{code}</Code><Message>no</Message></Error>") })
            : base.SendAsync(request, cancellationToken);
    }
}
