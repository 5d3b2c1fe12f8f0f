using Amazon.ECR;
using Amazon.ECR.Model;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using NSubstitute;
using Tiketi.Pipeline.Registry;
using Tiketi.Pipeline.Registry.Scanning;

namespace Tiketi.Pipeline.Tests.Registry.Scanning;

public sealed class ScanGateTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 23, 12, 0, 0, TimeSpan.Zero)) { AutoAdvanceAmount = TimeSpan.FromSeconds(1) };
    private readonly IAmazonECR _ecr = Substitute.For<IAmazonECR>();

    [Fact]
    public async Task Off_AsksNothing()
    {
        (await CheckAsync(failOn: null)).Images.Should().BeEmpty();

        _ecr.ReceivedCalls().Should().BeEmpty();
    }

    [Fact]
    public async Task ACleanSummary_CostsNoRequest()
    {
        var image = Image with { Scan = new ScanSummary("COMPLETE", new Dictionary<Severity, int> { [Severity.High] = 3, [Severity.Critical] = 0 }) };

        var scan = (await Gate().CheckAsync([image], new ScanPolicy(Severity.Critical, []))).Images.Single();

        scan.Passed.Should().BeTrue();
        scan.Describe().Should().Be("3 high");
        _ecr.ReceivedCalls().Should().BeEmpty();
    }

    [Theory]
    [InlineData(Severity.Critical, "CVE-1")]
    [InlineData(Severity.High, "CVE-1 CVE-2")]
    [InlineData(Severity.Low, "CVE-1 CVE-2 CVE-3")]
    public async Task Findings_BlockFromTheSeverityUpward(Severity failOn, string blocking)
    {
        Answer(Page("COMPLETE", Of("CVE-3", "LOW"), Of("CVE-2", "HIGH"), Of("CVE-1", "CRITICAL"), Of("CVE-4", "UNDEFINED")));

        var scan = (await CheckAsync(failOn)).Images.Single();

        string.Join(' ', scan.Blocking.Select(finding => finding.Id)).Should().Be(blocking);
        scan.Describe().Should().Be("1 critical, 1 high, 1 low, 1 undefined");
    }

    [Fact]
    public async Task AllPages_AreRead()
    {
        var first = Page("COMPLETE", Of("CVE-1", "LOW"));
        first.NextToken = "2";
        Answer(first, Page("COMPLETE", Of("CVE-2", "CRITICAL")));

        var report = await CheckAsync(Severity.Critical);

        report.Images.Single().Blocking.Should().ContainSingle().Which.Should().BeEquivalentTo(new Finding("CVE-2", Severity.Critical, "openssl 3.0.1-1", null, "https://example.org/CVE-2"));
        await _ecr.Received(1).DescribeImageScanFindingsAsync(Arg.Is<DescribeImageScanFindingsRequest>(request => request.NextToken == "2" && request.RepositoryName == "tiketi/backend"), Arg.Any<CancellationToken>());
        report.Invoking(refused => refused.ThrowIfRefused()).Should().Throw<PipelineException>().WithMessage("*backend: CVE-2 (critical, openssl 3.0.1-1)*").Which.Remedy.Should().Contain("scan-allow.yaml");
    }

    [Fact]
    public async Task AScanUnderWay_IsWaitedFor()
    {
        Answer(Page("PENDING"), Page("IN_PROGRESS"), Page("COMPLETE"));

        (await CheckAsync(Severity.Critical)).Images.Single().Should().BeEquivalentTo(new { Status = "COMPLETE", Passed = true });
    }

    [Fact]
    public async Task AScanThatShowsUpLate_IsWaitedFor()
    {
        var asked = 0;
        _ecr.DescribeImageScanFindingsAsync(Arg.Any<DescribeImageScanFindingsRequest>(), Arg.Any<CancellationToken>())
            .Returns(_ => asked++ < 2 ? throw new ScanNotFoundException("Image scan does not exist") : Page("COMPLETE"));

        (await CheckAsync(Severity.Critical)).Images.Single().Passed.Should().BeTrue();
    }

    [Fact]
    public async Task AScanThatNeverEnds_IsRefused()
    {
        Answer(Page("IN_PROGRESS"));

        var report = await CheckAsync(Severity.Critical);

        report.Invoking(refused => refused.ThrowIfRefused()).Should().Throw<PipelineException>().WithMessage("*backend: its scan has not ended in time, it is IN_PROGRESS*");
    }

    [Theory]
    [InlineData("FAILED", "start-image-scan")]
    [InlineData("UNSUPPORTED_IMAGE", "--fail-on-severity off")]
    [InlineData("LIMIT_EXCEEDED", "24 hours")]
    [InlineData("SCAN_ELIGIBILITY_EXPIRED", "re-scan duration")]
    [InlineData("FINDINGS_UNAVAILABLE", "start-image-scan")]
    [InlineData("IMAGE_ARCHIVED", "update-image-storage-class")]
    [InlineData("A_STATE_OF_TOMORROW", "start-image-scan")]
    public async Task AScanWithoutAResult_IsRefusedWithItsWayOut(string status, string remedy)
    {
        Answer(Page(status));

        var report = await CheckAsync(Severity.Critical);

        report.Images.Single().Passed.Should().BeFalse();
        report.Invoking(refused => refused.ThrowIfRefused()).Should().Throw<PipelineException>().WithMessage($"*backend: *{status}*").Which.Remedy.Should().Contain(remedy);
    }

    [Fact]
    public async Task AnImageThatNobodyScanned_IsRefused()
    {
        _ecr.DescribeImageScanFindingsAsync(Arg.Any<DescribeImageScanFindingsRequest>(), Arg.Any<CancellationToken>()).Returns<DescribeImageScanFindingsResponse>(_ => throw new ScanNotFoundException("Image scan does not exist"));

        var report = await CheckAsync(Severity.Critical);

        report.Invoking(refused => refused.ThrowIfRefused()).Should().Throw<PipelineException>().WithMessage("*ECR has not scanned it*").Which.Remedy.Should().Contain("infra/registry.yaml");
    }

    [Fact]
    public async Task AnAllowedFinding_IsLetThrough_UntilItsDate()
    {
        Answer(Page("COMPLETE", Of("CVE-1", "CRITICAL")));

        (await CheckAsync(Severity.Critical, new AllowedFinding("CVE-1", "not reachable", new DateOnly(2026, 11, 23)))).Images.Single()
            .Should().BeEquivalentTo(new { Passed = true, Allowed = new[] { new { Id = "CVE-1" } } });
        (await CheckAsync(Severity.Critical, new AllowedFinding("CVE-1", "not reachable", new DateOnly(2026, 11, 22)))).Images.Single().Passed.Should().BeFalse();
        (await CheckAsync(Severity.Critical, new AllowedFinding("CVE-2", "not reachable", new DateOnly(2026, 12, 1)))).Images.Single().Passed.Should().BeFalse();
    }

    [Fact]
    public async Task InspectorsFindings_CountToo()
    {
        EnhancedImageScanFinding Finding(string id, string status) => new()
        {
            Severity = "CRITICAL",
            Status = status,
            PackageVulnerabilityDetails = new PackageVulnerabilityDetails
            {
                VulnerabilityId = id,
                VulnerablePackages = [new VulnerablePackage { Name = "zlib", Version = "1.2", FixedInVersion = "1.3" }],
            },
        };
        Answer(new DescribeImageScanFindingsResponse
        {
            ImageScanStatus = new ImageScanStatus { Status = ScanStatus.ACTIVE },
            ImageScanFindings = new ImageScanFindings { EnhancedFindings = [Finding("CVE-1", "ACTIVE"), Finding("CVE-2", "SUPPRESSED")] },
        });

        (await CheckAsync(Severity.High)).Images.Single().Blocking.Should().ContainSingle().Which.Should().BeEquivalentTo(new Finding("CVE-1", Severity.Critical, "zlib 1.2", "1.3", null));
    }

    [Fact]
    public async Task ARefusal_NamesThePermission()
    {
        _ecr.DescribeImageScanFindingsAsync(Arg.Any<DescribeImageScanFindingsRequest>(), Arg.Any<CancellationToken>()).Returns<DescribeImageScanFindingsResponse>(_ => throw new AmazonECRException("no"));

        (await FluentActions.Awaiting(() => CheckAsync(Severity.Critical)).Should().ThrowAsync<PipelineException>()).Which.Remedy.Should().Contain("ecr:DescribeImageScanFindings");
    }

    private static PublishedImage Image => new("backend", "r.example/tiketi/backend", "sha256:1", PublishAction.Unchanged, TimeSpan.Zero);

    private static ImageScanFinding Of(string id, string severity) => new()
    {
        Name = id,
        Severity = severity,
        Uri = $"https://example.org/{id}",
        Attributes = [new Amazon.ECR.Model.Attribute { Key = "package_version", Value = "3.0.1-1" }, new Amazon.ECR.Model.Attribute { Key = "package_name", Value = "openssl" }],
    };

    private static DescribeImageScanFindingsResponse Page(string status, params ImageScanFinding[] findings) => new()
    {
        ImageScanStatus = new ImageScanStatus { Status = status },
        ImageScanFindings = findings.Length == 0 ? null : new ImageScanFindings { Findings = [.. findings] },
    };

    private void Answer(params DescribeImageScanFindingsResponse[] pages) =>
        _ecr.DescribeImageScanFindingsAsync(Arg.Any<DescribeImageScanFindingsRequest>(), Arg.Any<CancellationToken>()).Returns(pages[0], pages[1..]);

    private ScanGate Gate() => new(_ecr, _time, NullLogger.Instance) { Pause = TimeSpan.Zero, Timeout = TimeSpan.FromSeconds(30), Grace = TimeSpan.FromSeconds(10) };

    private Task<ScanReport> CheckAsync(Severity? failOn, params AllowedFinding[] allowed) => Gate().CheckAsync([Image], new ScanPolicy(failOn, allowed), TestContext.Current.CancellationToken);
}
