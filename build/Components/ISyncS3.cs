using Tiketi.Pipeline.Frontend;

/// <summary>The built site, into its bucket.</summary>
interface ISyncS3 : IBuildFrontend
{
    async Task SyncS3Async()
    {
        var result = await SyncSiteAsync(dryRun: false);
        this.Report(("Uploaded", result.Uploaded), ("Deleted", result.Deleted), ("Unchanged", result.Unchanged), ("Requests", result.Requests.Total));
    }

    async Task<SiteSyncResult> SyncSiteAsync(bool dryRun)
    {
        var result = await new SiteSync(Session.Aws.S3, TimeProvider.System, Session.Logger<SiteSync>()).RunAsync(
            new SiteSyncRequest
            {
                Directory = FrontendDirectory / FrontendBuildRequest.OutputDirectory,
                Bucket = await Session.Outputs.RequireAsync("frontend", "FrontendBucketName", Session.Cancellation),
                Sizes = Session.SiteSizes,
                DryRun = dryRun,
            },
            Session.Cancellation);
        Printing.Show("Site", [.. result.Changes.Select(change => $"{change.Action} {change.Key} ({change.Bytes} bytes)")]);
        if (result is { Former: { } former, FormerSizes: { } sizes } && Session.SiteSizes is { } now)
        {
            Printing.Show("Growth of the site", SiteSizes.Describe(now, sizes, $"release {former.Number}"));
        }

        return result;
    }
}
