using System.Text;
using Amazon.CloudFront;
using Amazon.CloudFront.Model;
using Amazon.Runtime;
using Microsoft.Extensions.Logging.Abstractions;
using NSubstitute;
using NSubstitute.ExceptionExtensions;
using Tiketi.Pipeline.Cdn;
using Tiketi.Pipeline.Frontend;
using Tiketi.Pipeline.Tests.Frontend;

namespace Tiketi.Pipeline.Tests.Cdn;

public sealed class CdnInvalidatorTests(MotoServer moto) : IDisposable
{
    private readonly SiteOnDisk _site = new SiteOnDisk().Build(1);
    private readonly SteppedTime _time = new();
    private readonly IAmazonCloudFront _cloudFront = Substitute.For<IAmazonCloudFront>();
    private readonly List<CreateInvalidationRequest> _created = [];

    public void Dispose() => _site.Dispose();

    [Fact]
    public async Task WhatASyncChanged_IsInvalidatedOnce()
    {
        var bucket = await SyncedBucketAsync();
        CloudFrontAnswers("Completed");

        var first = await RunAsync(new() { DistributionId = "E1", Bucket = bucket });
        var again = await RunAsync(new() { DistributionId = "E1", Bucket = bucket });

        first.Should().BeEquivalentTo(new { Status = CdnInvalidationStatus.Completed, ChangedPaths = 4, InvalidationId = "I1" });
        first.Paths.Should().Equal("/", "/about.html", "/index.html", "/robots.txt");
        again.Should().BeEquivalentTo(new { Status = CdnInvalidationStatus.NothingChanged, Paths = Array.Empty<string>() });
        _created.Should().ContainSingle();
    }

    [Fact]
    public async Task AnInterruptedRun_IsMadeGoodUnderTheSameReference()
    {
        var bucket = await SyncedBucketAsync();
        CloudFrontAnswers("InProgress");
        var late = RunAsync(new() { DistributionId = "E1", Bucket = bucket, Timeout = TimeSpan.FromMinutes(1) });
        await _time.PassUntilAsync(late);
        (await FluentActions.Awaiting(() => late).Should().ThrowAsync<PipelineException>()).Which.Message.Should().Contain("I1").And.Contain("not complete after 1 min");

        CloudFrontAnswers("Completed");
        await RunAsync(new() { DistributionId = "E1", Bucket = bucket });
        _site.Build(2);
        await SyncAsync(bucket);
        await RunAsync(new() { DistributionId = "E1", Bucket = bucket });

        var references = _created.Select(request => request.InvalidationBatch.CallerReference).ToList();
        references[1].Should().Be(references[0], "the same changes make the same invalidation");
        references[2].Should().NotBe(references[0]);
        _created[2].InvalidationBatch.Paths.Items.Should().Equal("/", "/about.html", "/index.html");
    }

    [Fact]
    public async Task ASyncInterruptedAfterItsPages_IsStillInvalidated()
    {
        var bucket = await SyncedBucketAsync();
        CloudFrontAnswers("Completed");
        await RunAsync(new() { DistributionId = "E1", Bucket = bucket });
        _site.Build(2);
        var sync = new SiteSync(moto.Client(new FailingPut("index.html")), _time, NullLogger<SiteSync>.Instance);
        await FluentActions.Awaiting(() => sync.RunAsync(new SiteSyncRequest { Directory = _site.Path, Bucket = bucket })).Should().ThrowAsync<PipelineException>();

        (await RunAsync(new() { DistributionId = "E1", Bucket = bucket })).Paths.Should().Contain("/about.html", "that page was already replaced");
    }

    [Fact]
    public async Task WaitsUntilTheEdgesHaveForgotten()
    {
        CloudFrontAnswers("InProgress", "InProgress", "InProgress", "Completed");

        var run = RunAsync(new() { DistributionId = "E1" });
        await _time.PassUntilAsync(run);

        (await run).Should().BeEquivalentTo(new { Status = CdnInvalidationStatus.Completed, Paths = new[] { "/*" }, Reason = "no manifest tells what changed" });
        await _cloudFront.Received(3).GetInvalidationAsync(Arg.Is<GetInvalidationRequest>(request => request.Id == "I1" && request.DistributionId == "E1"), Arg.Any<CancellationToken>());
    }

    [Fact]
    public async Task WhatAPersonAsksFor_IsDoneEachTime_AndCountsWhenItCoversTheChanges()
    {
        var bucket = await SyncedBucketAsync();
        CloudFrontAnswers("Completed");

        await RunAsync(new() { DistributionId = "E1", Bucket = bucket, Paths = ["/robots.txt"] });
        _time.Advance(TimeSpan.FromSeconds(1));
        await RunAsync(new() { DistributionId = "E1", Bucket = bucket, Paths = ["/robots.txt"] });
        (await RunAsync(new() { DistributionId = "E1", Bucket = bucket, DryRun = true })).Should().BeEquivalentTo(new { Status = CdnInvalidationStatus.Planned, ChangedPaths = 4 });
        await RunAsync(new() { DistributionId = "E1", Bucket = bucket, Everything = true });

        _created.Select(request => request.InvalidationBatch.CallerReference).Should().OnlyHaveUniqueItems().And.HaveCount(3);
        (await RunAsync(new() { DistributionId = "E1", Bucket = bucket })).Status.Should().Be(CdnInvalidationStatus.NothingChanged);
    }

