using Tiketi.Pipeline.Cdn;

/// <summary>The CDN's memory of the site.</summary>
interface IInvalidateCdn : IHazEnvironment
{
    [Parameter("Invalidate exactly these paths (/about.html, /docs/*) instead of what the last syncs changed", Name = "paths", Separator = ",")]
    string[] InvalidationPaths => TryGetValue(() => InvalidationPaths) ?? [];

    async Task InvalidateCdnAsync()
    {
        var frontend = await Session.Outputs.GetAsync("frontend", Session.Cancellation);
        var result = await new CdnInvalidator(Session.Aws.CloudFront, Session.Aws.S3, TimeProvider.System, Session.Logger<CdnInvalidator>()).RunAsync(
            new CdnInvalidationRequest
            {
                DistributionId = frontend.Require("DistributionId"),
                Bucket = frontend.Require("FrontendBucketName"),
                Paths = InvalidationPaths,
            },
            Session.Cancellation);
        Log.Information("{Status}: {Reason}", result.Status, result.Reason);
        foreach (var path in result.Paths)
        {
            Log.Information("Invalidated {Path}", path);
        }

        this.Report(("Invalidated", result.Paths.Count));
    }
}
