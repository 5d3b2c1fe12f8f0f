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
                DryRun = dryRun,
            },
            Session.Cancellation);
        foreach (var change in result.Changes)
        {
            Log.Information("{Action} {Key} ({Bytes} bytes)", change.Action, change.Key, change.Bytes);
        }

        return result;
    }
}
