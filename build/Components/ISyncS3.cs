using Tiketi.Pipeline.Frontend;

/// <summary>The built site, into its bucket.</summary>
interface ISyncS3 : IBuildFrontend, IDryRun
{
    [Parameter("Key prefixes of the site's bucket that belong to others: never written, compared or deleted", Name = "user-prefixes", Separator = ",")]
    string[] UserPrefixes => TryGetValue(() => UserPrefixes) ?? [];

    [Parameter("Store hashed assets compressed: br or gzip (default: as they are; CloudFront compresses)", Name = "precompress")]
    string Precompress => TryGetValue(() => Precompress);

    async Task SyncS3Async()
    {
        var result = await SyncSiteAsync(DryRun);
        this.Report(("Uploaded", result.Uploaded), ("Deleted", result.Deleted), ("Unchanged", result.Unchanged), ("Requests", result.Requests.Total));
    }

    async Task<SiteSyncResult> SyncSiteAsync(bool dryRun)
    {
        var result = await new SiteSync(Session.Aws.S3, TimeProvider.System, Session.Logger<SiteSync>()).RunAsync(
            new SiteSyncRequest
            {
                Directory = FrontendDirectory / FrontendBuildRequest.OutputDirectory,
                Bucket = await Session.Outputs.RequireAsync("frontend", "FrontendBucketName", Session.Cancellation),
                UserPrefixes = UserPrefixes,
                Precompress = Precompress,
                PrecompressedDirectory = FrontendCache / "precompressed",
                Sizes = Session.Site?.Sizes,
                DryRun = dryRun,
            },
            Session.Cancellation);
        Printing.Show(dryRun ? "Site (would be)" : "Site", [.. result.Changes.Select(change => $"{change.Action} {change.Key} ({change.Bytes} bytes)")]);
        if (result is { Former: { } former, FormerSizes: { } sizes } && Session.Site is { } built && built.Former?.ReleaseId != former.Id)
        {
            // BuildFrontend compared with another one: the last release went up from somewhere else.
            Printing.Show("Growth of the site", SiteSizes.Describe(built.Sizes, sizes, $"release {former.Number}"));
        }

        if (!dryRun)
        {
            RememberRelease(result);
        }

        return result;
    }
}
