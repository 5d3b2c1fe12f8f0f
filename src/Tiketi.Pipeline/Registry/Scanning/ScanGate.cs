using Amazon.ECR;
using Amazon.ECR.Model;
using Amazon.Runtime;
using Microsoft.Extensions.Logging;
using Tiketi.Pipeline.Aws;

namespace Tiketi.Pipeline.Registry.Scanning;

/// <summary>
/// Waits for ECR's scan of each image and holds back those with findings from a severity upward. An image that could not be
/// scanned is held back too: nobody knows what is in it. Works with basic and with enhanced (Inspector) scanning.
/// </summary>
public sealed class ScanGate(IAmazonECR ecr, TimeProvider time, ILogger logger)
{
    private const string NotScanned = "SCAN_NOT_FOUND";

    /// <summary>How long a scan may take: ECR's own take seconds to a few minutes.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Between two looks at a scan that is under way.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long a scan may take to show up at all after a push.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(30);

    /// <param name="images">As they were published.</param>
    /// <param name="policy">What fails them.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="PipelineException">ECR can't be asked. What the scans found is in the result.</exception>
    public async Task<ScanReport> CheckAsync(IReadOnlyList<PublishedImage> images, ScanPolicy policy, CancellationToken cancellationToken = default)
    {
        if (policy.FailOn is not { } threshold)
        {
            return new ScanReport([]);
        }

        try
        {
            return new ScanReport(await Task.WhenAll(images.Select(image => CheckAsync(image, threshold, policy, cancellationToken))));
        }
        catch (Exception exception) when (exception is AmazonServiceException or AmazonClientException or HttpRequestException)
        {
            throw AwsFailure.Explain(exception) ?? new PipelineException(
                $"ECR does not tell what its scans found: {exception.Message}", "The identity in use needs ecr:DescribeImageScanFindings on the repositories.", exception);
        }
    }

    private async Task<ImageScan> CheckAsync(PublishedImage image, Severity threshold, ScanPolicy policy, CancellationToken cancellationToken)
    {
        if (image.Scan is { Status: "COMPLETE", Counts: { } known } && known.All(count => count.Key < threshold || count.Value == 0))
        {
            return new ImageScan(image.Service, "COMPLETE", known, [], []); // the answer to "is it there?" told this, too
        }

        var (status, description, found) = await WaitAsync(image, cancellationToken);
        if (status is not ("COMPLETE" or "ACTIVE"))
        {
            return new ImageScan(image.Service, status, new Dictionary<Severity, int>(), [], [], ProblemOf(status, description));
        }

        var bad = found.Where(finding => finding.Severity >= threshold).OrderByDescending(finding => finding.Severity).ThenBy(finding => finding.Id, StringComparer.Ordinal).ToLookup(finding => IsAllowed(finding, policy));
        return new ImageScan(image.Service, status, found.GroupBy(finding => finding.Severity).ToDictionary(group => group.Key, group => group.Count()), [.. bad[false]], [.. bad[true]]);
    }

    private async Task<(string Status, string? Description, IReadOnlyList<Finding> Findings)> WaitAsync(PublishedImage image, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        while (true)
        {
            var (status, description, findings) = await ReadAsync(image, cancellationToken);
            var waited = time.GetElapsedTime(start);
            if (status is not ("PENDING" or "IN_PROGRESS" or NotScanned) || waited > (status == NotScanned ? Grace : Timeout))
            {
                return (status, description, findings);
            }

            logger.LogDebug("{Service}: scan {Status} after {Seconds:0} s", image.Service, status, waited.TotalSeconds);
            await Task.Delay(Pause, time, cancellationToken);
        }
    }

