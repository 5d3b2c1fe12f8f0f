/// <summary>
/// The whole graph. A line says what a target needs (DependsOn: it always runs before) and where it stands when both are in
/// the run (After); what it does is one method of the component of the same name in Components/.
/// Targets without a path between them run at the same time.
/// </summary>
[CiWorkflow(nameof(Test), Preparation = ".ci/packages", Preview = nameof(Plan), PreviewEnvironment = "staging")]
[DeployWorkflow(Publish = nameof(PushEcr), Preview = nameof(Plan), Apply = nameof(Deploy), Environments = ["staging", "production"], OptionalSecrets = [nameof(INotify.WebhookUrl)])]
[DriftWorkflow(nameof(DriftInfra), "production")]
class Build : NukeBuild,
    IDoctor, ILocalCloud, IBuildImages, IPushEcr, IPruneImages, IInfrastructure, IDrift, ICost, IDestroy, IImport, IAddons,
    IDeployK8s, IApplyDns, IApplyAlarms, IBuildFrontend, ISyncS3, IInvalidateCdn, IRollbackSite, ISmokeTest, IChecklist, IOpsReport, ILoadTest, IPlan, IReleases, INotify, IRepository
{
    public static int Main() => Execute<Build>();

    public Session Session => _session ??= new Session(this);
    Session _session;

    bool IBuildImages.PushesImages => ScheduledTargets.Any(target => target.Name == nameof(PushEcr));

    // ---- before anything -------------------------------------------------------------------------------------------
    Target Doctor => _ => _
        .Description("Check tools, engine, credentials and configuration; say how to mend each")
        .Runs(From<IDoctor>().DoctorAsync);

    Target LocalUp => _ => _
        .Description("Start the embedded cloud (by itself when the environment is local)")
        .After(Doctor)
        .OnlyWhenStatic(() => Session.IsLocal)
        .Runs(From<ILocalCloud>().LocalUpAsync);

    // ---- infrastructure --------------------------------------------------------------------------------------------
    Target PlanInfra => _ => _
        .Description("Show what ApplyInfra would create, change or replace")
        .DependsOn(LocalUp)
        .Runs(From<IInfrastructure>().PlanInfraAsync);

    Target ApplyInfra => _ => _
        .Description("Apply the stacks of infra/, in parallel where they allow it")
        .DependsOn(LocalUp).After(Doctor)
        .Runs(From<IInfrastructure>().ApplyInfraAsync);

    Target DriftInfra => _ => _
        .Description("Compare what is deployed with what its templates state; fail where somebody changed it")
        .DependsOn(LocalUp).After(ApplyInfra)
        .Runs(From<IDrift>().DriftInfraAsync);

    Target EstimateCost => _ => _
        .Description("Add up what the environment's templates cost a month; compare with the guide")
        .Executes(From<ICost>().EstimateCost);

    Target DestroyInfra => _ => _
        .Description("Take the whole environment away, once its name is confirmed; snapshots and kept buckets stay")
        .DependsOn(LocalUp)
        .Runs(From<IDestroy>().DestroyInfraAsync);

    Target ImportInfra => _ => _
        .Description("Take resources that were made by hand into the stacks, once the environment's name is confirmed")
        .DependsOn(LocalUp)
        .Runs(From<IImport>().ImportInfraAsync);

    Target InstallAddons => _ => _
        .Description("Install the load balancer controller that the cluster lacks; nothing to do where the ingress is the environment's own")
        .DependsOn(LocalUp).After(Doctor, ApplyInfra)
        .Runs(From<IAddons>().InstallAddonsAsync);

    // ---- services --------------------------------------------------------------------------------------------------
    Target BuildImages => _ => _
        .Description("Build the service images whose inputs changed")
        .DependsOn(LocalUp).After(Doctor)
        .Runs(From<IBuildImages>().BuildImagesAsync);

    Target PushEcr => _ => _
        .Description("Push the images that the registry lacks")
        .DependsOn(BuildImages).After(ApplyInfra)
        .Produces(From<IPushEcr>().SbomDirectory)
        .Runs(From<IPushEcr>().PushEcrAsync);

    Target PruneImages => _ => _
        .Description("List the images that nothing runs and no kept release names; --delete-images deletes them")
        .DependsOn(LocalUp).After(PushEcr, DeployK8s)
        .Runs(From<IPruneImages>().PruneImagesAsync);

    Target DeployK8s => _ => _
        .Description("Migrate the database and roll out the services; wait until they are ready, or say why not")
        .DependsOn(PushEcr).After(ApplyInfra, InstallAddons)
        .Runs(From<IDeployK8s>().DeployK8sAsync);

    Target ApplyDns => _ => _
        .Description("Point the services' name at the load balancer that their ingress got")
        .DependsOn(LocalUp).After(DeployK8s)
        .Runs(From<IApplyDns>().ApplyDnsAsync);

    Target ApplyAlarms => _ => _
        .Description("Let the alarm of the API's errors watch the load balancer that the ingress got")
        .DependsOn(LocalUp).After(DeployK8s)
        .Runs(From<IApplyAlarms>().ApplyAlarmsAsync);

    Target Rollback => _ => _
        .Description("Put the release before (or --to N) back: images, configuration, manifests and the site")
        .DependsOn(LocalUp).Triggers(InvalidateCdn)
        .Runs(From<IReleases>().RollbackAsync);

    Target Status => _ => _
        .Description("Show releases, versions, replicas, restarts and endpoints")
        .DependsOn(LocalUp)
        .Runs(From<IReleases>().StatusAsync);

    Target Diagnose => _ => _
        .Description("Say of everything in the namespace that is not ready why, with events and logs")
        .DependsOn(LocalUp)
        .Runs(From<IReleases>().DiagnoseAsync);

    // ---- site ------------------------------------------------------------------------------------------------------
    Target BuildFrontend => _ => _
        .Description("Build the site with the environment's addresses, when something changed")
        .After(Doctor)
        .Runs(From<IBuildFrontend>().BuildFrontendAsync);

    Target SyncS3 => _ => _
        .Description("Upload what changed of the site; index.html last")
        .DependsOn(LocalUp, BuildFrontend).After(ApplyInfra)
        .Runs(From<ISyncS3>().SyncS3Async);

    Target InvalidateCdn => _ => _
        .Description("Invalidate the fewest paths that cover the change, and wait")
        .DependsOn(LocalUp).After(SyncS3, RollbackSite, Rollback, ApplyInfra)
        .Runs(From<IInvalidateCdn>().InvalidateCdnAsync);

    Target RollbackSite => _ => _
        .Description("Serve an earlier release of the site again, and make the CDN forget the current one")
        .DependsOn(LocalUp).After(SyncS3).Triggers(InvalidateCdn)
        .Runs(From<IRollbackSite>().RollbackSiteAsync);

    // ---- proof -----------------------------------------------------------------------------------------------------
    Target SmokeTest => _ => _
        .Description("Check the running system from outside and inside; each failure with its remedy")
        .DependsOn(LocalUp).After(DeployK8s, ApplyDns, InvalidateCdn)
        .Runs(From<ISmokeTest>().SmokeTestAsync);

    Target Checklist => _ => _
        .Description("Go through the guide's checklists: --stage pre, post or weekly; what a person has to do is listed")
        .DependsOn(LocalUp).After(DeployK8s, ApplyDns, InvalidateCdn)
        .Runs(From<IChecklist>().ChecklistAsync);

    Target OpsReport => _ => _
        .Description("Write the week of the environment on a page: health, metrics, scan findings, errors, cost beside the estimate")
        .DependsOn(LocalUp).After(DeployK8s, ApplyDns, InvalidateCdn)
        .Runs(From<IOpsReport>().OpsReportAsync);

    Target LoadTest => _ => _
        .Description("Load /health as 'ab -n 1000 -c 10' would, or run a scenario; latency percentiles and thresholds")
        .DependsOn(LocalUp).After(SmokeTest)
        .When(From<IHazEnvironment>().EnvironmentName == "production", _ => _.Requires(() => From<ILoadTest>().AllowProduction))
        .Runs(From<ILoadTest>().LoadTestAsync);

    // ---- all of it -------------------------------------------------------------------------------------------------
    Target Deploy => _ => _
        .Description("The whole pipeline, from sources to a checked, running system")
        .DependsOn(Doctor, ApplyInfra, InstallAddons, DeployK8s, ApplyDns, ApplyAlarms, SyncS3, InvalidateCdn, SmokeTest)
        .When(From<ILoadTest>().WithLoadTest, _ => _.DependsOn(LoadTest))
        .Requires(() => !From<IDryRun>().DryRun) // Plan is the dry run of all
        .Runs(From<IReleases>().RecordSiteAsync)
        .Executes(From<ISmokeTest>().ShowAddresses);

    new Target Plan => _ => _
        .Description("Preview images, stacks, cluster and site in one go; change nothing")
        .DependsOn(LocalUp, BuildFrontend).After(PushEcr)
        .Runs(From<IPlan>().PlanAsync);

    Target LocalDown => _ => _
        .Description("Stop the embedded cloud; its data stays")
        .Runs(From<ILocalCloud>().LocalDownAsync);

    Target LocalStatus => _ => _
        .Description("Show what the embedded cloud runs, and how to point aws, kubectl and docker at it")
        .Runs(From<ILocalCloud>().LocalStatusAsync);

    // ---- this repository -------------------------------------------------------------------------------------------
    Target Test => _ => _
        .Description("Run every test of this repository")
        .Executes(From<IRepository>().Test);

    Target Benchmark => _ => _
        .Description("Measure the project's figures beside their peers; fail when one is short of its goal")
        .Executes(From<IRepository>().Benchmark);

    Target Clean => _ => _
        .Description("Delete what builds and tests have left behind; the local cloud's data stays")
        .Executes(From<IRepository>().Clean);

    /// <summary>Tells how a deployment ended, whatever the outcome.</summary>
    protected override void OnBuildFinished()
    {
        if (InvokedTargets.Select(target => target.Name).FirstOrDefault(name => name is nameof(Deploy) or nameof(DeployK8s) or nameof(Rollback)) is { } what)
        {
            From<INotify>().NotifyAsync(what, IsSucceeding).GetAwaiter().GetResult();
        }
    }

    T From<T>() where T : INukeBuild => (T)(object)this;
}
