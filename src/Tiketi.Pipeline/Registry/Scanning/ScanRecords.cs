using System.Globalization;
using Amazon.ECR.Model;

namespace Tiketi.Pipeline.Registry.Scanning;

/// <summary>What ECR says of a scan where it describes the image: the state, and how many findings of each severity.</summary>
/// <param name="Status">"COMPLETE", "IN_PROGRESS" ...; null when it says nothing of it.</param>
/// <param name="Counts">Findings by severity; null when there is no result.</param>
public sealed record ScanSummary(string? Status, IReadOnlyDictionary<Severity, int>? Counts)
{
    internal static ScanSummary? Of(ImageDetail image) => image.ImageScanStatus is null && image.ImageScanFindingsSummary is null
        ? null
        : new ScanSummary(image.ImageScanStatus?.Status?.Value, image.ImageScanFindingsSummary is { } summary ? CountsOf(summary.FindingSeverityCounts) : null);

    internal static IReadOnlyDictionary<Severity, int> CountsOf(IReadOnlyDictionary<string, int>? counts) =>
        (counts ?? new Dictionary<string, int>(StringComparer.Ordinal)).GroupBy(pair => Severities.Parse(pair.Key)).ToDictionary(group => group.Key, group => group.Sum(pair => pair.Value));
}

/// <summary>One vulnerability of one package.</summary>
/// <param name="Id">"CVE-2026-1234".</param>
/// <param name="Severity">As ECR rates it.</param>
/// <param name="Package">Name and version, as far as ECR states them.</param>
/// <param name="FixedIn">The version without it; null when not known.</param>
/// <param name="Uri">Where it is described.</param>
public sealed record Finding(string Id, Severity Severity, string? Package, string? FixedIn, string? Uri);

/// <summary>A finding that is let through, for a reason and for a time.</summary>
/// <param name="Id">"CVE-2026-1234".</param>
/// <param name="Reason">Why it does no harm here.</param>
/// <param name="Expires">The last day (UTC) on which it is let through.</param>
public sealed record AllowedFinding(string Id, string Reason, DateOnly Expires);

/// <summary>When findings fail a run.</summary>
/// <param name="FailOn">From this severity upward; null: never, and nothing is waited for.</param>
/// <param name="Allowed">Findings that are let through whatever their severity.</param>
public sealed record ScanPolicy(Severity? FailOn, IReadOnlyList<AllowedFinding> Allowed);

/// <summary>What the gate knows of one image.</summary>
/// <param name="Service">The service's catalogue name.</param>
/// <param name="Status">ECR's state of the scan.</param>
/// <param name="Counts">Findings by severity.</param>
/// <param name="Blocking">Findings that fail the run.</param>
/// <param name="Allowed">Findings that would, if they were not on the allow list.</param>
/// <param name="Problem">Why there is no result, with the way out; null when there is one.</param>
public sealed record ImageScan(
    string Service,
    string Status,
    IReadOnlyDictionary<Severity, int> Counts,
    IReadOnlyList<Finding> Blocking,
    IReadOnlyList<Finding> Allowed,
    ScanProblem? Problem = null)
{
    public bool Passed => Blocking.Count == 0 && Problem is null;

    /// <summary>"2 critical, 1 low", "no findings", or why there is none to tell.</summary>
    public string Describe() => Problem is not null
        ? Problem.Message
        : Counts.Values.Sum() == 0
            ? "no findings"
            : string.Join(", ", Counts.Where(pair => pair.Value > 0).OrderByDescending(pair => pair.Key).Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Value} {Name(pair.Key)}")));

    private static string Name(Severity severity) => severity.ToString().ToLowerInvariant();
}

/// <summary>A scan without a result.</summary>
public sealed record ScanProblem(string Message, string Remedy);

/// <summary>What the gate found, in the order of the images.</summary>
public sealed record ScanReport(IReadOnlyList<ImageScan> Images)
{
    /// <exception cref="PipelineException">An image has findings that block it, or no result.</exception>
    public void ThrowIfRefused()
    {
        var refused = Images.Where(image => !image.Passed).ToList();
        if (refused.Count == 0)
        {
            return;
        }

        var lines = refused.Select(image => image.Problem is { } problem
            ? $"{image.Service}: {problem.Message}"
            : $"{image.Service}: {string.Join(", ", image.Blocking.Select(finding => $"{finding.Id} ({finding.Severity.ToString().ToLowerInvariant()}, {finding.Package ?? "package not stated"})"))}");
        var remedies = refused.Select(image => image.Problem?.Remedy ?? "Rebuild on a base image that has the fixed packages; where a finding does no harm here, add it to the allow list (scan-allow.yaml) with a reason and an expiry date.");
        throw new PipelineException(
            $"The scan refuses {refused.Count} of {Images.Count} images. {string.Join("; ", lines)}",
            string.Join(" ", remedies.Distinct(StringComparer.Ordinal)));
    }
}