    /// <summary>All pages of the findings.</summary>
    private async Task<(string Status, string? Description, IReadOnlyList<Finding> Findings)> ReadAsync(PublishedImage image, CancellationToken cancellationToken)
    {
        var findings = new List<Finding>();
        string? next = null;
        while (true)
        {
            var request = new DescribeImageScanFindingsRequest { RepositoryName = image.RepositoryName, ImageId = new ImageIdentifier { ImageDigest = image.Digest }, MaxResults = 1000, NextToken = next };
            DescribeImageScanFindingsResponse page;
            try
            {
                page = await ecr.DescribeImageScanFindingsAsync(request, cancellationToken);
            }
            catch (ScanNotFoundException)
            {
                return (NotScanned, null, []);
            }

            findings.AddRange((page.ImageScanFindings?.Findings ?? []).Select(Read));
            findings.AddRange((page.ImageScanFindings?.EnhancedFindings ?? []).Where(finding => finding.Status is null or "ACTIVE").SelectMany(Read));
            if (string.IsNullOrEmpty(page.NextToken))
            {
                return (page.ImageScanStatus?.Status?.Value ?? "COMPLETE", page.ImageScanStatus?.Description, findings);
            }

            next = page.NextToken;
        }
    }

    private static Finding Read(ImageScanFinding finding)
    {
        string? Attribute(string key) => finding.Attributes?.FirstOrDefault(attribute => attribute.Key == key)?.Value;
        var package = Attribute("package_name");
        return new Finding(finding.Name, Severities.Parse(finding.Severity?.Value), package is null ? null : $"{package} {Attribute("package_version")}".TrimEnd(), FixedIn: null, finding.Uri);
    }

    /// <summary>Inspector's finding is one of a vulnerability; each package that has it counts.</summary>
    private static IEnumerable<Finding> Read(EnhancedImageScanFinding finding)
    {
        var details = finding.PackageVulnerabilityDetails;
        var one = new Finding(details?.VulnerabilityId ?? finding.Title ?? finding.FindingArn, Severities.Parse(finding.Severity), Package: null, FixedIn: null, details?.SourceUrl);
        return details?.VulnerablePackages is { Count: > 0 } packages
            ? packages.Select(package => one with { Package = $"{package.Name} {package.Version}".TrimEnd(), FixedIn = package.FixedInVersion is "NotAvailable" ? null : package.FixedInVersion })
            : [one];
    }

    private bool IsAllowed(Finding finding, ScanPolicy policy)
    {
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        return policy.Allowed.Any(allowed => allowed.Id == finding.Id && allowed.Expires >= today);
    }

    private static ScanProblem ProblemOf(string status, string? description)
    {
        var said = string.IsNullOrWhiteSpace(description) ? "" : $" ({description.TrimEnd('.')})";
        return status switch
        {
            NotScanned => new("ECR has not scanned it", "Let the repository scan on push (ImageScanningConfiguration in infra/registry.yaml), then 'aws ecr start-image-scan' for this image, or push it anew."),
            "PENDING" or "IN_PROGRESS" => new($"its scan has not ended in time, it is {status}{said}", "Run './build.sh PushEcr' again: it takes up the same scan."),
            "UNSUPPORTED_IMAGE" => new($"ECR can't scan it, UNSUPPORTED_IMAGE{said}", "Base it on a distribution that ECR scans, or use --fail-on-severity off knowingly."),
            "LIMIT_EXCEEDED" => new($"the account's limit of scans is reached, LIMIT_EXCEEDED{said}", "Basic scanning takes an image once in 24 hours: run './build.sh PushEcr' again later, or ask AWS for a higher limit."),
            "SCAN_ELIGIBILITY_EXPIRED" => new($"Inspector no longer watches it, SCAN_ELIGIBILITY_EXPIRED{said}", "Lengthen Inspector's ECR re-scan duration, or build the image anew with --no-cache."),
            "IMAGE_ARCHIVED" => new($"it is archived, IMAGE_ARCHIVED{said}", "Restore it with 'aws ecr update-image-storage-class', then run again."),
            _ => new($"its scan has no result, {status}{said}", "Start it again with 'aws ecr start-image-scan', then run './build.sh PushEcr'."),
        };
    }
}
