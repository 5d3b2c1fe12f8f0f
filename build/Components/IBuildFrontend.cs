using Tiketi.Pipeline.Configuration;
using Tiketi.Pipeline.Frontend;

/// <summary>The site, built with the environment's addresses.</summary>
interface IBuildFrontend : IHazEnvironment
{
    AbsolutePath FrontendDirectory => AppRoot / "frontend";

    FrontendBuildRequest FrontendBuildRequest => new()
    {
        Directory = FrontendDirectory,
        Variables = ApplicationConfig.ForFrontend(Session.Settings),
        CacheDirectory = TemporaryDirectory / "frontend" / Session.Settings.Name,
        ProcessEnvironment = EnvironmentInfo.Variables,
        AllowLocalAddresses = Session.IsLocal,
    };

    async Task BuildFrontendAsync()
    {
        var result = await new FrontendBuilder(TimeProvider.System, Session.Logger<FrontendBuilder>()).BuildAsync(FrontendBuildRequest, Session.Cancellation);
        Log.Information("{Status}: {Reason} ({Files} files, {Size:0} KiB)", result.Status, result.Reason, result.Files, result.Bytes / 1024.0);
        this.Report(("Built", result.Status == FrontendBuildStatus.Built ? 1 : 0), ("Files", result.Files));
    }
}
