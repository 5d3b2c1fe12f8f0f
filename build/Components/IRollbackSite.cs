using Tiketi.Pipeline.Frontend;

/// <summary>The way back for the site.</summary>
interface IRollbackSite : IHazFrontend, IDryRun
{
    [Parameter("The release of the site to return to: its number or id (default: the one before the current)", Name = "site-release")]
    string SiteReleaseToReturn => TryGetValue(() => SiteReleaseToReturn);

    SiteReleases SiteReleases => new(Session.Aws.S3, TimeProvider.System, Session.Logger<SiteReleases>());

    async Task RollbackSiteAsync()
    {
        var result = await ReturnSiteAsync(SiteReleaseToReturn, DryRun);
        Printing.Show("Releases of the site", [.. (await SiteReleases.ListAsync(await SiteBucketAsync(), Session.Cancellation)).Select(Describe)]);
        this.Report(("Release", result.Release.Number), ("Restored", result.Changes.Count(change => change.Action == SiteAction.Restore)));
    }

    /// <param name="to">A release's number or id; null for the one before the current.</param>
    /// <param name="dryRun">Only say what would happen.</param>
    async Task<SiteSyncResult> ReturnSiteAsync(string to, bool dryRun = false)
    {
        var result = await SiteReleases.RollbackAsync(new SiteRollbackRequest { Bucket = await SiteBucketAsync(), To = to, DryRun = dryRun }, Session.Cancellation);
        Printing.Show(dryRun ? "Site (would be)" : "Site", [.. result.Changes.Select(change => $"{change.Action} {change.Key} ({change.Bytes} bytes)")]);
        if (!dryRun)
        {
            RememberRelease(result);
        }

        return result;
    }

    Task<string> SiteBucketAsync() => Session.Outputs.RequireAsync("frontend", "FrontendBucketName", Session.Cancellation);

    static string Describe(SiteRelease release) =>
        $"{release.Number} of {release.At:u}: {release.Id}{(release.Restores is { } number ? $" (returned to {number})" : "")}";
}
