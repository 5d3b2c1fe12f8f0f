using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Tiketi.Pipeline.Frontend;

namespace Tiketi.Pipeline.Tests.Frontend;

/// <summary>What S3 refuses, at the first request and in the middle: the error says what to do, and visitors keep the old site.</summary>
public sealed class SiteRefusalTests(MotoServer moto) : IDisposable
{
    private readonly SiteOnDisk _site = new SiteOnDisk().Build(1);

    public void Dispose() => _site.Dispose();

    // Codes and statuses as https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html has them.
    [Theory]
    [InlineData(HttpStatusCode.MovedPermanently, "PermanentRedirect", "Set the region to the one that * lies in (--region, AWS_REGION).")]
    [InlineData(HttpStatusCode.BadRequest, "AuthorizationHeaderMalformed", "Set the region to the one that * lies in (--region, AWS_REGION).")]
    [InlineData(HttpStatusCode.Forbidden, "InvalidAccessKeyId", "Renew the AWS credentials*")]
    [InlineData(HttpStatusCode.Forbidden, "SignatureDoesNotMatch", "Renew the AWS credentials*")]
    [InlineData(HttpStatusCode.BadRequest, "ExpiredToken", "Renew the AWS credentials*")]
    [InlineData(HttpStatusCode.Forbidden, "AccessDenied", "Allow this identity s3:GetObject, s3:PutObject*")]
    [InlineData(HttpStatusCode.Forbidden, "RequestTimeTooSkewed", "Set this machine's clock.")]
    public async Task WhatS3Refuses_IsSaidWithItsRemedy_AndTheOldSiteStays(HttpStatusCode status, string code, string remedy)
    {
        var bucket = await moto.NewBucketAsync();
        await SyncAsync(bucket);
        _site.Build(2);
        foreach (var through in new[] { 0, 5 }) // 5: manifest, lock, kept pages and a script
        {
            var failure = (await FluentActions.Awaiting(() => SyncAsync(bucket, new Refusing(status, code, through))).Should().ThrowAsync<PipelineException>()).Which;

            failure.Message.Should().Contain(code).And.Contain(bucket);
            failure.Remedy.Should().Match(remedy);
            (await IndexAsync(bucket)).Should().Contain("main.0000001a.js", "the old site is intact");
        }

        // Its lock could not be given back; somebody with the right credentials is not kept waiting for longer than a dead one.
        await SyncAsync(bucket, time: new Microsoft.Extensions.Time.Testing.FakeTimeProvider(DateTimeOffset.UtcNow.AddHours(1)));
        (await IndexAsync(bucket)).Should().Contain("main.0000002a.js");
    }

    [Fact]
    public async Task AFileThatVanishes_EndsTheSync()
    {
        var bucket = await moto.NewBucketAsync();
        await SyncAsync(bucket);
        _site.Build(2);

        var failure = await FluentActions.Awaiting(() => SyncAsync(bucket, new BeforeFirstPut(".js", () => _site.Remove("about.html")))).Should().ThrowAsync<PipelineException>();

        failure.WithMessage("*about.html vanished while the site was being synced.").Which.Remedy.Should().Contain("Visitors still see the previous release");
        (await IndexAsync(bucket)).Should().Contain("main.0000001a.js", "the old site is intact");
    }

    [Fact]
    public async Task AUsersPrefix_IsNeverTouched_EvenWhenUnknownObjectsAreAdopted()
    {
        var bucket = await moto.NewBucketAsync();
        using var s3 = moto.Client();
        foreach (var key in new[] { "uploads/ticket.pdf", "old.html" })
        {
            await s3.PutObjectAsync(new Amazon.S3.Model.PutObjectRequest { BucketName = bucket, Key = key, ContentBody = key }, TestContext.Current.CancellationToken);
        }

        var seen = new Paths();
        var request = new SiteSyncRequest { Directory = _site.Path, Bucket = bucket, UserPrefixes = ["uploads/"], AdoptUnknownObjects = true, KeepReleases = 1, KeepFor = TimeSpan.Zero };
        var deleted = new List<string>();
        for (var version = 1; version <= 4; version++)
        {
            _site.Build(version);
            var result = await new SiteSync(moto.Client(seen), TimeProvider.System, NullLogger<SiteSync>.Instance).RunAsync(request with { Verify = version == 4 }, TestContext.Current.CancellationToken);
            deleted.AddRange(result.Changes.Where(change => change.Action == SiteAction.Delete).Select(change => change.Key));
        }

        deleted.Should().Contain("old.html").And.NotContain(key => key.StartsWith("uploads/"));
        seen.All.Should().Contain(path => path.Contains("old.html")).And.NotContain(path => path.Contains("uploads"), "no request is about them");
        (await s3.GetObjectMetadataAsync(bucket, "uploads/ticket.pdf", TestContext.Current.CancellationToken)).ContentLength.Should().Be("uploads/ticket.pdf".Length);
    }

    private Task<SiteSyncResult> SyncAsync(string bucket, DelegatingHandler? handler = null, TimeProvider? time = null) => new SiteSync(moto.Client(handler), time ?? TimeProvider.System, NullLogger<SiteSync>.Instance)
        .RunAsync(new SiteSyncRequest { Directory = _site.Path, Bucket = bucket, Concurrency = 1 }, TestContext.Current.CancellationToken);

    private async Task<string> IndexAsync(string bucket)
    {
        using var s3 = moto.Client();
        using var response = await s3.GetObjectAsync(bucket, "index.html");
        return await new StreamReader(response.ResponseStream).ReadToEndAsync();
    }

    private sealed class Refusing(HttpStatusCode status, string code, int through) : DelegatingHandler
    {
        private int _count;

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => Interlocked.Increment(ref _count) <= through
            ? base.SendAsync(request, cancellationToken)
            : Task.FromResult(new HttpResponseMessage(status) { RequestMessage = request, Content = new StringContent($"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code><Message>no</Message></Error>") });
    }

    private sealed class BeforeFirstPut(string suffix, Action action) : DelegatingHandler
    {
        private int _count;

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.Method == HttpMethod.Put && request.RequestUri!.AbsolutePath.EndsWith(suffix, StringComparison.Ordinal) && Interlocked.Increment(ref _count) == 1)
            {
                action();
            }

            return base.SendAsync(request, cancellationToken);
        }
    }

    /// <summary>What requests are about: their paths, and the keys that deletions name.</summary>
    private sealed class Paths : DelegatingHandler
    {
        public List<string> All { get; } = [];

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var named = request.Method == HttpMethod.Post ? await request.Content!.ReadAsStringAsync(cancellationToken) : "";
            lock (All)
            {
                All.Add(request.RequestUri!.AbsolutePath + named);
            }

            return await base.SendAsync(request, cancellationToken);
        }
    }
}
