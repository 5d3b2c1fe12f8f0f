using Tiketi.Pipeline.Infrastructure;
using Tiketi.Pipeline.Verification;

/// <summary>Whether what was deployed works, seen from outside and inside.</summary>
interface ISmokeTest : IReleases, IInvalidateCdn
{
    [Parameter("Only these checks", Name = "only", Separator = ",")]
    string[] OnlyChecks => TryGetValue(() => OnlyChecks) ?? [];

    [Parameter("All checks but these", Name = "skip-checks", Separator = ",")]
    string[] SkipChecks => TryGetValue(() => SkipChecks) ?? [];

    [Parameter("When a check fails, put the release back that ran before this run's", Name = "rollback-on-failure")]
    bool RollBackOnFailure => TryGetValue<bool?>(() => RollBackOnFailure) ?? false;

    async Task SmokeTestAsync()
    {
        var settings = Session.Settings.SmokeTest;
        var result = await new CheckRunner(TimeProvider.System, Session.Logger<CheckRunner>()).RunAsync(
            SmokeTestChecks.For(await SmokeTestTargetAsync(), TimeProvider.System, Session.Http),
            new CheckSelection { Only = OnlyChecks, Skip = [.. SkipChecks, .. settings.Skip], Warnings = settings.Warnings },
            Session.Cancellation);
        SmokeTestReport.ToJUnit(result).Save(TemporaryDirectory / "smoke-test.xml");
        this.Table(result);
        if (!result.Succeeded)
        {
            await DiagnoseFailureAsync();
            await RollBackFailureAsync();
        }

        Printing.Require(result);
    }

    /// <summary>What the cluster has to say about it; a cluster that does not answer has failed the checks already.</summary>
    async Task DiagnoseFailureAsync()
    {
        try
        {
            await ShowFindingsAsync();
        }
        catch (Exception exception) when (exception is PipelineException or HttpRequestException)
        {
            Log.Warning("The cluster could not be asked: {Message:l}", exception.Message);
        }
    }

    async Task<SmokeTestTarget> SmokeTestTargetAsync()
    {
        var frontend = await Session.Outputs.GetAsync("frontend", Session.Cancellation);
        return new SmokeTestTarget
        {
            ApiUrl = Session.Settings.ApiUrl,
            SiteUrl = Session.Settings.SiteUrl,
            Services = Session.Services,
            Namespace = Session.Settings.Namespace,
            RegisterUser = Session.Settings.Name != "production",
            WebSocketHold = Session.Settings.SmokeTest.WebSocketHold,
            Cluster = await Session.Kubernetes,
            Stacks = Session.Infrastructure.Stacks.ToDictionary(
                stack => StackNames.Of(Session.Settings.Name, stack.Name), stack => Session.Aws.CloudFormationIn(stack.Metadata.Region), StringComparer.Ordinal),
            CloudFront = Session.Aws.CloudFront,
            DistributionId = frontend.Require("DistributionId"),
            S3 = Session.Aws.S3,
            SiteBucket = frontend.Require("FrontendBucketName"),
            SecretsManager = Session.Aws.SecretsManager,
            Rds = Session.Aws.Rds,
            ElastiCache = Session.Aws.ElastiCache,
            LoadBalancing = Session.Aws.Elb,
            CloudWatch = Session.Aws.CloudWatch,
            CertificatesIn = Session.Aws.CertificateManagerIn,
            Domain = Session.Settings.Domain,
            GoogleClientId = Session.Settings.GoogleClientId,
        };
    }

    /// <summary>Only what this run rolled out is put back: else a check that fails for another reason would take a good release away.</summary>
    async Task RollBackFailureAsync()
    {
        if (!RollBackOnFailure)
        {
            return;
        }

        if (!Session.HasRolledOut)
        {
            Log.Warning("Nothing is rolled back: this run has rolled out no new release");
            return;
        }

        try
        {
            await RollbackAsync();
            await InvalidateCdnAsync();
        }
        catch (PipelineException exception)
        {
            Log.Error("The rollback failed: {Message:l} {Remedy:l}", exception.Message, exception.Remedy);
        }
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
