/// <summary>
/// The whole graph. A line says what a target needs (DependsOn: it always runs before) and where it stands when both are in
/// the run (After); what it does is one method of the component of the same name in Components/.
/// Targets without a path between them run at the same time.
/// </summary>
class Build : NukeBuild,
    ILocalCloud, IBuildImages, IPushEcr, IInfrastructure,
    IBuildFrontend, ISyncS3, IInvalidateCdn, IRepository
{
    public static int Main() => Execute<Build>();

    public Session Session => _session ??= new Session(this);
    Session _session;

    // ---- before anything -------------------------------------------------------------------------------------------
    Target LocalUp => _ => _
        .Description("Start the embedded cloud (by itself when the environment is local)")
        
        .OnlyWhenStatic(() => Session.IsLocal)
        .Executes(From<ILocalCloud>().LocalUpAsync);

    // ---- infrastructure --------------------------------------------------------------------------------------------
    Target PlanInfra => _ => _
        .Description("Show what ApplyInfra would create, change or replace")
        .DependsOn(LocalUp)
        .Executes(From<IInfrastructure>().PlanInfraAsync);

    Target ApplyInfra => _ => _
        .Description("Apply the stacks of infra/, in parallel where they allow it")
        .DependsOn(LocalUp)
        .Executes(From<IInfrastructure>().ApplyInfraAsync);

    // ---- services --------------------------------------------------------------------------------------------------
    Target BuildImages => _ => _
        .Description("Build the service images whose inputs changed")
        .DependsOn(LocalUp)
        .Executes(From<IBuildImages>().BuildImagesAsync);

    Target PushEcr => _ => _
        .Description("Push the images that the registry lacks")
        .DependsOn(BuildImages).After(ApplyInfra)
        .Executes(From<IPushEcr>().PushEcrAsync);

    // ---- site ------------------------------------------------------------------------------------------------------
    Target BuildFrontend => _ => _
        .Description("Build the site with the environment's addresses, when something changed")
        
        .Executes(From<IBuildFrontend>().BuildFrontendAsync);

    Target SyncS3 => _ => _
        .Description("Upload what changed of the site; index.html last")
        .DependsOn(LocalUp, BuildFrontend).After(ApplyInfra)
        .Executes(From<ISyncS3>().SyncS3Async);

    Target InvalidateCdn => _ => _
        .Description("Invalidate the fewest paths that cover the change, and wait")
        .DependsOn(LocalUp).After(SyncS3, ApplyInfra)
        .Executes(From<IInvalidateCdn>().InvalidateCdnAsync);

    // ---- proof -----------------------------------------------------------------------------------------------------
    // ---- all of it -------------------------------------------------------------------------------------------------
    Target LocalDown => _ => _
        .Description("Stop the embedded cloud; its data stays")
        .Executes(From<ILocalCloud>().LocalDownAsync);

    Target LocalStatus => _ => _
        .Description("Show what the embedded cloud runs, and how to point aws, kubectl and docker at it")
        .Executes(From<ILocalCloud>().LocalStatusAsync);

    // ---- this repository -------------------------------------------------------------------------------------------
    Target Test => _ => _
        .Description("Run every test of this repository")
        .Executes(From<IRepository>().Test);

    Target Clean => _ => _
        .Description("Delete what builds and runs have left behind; the local cloud's data stays")
        .Executes(From<IRepository>().Clean);

    T From<T>() where T : INukeBuild => (T)(object)this;
}
