using System.Globalization;
using Amazon.ECR;
using Amazon.ECR.Model;

namespace Tiketi.Pipeline.Operations;

/// <summary>What ECR's scans found in the images that run.</summary>
internal sealed class ScanFindings(IAmazonECR ecr)
{
    public async Task<OpsSection> ReadAsync(IReadOnlyDictionary<string, string> images, CancellationToken cancellationToken)
    {
        var rows = await Task.WhenAll(images.OrderBy(image => image.Key, StringComparer.Ordinal).Select(image => RowAsync(image.Key, image.Value, cancellationToken)));
        return new OpsSection("Findings in the running images", ["", "Service", "Critical", "High", "Medium", "Scanned"], rows, rows.Length == 0 ? "No release has succeeded yet." : null);
    }

    private async Task<OpsRow> RowAsync(string service, string reference, CancellationToken cancellationToken)
    {
        // REGISTRY/REPOSITORY@sha256:...; a reference by tag has no digest to ask for.
        var (name, digest) = reference.Split('@', 2) is [var before, var after] ? (before, after) : (reference, null);
        if (digest is null)
        {
            return new OpsRow(OpsMark.None, "unknown", service, "", "", "", "not deployed by its digest");
        }

        ImageDetail? image;
        try
        {
            image = (await ecr.DescribeImagesAsync(
                new DescribeImagesRequest { RepositoryName = name[(name.IndexOf('/', StringComparison.Ordinal) + 1)..], ImageIds = [new ImageIdentifier { ImageDigest = digest }] }, cancellationToken)).ImageDetails?.FirstOrDefault();
        }
        catch (AmazonECRException exception) when (exception is ImageNotFoundException or RepositoryNotFoundException)
        {
            return new OpsRow(OpsMark.Bad, "gone", service, "", "", "", "the registry does not have it any more: a new node could not pull it");
        }

        if (image?.ImageScanFindingsSummary is not { } summary)
        {
            return new OpsRow(OpsMark.Warning, "unknown", service, "", "", "", string.Join(": ", new[] { image?.ImageScanStatus?.Status?.Value ?? "never", image?.ImageScanStatus?.Description }.Where(text => !string.IsNullOrEmpty(text))));
        }

        int Count(string severity) => summary.FindingSeverityCounts?.GetValueOrDefault(severity) ?? 0;
        var mark = Count("CRITICAL") > 0 ? OpsMark.Bad : Count("HIGH") > 0 ? OpsMark.Warning : OpsMark.Good;
        return new OpsRow(
            mark, mark switch { OpsMark.Bad => "critical", OpsMark.Warning => "high", _ => "fine" }, service,
            $"{Count("CRITICAL")}", $"{Count("HIGH")}", $"{Count("MEDIUM")}", summary.ImageScanCompletedAt?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "");
    }
}
