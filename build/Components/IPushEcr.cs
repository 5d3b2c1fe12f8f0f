using Tiketi.Pipeline.Registry;
using Tiketi.Pipeline.Registry.Sbom;
using Tiketi.Pipeline.Registry.Scanning;

/// <summary>The images, into the registry that the cluster pulls from; the registry's scan may hold them back.</summary>
interface IPushEcr : IBuildImages
{
    [Parameter("The version tag of the images (default: git describe)")]
    string ImageTag => TryGetValue(() => ImageTag) ?? Session.Source.Version;

    [Parameter("Fail when the registry's scan finds this severity or worse: off, informational, low, medium, high, critical (default: the environment's)")]
    string FailOnSeverity => TryGetValue(() => FailOnSeverity);

    [Parameter("Findings that are let through, each with a reason and an expiry date (default: scan-allow.yaml in the application root)")]
    AbsolutePath ScanAllowList => TryGetValue(() => ScanAllowList) ?? AppRoot / "scan-allow.yaml";

    async Task PushEcrAsync()
    {
        var policy = ScanPolicy(); // a mistake in it ends the run before a tag that people read moves
        var registry = await Session.Outputs.RequireAsync("registry", "RegistryUri", Session.Cancellation);
        var report = await Session.Publisher.PublishAsync(
            [.. Session.Images.Select(image => new PublishRequest(image, $"{registry}/{image.Repository}"))],
            [ImageTag, "latest"],
            Session.Cancellation);
        foreach (var image in report.Images)
        {
            Log.Information("{Service}: {Action} {Reference} {Duration:0.0} s", image.Service, image.Action, image.Reference, image.Duration.TotalSeconds);
        }

        var sboms = await WriteSbomsAsync(report.Images); // also of images that the scan holds back: then one looks there
        this.Report(("Pushed", report.Pushed), ("Present", report.Images.Count - report.Pushed), ("Requests", report.RegistryRequests), ("SBOMs", sboms));
        await CheckScansAsync(report.Images, policy);
        Session.Published = report.Images;
    }

    /// <summary>What is in each image, for whoever has to answer for it.</summary>
    AbsolutePath SbomDirectory => TemporaryDirectory / "output" / "sbom";

    async Task<int> WriteSbomsAsync(IReadOnlyList<PublishedImage> images)
    {
        var written = await new SbomWriter(Session.Docker).WriteAsync([.. images.Zip(Session.Images)], SbomDirectory, Session.Cancellation);
        foreach (var sbom in written)
        {
            Log.Information("{Service}: SBOM {Sbom:l}", sbom.Service, sbom.File is null ? sbom.Problem : $"{RootDirectory.GetRelativePathTo((AbsolutePath)sbom.File)}, {sbom.Components} packages");
        }

        return written.Count(sbom => sbom.File is not null);
    }

    ScanPolicy ScanPolicy() => new(
        FailOnSeverity is null ? Session.Settings.FailOnSeverity : Severities.ParseThreshold(FailOnSeverity),
        Tiketi.Pipeline.Registry.Scanning.ScanAllowList.Load(ScanAllowList, TimeProvider.System));

    async Task CheckScansAsync(IReadOnlyList<PublishedImage> images, ScanPolicy policy)
    {
        var scans = await new ScanGate(Session.Aws.Ecr, TimeProvider.System, Session.Logger<ScanGate>()).CheckAsync(images, policy, Session.Cancellation);
        if (scans.Images.Count > 0)
        {
            Printing.Show("Scans", [.. scans.Images.SelectMany(Lines)]);
        }

        scans.ThrowIfRefused();
    }

    static IEnumerable<string> Lines(ImageScan scan)
    {
        yield return $"{scan.Service}: scan {scan.Status}: {scan.Describe()}";
        foreach (var (finding, verdict) in scan.Blocking.Select(finding => (finding, "blocks")).Concat(scan.Allowed.Select(finding => (finding, "allowed"))))
        {
            var mended = finding.FixedIn is null ? "" : $", mended in {finding.FixedIn}";
            yield return $"  {verdict} {finding.Severity} {finding.Id} {finding.Package}{mended} {finding.Uri}".TrimEnd();
        }
    }
}
