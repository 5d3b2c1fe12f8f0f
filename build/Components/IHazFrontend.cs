using Tiketi.Pipeline.Frontend;

/// <summary>What is kept of the environment's site on this machine.</summary>
interface IHazFrontend : IHazEnvironment
{
    AbsolutePath FrontendCache => TemporaryDirectory / "frontend" / Session.Settings.Name;

    /// <summary>So that the next build can say how the site grew without asking the bucket.</summary>
    void RememberRelease(SiteSyncResult result) => new LastRelease(result.Release, result.Sizes).Write(FrontendCache);
}
