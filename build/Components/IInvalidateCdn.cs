using Tiketi.Pipeline.Cdn;

/// <summary>The CDN's memory of the site.</summary>
interface IInvalidateCdn : IHazEnvironment, IDryRun
{
    [Parameter("Invalidate exactly these paths (/about.html, /docs/*) instead of what the last syncs changed", Name = "paths", Separator = ",")]
    string[] InvalidationPaths => TryGetValue(() => InvalidationPaths) ?? [];

    [Parameter("The distribution to invalidate: its id or a domain that it serves (default: the environment's own)", Name = "distribution-id")]
    string DistributionId => TryGetValue(() => DistributionId);

    async Task InvalidateCdnAsync()
    {
        var frontend = await Session.Outputs.GetAsync("frontend", Session.Cancellation);
        var own = frontend.Require("DistributionId");
        var distribution = DistributionId is null ? own : await new DistributionFinder(Session.Aws.CloudFront).FindAsync(DistributionId, Session.Cancellation);
        var result = await new CdnInvalidator(Session.Aws.CloudFront, Session.Aws.S3, TimeProvider.System, Session.Logger<CdnInvalidator>()).RunAsync(
            new CdnInvalidationRequest
            {
                DistributionId = distribution,
                Bucket = distribution == own ? frontend.Require("FrontendBucketName") : null, // another one's changes are in no manifest of ours
                Paths = InvalidationPaths,
                DryRun = DryRun,
            },
            Session.Cancellation);
        Log.Information("{Status}: {Reason}", result.Status, result.Reason);
        foreach (var path in result.Paths)
        {
            Log.Information(DryRun ? "Would invalidate {Path:l}" : "Invalidated {Path:l}", path);
        }

        this.Report(("Invalidated", result.Paths.Count));
    }
}
