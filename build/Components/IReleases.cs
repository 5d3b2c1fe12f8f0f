using Tiketi.Pipeline.Kubernetes;
using Tiketi.Pipeline.Releases;

/// <summary>What runs, whether it is well, and the way back.</summary>
interface IReleases : IDeployK8s, IRollbackSite
{
    [Parameter("The release to return to (default: the one before what runs)", Name = "to")]
    int? ReturnTo => TryGetValue<int?>(() => ReturnTo);

    async Task RollbackAsync()
    {
        var history = await new ReleaseStore(await Session.Kubernetes, Session.Settings.Namespace).ListAsync(Session.Cancellation);
        var target = Rollback.Target(history, ReturnTo);
        Log.Information("Returning to release {Number}: version {Version:l} of {At:u} by {By:l}", target.Number, target.Version, target.At, target.By);
        await DeployAsync(new ServiceDeploymentRequest
        {
            Namespace = Session.Settings.Namespace,
            Manifests = target.Manifests,
            Release = target with { At = TimeProvider.System.GetUtcNow(), By = Session.Author, Run = Session.Run, RollbackTo = target.Number },
        });
        await ReturnSiteOfAsync(target);
    }

    /// <summary>The services are back by now; a site that cannot follow is said, and does not make that a failure.</summary>
    async Task ReturnSiteOfAsync(Release target)
    {
        var kept = await SiteReleases.ListAsync(await SiteBucketAsync(), Session.Cancellation);
        if (target.Site is null || !kept.Any(release => release.Id == target.Site))
        {
            Log.Warning("The site stays as it is: {Reason:l}", target.Site is null ? $"no site was recorded with release {target.Number}" : $"its release {target.Site} is not kept any more");
            return;
        }

        await ReturnSiteAsync(target.Site);
    }

    /// <summary>What the site serves now belongs to the release that runs, so that a rollback returns to both.</summary>
    async Task RecordSiteAsync()
    {
        var store = new ReleaseStore(await Session.Kubernetes, Session.Settings.Namespace);
        var running = (await store.ListAsync(Session.Cancellation)).FirstOrDefault(release => release.Outcome == ReleaseOutcome.Succeeded);
        var site = await SiteReleases.CurrentAsync(await SiteBucketAsync(), Session.Cancellation);
        if (running is not null && site is not null && running.Site != site.Id)
        {
            await store.UpdateAsync(running with { Site = site.Id }, Session.Cancellation);
        }
    }

    async Task StatusAsync()
    {
        var status = await NamespaceStatus.ReadAsync(await Session.Kubernetes, Session.Settings.Namespace, TimeProvider.System, Session.Cancellation);
        Printing.Show("Releases", [.. status.Releases.Select(Describe)]);
        Printing.Show("Workloads", [.. status.Workloads.Select(workload =>
            $"{workload.Kind}/{workload.Name}: {workload.Ready} of {workload.Wanted} ready, {workload.Restarts} restarts, {workload.Readiness.Reason}; {workload.Image}")]);
        Printing.Show("Endpoints", [.. status.Endpoints.Select(endpoint => $"{endpoint.Kind}/{endpoint.Name}: {endpoint.Address}")]);
        this.Report(
            ("Release", status.Releases.FirstOrDefault(release => release.Outcome == ReleaseOutcome.Succeeded)?.Number.ToString() ?? "none"),
            ("Ready", status.Workloads.Count(workload => workload.Readiness.State == ReadyState.Ready)),
            ("Not ready", status.Workloads.Count(workload => workload.Readiness.State != ReadyState.Ready)));
    }

    async Task DiagnoseAsync()
    {
        var findings = await ShowFindingsAsync();
        this.Report(("Findings", findings));
        if (findings > 0)
        {
            throw new PipelineException($"{findings} of the namespace's objects are not ready.", "Do what is said above about each.");
        }
    }

    /// <returns>How many objects are not ready.</returns>
    async Task<int> ShowFindingsAsync()
    {
        var findings = await new NamespaceDiagnosis(await Session.Kubernetes, TimeProvider.System, ManifestSources.Read(Overlay)).RunAsync(Session.Settings.Namespace, Session.Cancellation);
        Printing.Show("Findings", [.. findings.SelectMany(finding => finding.Message.Split('\n').Append($"  to do: {finding.Remedy}")).DefaultIfEmpty("Everything in the namespace is ready")]);
        return findings.Count;
    }

    static string Describe(Release release) =>
        $"{release.Number}: {release.Outcome}, version {release.Version}{(release.RollbackTo is { } to ? $" (release {to} again)" : "")}, {release.At:u} by {release.By}{(release.Run is { } run ? $" ({run})" : "")}"
        + (release.Reason is null ? "" : $": {release.Reason}");
}
