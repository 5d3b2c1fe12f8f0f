using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Tiketi.LocalCloud.Ecr.Storage;

namespace Tiketi.LocalCloud.Ecr.Scanning;

/// <summary>
/// ECR's basic scan: the packages of an image compared with the known vulnerabilities. It runs in the background, and once for
/// each state of the <see cref="OsvDatabase"/>; where that is empty there is no result, and nothing is read.
/// </summary>
internal sealed class ImageScanner(OsvDatabase database, PackageList packages, RepositoryStore store, TimeProvider time, ILogger<ImageScanner> logger)
{
    private readonly ConcurrentDictionary<string, Lazy<Task<ImageScan>>> _scans = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _asked = new(StringComparer.Ordinal);

    /// <summary>Scans an image of a repository that does not scan on push.</summary>
    public void Start(Repository repository, ImageRecord image)
    {
        _asked[image.Digest] = true;
        Find(repository, image);
    }

    /// <summary>The state of an image's scan; null when nobody asked for one. The first look starts it.</summary>
    public ImageScan? Find(Repository repository, ImageRecord image)
    {
        if (!repository.Settings.ScanOnPush && !_asked.ContainsKey(image.Digest))
        {
            return null;
        }

        if (image.Size is null)
        {
            return new ImageScan("UNSUPPORTED_IMAGE", "An index has no packages; its images have.");
        }

        OsvRecords? known;
        try
        {
            known = database.Read();
        }
        catch (InvalidDataException error)
        {
            return new ImageScan("FAILED", error.Message);
        }

        if (known is null)
        {
            return new ImageScan("FINDINGS_UNAVAILABLE", $"This local cloud knows no vulnerabilities. Put OSV records into {database.Folder}");
        }

        var scan = _scans.GetOrAdd($"{image.Digest} {known.Stamp}", _ => new Lazy<Task<ImageScan>>(() => Task.Run(() => Scan(repository, image, known)))).Value;
        return scan.IsCompleted ? scan.Result : new ImageScan("IN_PROGRESS", "The scan is in progress.");
    }

    private ImageScan Scan(Repository repository, ImageRecord image, OsvRecords known)
    {
        try
        {
            if (packages.Read(repository.Name, store.ReadManifest(image)) is not (var release, var installed))
            {
                return new ImageScan("UNSUPPORTED_IMAGE", "The image is not made of Debian packages, and no others are known here.");
            }

            var findings = known.Vulnerabilities
                .SelectMany(vulnerability => installed.Where(package => vulnerability.Affects(release, package)).Select(package => new ScanFinding(vulnerability, package, vulnerability.Vector is { } vector ? Cvss.BaseScore(vector) : null)))
                .OrderByDescending(finding => finding.Score ?? -1).ThenBy(finding => finding.Vulnerability.Name, StringComparer.Ordinal).ThenBy(finding => finding.Package.Name, StringComparer.Ordinal)
                .ToList();
            return new ImageScan("COMPLETE", "The scan was completed successfully.") { CompletedAt = time.GetUtcNow(), SourceUpdatedAt = known.UpdatedAt, Findings = findings };
        }
        catch (Exception error) when (error is IOException or InvalidDataException or FormatException)
        {
            logger.LogError(error, "The scan of {Repository}@{Digest} failed", repository.Name, image.Digest);
            return new ImageScan("FAILED", $"A layer could not be read: {error.Message}");
        }
    }
}

/// <summary>A scan as ECR reports it.</summary>
internal sealed record ImageScan(string Status, string Description)
{
    public DateTimeOffset? CompletedAt { get; init; }

    public DateTimeOffset? SourceUpdatedAt { get; init; }

    /// <summary>The worst first; null when the scan has no result.</summary>
    public IReadOnlyList<ScanFinding>? Findings { get; init; }

    public IReadOnlyDictionary<string, int>? Counts => Findings?.GroupBy(finding => finding.Severity, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Count(), StringComparer.Ordinal);
}

internal sealed record ScanFinding(Vulnerability Vulnerability, InstalledPackage Package, double? Score)
{
    public string Severity => Cvss.Severity(Score);
}
