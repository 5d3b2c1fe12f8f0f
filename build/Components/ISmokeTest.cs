using Tiketi.Pipeline.Infrastructure;
using Tiketi.Pipeline.Verification;

/// <summary>Whether what was deployed works, seen from outside and inside.</summary>
interface ISmokeTest : IHazEnvironment
{
    [Parameter("Only these checks", Name = "only", Separator = ",")]
    string[] OnlyChecks => TryGetValue(() => OnlyChecks) ?? [];

    async Task SmokeTestAsync()
    {
        var frontend = await Session.Outputs.GetAsync("frontend", Session.Cancellation);
        var target = new SmokeTestTarget
        {
            ApiUrl = Session.Settings.ApiUrl,
            SiteUrl = Session.Settings.SiteUrl,
            Services = Session.Services,
            Namespace = Session.Settings.Namespace,
            RegisterUser = Session.Settings.Name != "production",
            Cluster = await Session.Kubernetes,
            Stacks = Session.Infrastructure.Stacks.ToDictionary(
                stack => StackNames.Of(Session.Settings.Name, stack.Name), stack => Session.Aws.CloudFormationIn(stack.Metadata.Region), StringComparer.Ordinal),
            CloudFront = Session.Aws.CloudFront,
            DistributionId = frontend.Require("DistributionId"),
            S3 = Session.Aws.S3,
            SiteBucket = frontend.Require("FrontendBucketName"),
        };
        var result = await new CheckRunner(TimeProvider.System, Session.Logger<CheckRunner>()).RunAsync(
            SmokeTestChecks.For(target, TimeProvider.System, Session.Http),
            new CheckSelection { Only = OnlyChecks },
            Session.Cancellation);
        SmokeTestReport.ToJUnit(result).Save(TemporaryDirectory / "smoke-test.xml");
        this.Show(result);
    }

    void ShowAddresses()
    {
        Log.Information("The site:  {Site}", Session.Settings.SiteUrl);
        Log.Information("The API:   {Api}", new Uri(Session.Settings.ApiUrl, "/api/tickets/events"));
        JobSummary.AddLinks("Addresses", ("The site", Session.Settings.SiteUrl), ("The API", new Uri(Session.Settings.ApiUrl, "/api/tickets/events")));
        if (Session.IsLocal)
        {
            Log.Information("For aws, kubectl and docker:  source {File}", Session.LocalCloud.ClientSettings);
        }
    }
}
