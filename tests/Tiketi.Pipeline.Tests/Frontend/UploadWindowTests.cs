using System.Net;
using Amazon.S3;
using Tiketi.Pipeline.Frontend;

namespace Tiketi.Pipeline.Tests.Frontend;

public sealed class UploadWindowTests(MotoServer moto)
{
    [Fact]
    public async Task WhileAnswersStayQuick_TheWindowGrows_UpToItsLimit()
    {
        var window = new UploadWindow(4, TimeProvider.System, most: 20);
        var (running, peak) = (0, 0);

        await window.ForEachAsync(Enumerable.Range(0, 400), async (_, token) =>
        {
            InterlockedMax(ref peak, Interlocked.Increment(ref running));
            await Task.Delay(30, token);
            Interlocked.Decrement(ref running);
        }, TestContext.Current.CancellationToken);

        peak.Should().BeGreaterThan(4).And.BeLessThanOrEqualTo(20);
        window.Size.Should().BeInRange(5, 20);
    }

    [Fact]
    public async Task ARequestToSlowDown_HalvesTheWindowOnce()
    {
        var window = new UploadWindow(16, TimeProvider.System);
        window.Throttle();
        window.Throttle();
        window.Size.Should().Be(8);
        var (running, peak) = (0, 0);
        await window.ForEachAsync(Enumerable.Range(0, 9), (_, _) => Task.CompletedTask, default); // those that were under way

        await window.ForEachAsync(Enumerable.Range(0, 7), async (_, token) =>
        {
            InterlockedMax(ref peak, Interlocked.Increment(ref running));
            await Task.Delay(20, token);
            Interlocked.Decrement(ref running);
        }, default);

        peak.Should().BeLessThanOrEqualTo(8);
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

        var etag = await new PutLane(s3, bucket) { Throttled = () => told++ }.PutAsync("a b/ü+&.txt", new byte[] { 1, 2, 3 }, new PutHeaders("text/plain", "no-cache") { Md5 = "5289df737df57326fcdd22597afb1fac" }, default);

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

        var refusal = await FluentActions.Awaiting(() => new PutLane(s3, "bucket").PutAsync("key", Array.Empty<byte>(), new PutHeaders("text/plain", "no-cache"), default)).Should().ThrowAsync<AmazonS3Exception>();

        refusal.Which.Should().BeEquivalentTo(new { ErrorCode = "AccessDenied", StatusCode = HttpStatusCode.Forbidden, Message = "no" });
        handler.Count.Should().Be(1);
    }

    private static void InterlockedMax(ref int target, int value)
    {
        for (var seen = target; seen < value && Interlocked.CompareExchange(ref target, value, seen) != seen; seen = target)
        {
        }
    }

    private sealed class Refusing(HttpStatusCode status, string code, int times) : DelegatingHandler
    {
        public int Count { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => ++Count <= times
            ? Task.FromResult(new HttpResponseMessage(status) { Content = new StringContent($"<Error><Code>{code}</Code><Message>no</Message></Error>") })
            : base.SendAsync(request, cancellationToken);
    }
}
