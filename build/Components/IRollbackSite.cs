using Tiketi.Pipeline.Frontend;

/// <summary>The way back for the site.</summary>
interface IRollbackSite : IHazEnvironment
{
    [Parameter("The release of the site to return to: its number or id (default: the one before the current)", Name = "site-release")]
    string SiteReleaseToReturn => TryGetValue(() => SiteReleaseToReturn);

    async Task RollbackSiteAsync()
    {
        var request = new SiteRollbackRequest
        {
            Bucket = await Session.Outputs.RequireAsync("frontend", "FrontendBucketName", Session.Cancellation),
            To = SiteReleaseToReturn,
        };
        var releases = new SiteReleases(Session.Aws.S3, TimeProvider.System, Session.Logger<SiteReleases>());
        var result = await releases.RollbackAsync(request, Session.Cancellation);
        Printing.Show("Site", [.. result.Changes.Select(change => $"{change.Action} {change.Key} ({change.Bytes} bytes)")]);
        Printing.Show("Releases of the site", [.. (await releases.ListAsync(request.Bucket, Session.Cancellation)).Select(Describe)]);
        this.Report(("Release", result.Release.Number), ("Restored", result.Changes.Count(change => change.Action == SiteAction.Restore)));
    }

    static string Describe(SiteRelease release) =>
        $"{release.Number} of {release.At:u}: {release.Id}{(release.Restores is { } number ? $" (returned to {number})" : "")}";
}
