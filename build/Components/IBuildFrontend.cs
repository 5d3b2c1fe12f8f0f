using Tiketi.Pipeline.Configuration;
using Tiketi.Pipeline.Frontend;

/// <summary>The site, built with the environment's addresses.</summary>
interface IBuildFrontend : IHazFrontend
{
    AbsolutePath FrontendDirectory => AppRoot / "frontend";

    FrontendBuildRequest FrontendBuildRequest => new()
    {
        Directory = FrontendDirectory,
        Variables = ApplicationConfig.ForFrontend(Session.Settings),
        CacheDirectory = FrontendCache,
        ProcessEnvironment = EnvironmentInfo.Variables,
        AllowLocalAddresses = Session.IsLocal,
    };

    async Task BuildFrontendAsync()
    {
        var result = await new FrontendBuilder(TimeProvider.System, Session.Logger<FrontendBuilder>()).BuildAsync(FrontendBuildRequest, Session.Cancellation);
        Log.Information("{Status}: {Reason}", result.Status, result.Reason);
        Printing.Show("Size of the site", SiteSizes.Describe(result.Sizes, result.Former?.Sizes, result.Former?.Name));
        Session.Site = result;
        this.Report(("Built", result.Status == FrontendBuildStatus.Built ? 1 : 0), ("Files", result.Files), ("kB", result.Sizes.Sum(size => size.Raw) / 1000));
    }
}