    [Theory]
    [InlineData("about.html")]
    [InlineData("/docs/*/a")]
    public async Task AMalformedPath_IsRefused(string path) =>
        (await FluentActions.Awaiting(() => RunAsync(new() { DistributionId = "E1", Paths = [path] })).Should().ThrowAsync<PipelineException>())
            .Which.Message.Should().Be($"{path} is no invalidation path.");

    [Fact]
    public async Task AnUnknownDistribution_NamesTheTargetThatMakesIt()
    {
        _cloudFront.CreateInvalidationAsync(Arg.Any<CreateInvalidationRequest>(), Arg.Any<CancellationToken>()).ThrowsAsync(new NoSuchDistributionException("no"));

        (await FluentActions.Awaiting(() => RunAsync(new() { DistributionId = "E1" })).Should().ThrowAsync<PipelineException>())
            .Which.Remedy.Should().Contain("ApplyInfra");
    }

    /// <summary>Over the wire, against moto's CloudFront.</summary>
    [Fact]
    public async Task ARealServer_TakesTheInvalidation()
    {
        var bucket = await SyncedBucketAsync();
        using var http = new HttpClient();
        const string Distribution = """
            <DistributionConfig xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/"><CallerReference>r</CallerReference><Comment>t</Comment><Enabled>true</Enabled>
            <Origins><Quantity>1</Quantity><Items><Origin><Id>o</Id><DomainName>b.s3.amazonaws.com</DomainName><S3OriginConfig><OriginAccessIdentity></OriginAccessIdentity></S3OriginConfig></Origin></Items></Origins>
            <DefaultCacheBehavior><TargetOriginId>o</TargetOriginId><ViewerProtocolPolicy>allow-all</ViewerProtocolPolicy></DefaultCacheBehavior></DistributionConfig>
            """;
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(moto.Endpoint, "/2020-05-31/distribution")) { Content = new StringContent(Distribution, Encoding.UTF8, "application/xml") };
        request.Headers.TryAddWithoutValidation("Authorization", "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/cloudfront/aws4_request, SignedHeaders=host, Signature=0");
        var answer = await (await http.SendAsync(request)).Content.ReadAsStringAsync();
        var id = System.Xml.Linq.XDocument.Parse(answer).Root!.Elements().First(element => element.Name.LocalName == "Id").Value;
        using var client = new AmazonCloudFrontClient(new BasicAWSCredentials("test", "test"), new AmazonCloudFrontConfig { ServiceURL = moto.Endpoint.ToString(), AuthenticationRegion = "us-east-1" });

        var result = await new CdnInvalidator(client, moto.Client(), TimeProvider.System, NullLogger<CdnInvalidator>.Instance)
            .RunAsync(new() { DistributionId = id, Bucket = bucket }, TestContext.Current.CancellationToken);

        result.Status.Should().Be(CdnInvalidationStatus.Completed);
        result.InvalidationId.Should().NotBeEmpty();
    }

    private void CloudFrontAnswers(params string[] statuses)
    {
        var rest = new Queue<string>(statuses);
        string Next() => rest.Count > 1 ? rest.Dequeue() : rest.Peek();
        _cloudFront.CreateInvalidationAsync(Arg.Any<CreateInvalidationRequest>(), Arg.Any<CancellationToken>()).Returns(call =>
        {
            _created.Add(call.Arg<CreateInvalidationRequest>());
            return new CreateInvalidationResponse { Invalidation = new Invalidation { Id = "I1", Status = Next() } };
        });
        _cloudFront.GetInvalidationAsync(Arg.Any<GetInvalidationRequest>(), Arg.Any<CancellationToken>())
            .Returns(_ => new GetInvalidationResponse { Invalidation = new Invalidation { Id = "I1", Status = Next() } });
    }

    private async Task<string> SyncedBucketAsync()
    {
        var bucket = await moto.NewBucketAsync();
        await SyncAsync(bucket);
        return bucket;
    }

    private Task<SiteSyncResult> SyncAsync(string bucket) =>
        new SiteSync(moto.Client(), _time, NullLogger<SiteSync>.Instance).RunAsync(new SiteSyncRequest { Directory = _site.Path, Bucket = bucket }, TestContext.Current.CancellationToken);

    private Task<CdnInvalidationResult> RunAsync(CdnInvalidationRequest request) =>
        new CdnInvalidator(_cloudFront, moto.Client(), _time, NullLogger<CdnInvalidator>.Instance).RunAsync(request, TestContext.Current.CancellationToken);

    private sealed class FailingPut(string key) : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            request.Method == HttpMethod.Put && request.RequestUri!.AbsolutePath.EndsWith('/' + key, StringComparison.Ordinal)
                ? throw new HttpRequestException("cut off")
                : base.SendAsync(request, cancellationToken);
    }
}
