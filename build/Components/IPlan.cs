using Tiketi.Pipeline.Cdn;
using Tiketi.Pipeline.Images;
using Tiketi.Pipeline.Infrastructure;
using Tiketi.Pipeline.Kubernetes;
using Tiketi.Pipeline.Releases;

/// <summary>What Deploy would do, asked of every layer in turn; nothing is changed.</summary>
interface IPlan : IDeployK8s, ISyncS3, IInvalidateCdn, IInfrastructure
{
    async Task PlanAsync()
    {
        var images = await PlanImagesAsync();
        var infrastructure = await PlanStacksAsync();
        var deployed = infrastructure.Stacks.All(stack => stack.Action is StackAction.None or StackAction.Update);
        if (!deployed)
        {
            Log.Information("Cluster, site and CDN: all new, once the stacks exist");
            this.Report(("Images to build", images.Count(image => !image.Exists)), ("Stacks to change", infrastructure.StacksChanged));
            return;
        }

        var objects = await Access.WhereAllowedAsync("Cluster", () => PlanClusterAsync(images.ToDictionary(image => image.Service, image => image.Reference, StringComparer.Ordinal)));
        var site = await Access.WhereAllowedAsync("Site", () => SyncSiteAsync(dryRun: true));
        this.Report(
            ("Images to build", images.Count(image => !image.Exists)),
            ("Stacks to change", infrastructure.StacksChanged),
            ("Objects to write", objects is null ? "not compared" : objects.Writes),
            ("Files to upload", site is null ? "not compared" : site.Uploaded),
            ("Paths to invalidate", site is null ? "not compared" : site.ChangedPaths.Count));
    }

    async Task<IReadOnlyList<(string Service, string Reference, bool Exists)>> PlanImagesAsync()
    {
        var publisher = Session.Publisher;
        var builder = ImageBuilder;
        var plan = new List<(string Service, string Reference, bool Exists)>();
        var lines = new List<string>();
        foreach (var request in ImageRequests)
        {
            var tag = await builder.TagAsync(request, Session.Cancellation);
            var digest = await publisher.FindPublishedAsync(request.Repository, tag, Session.Cancellation);
            lines.Add($"{request.Service}: {(digest is null ? "build and push" : "nothing to do for")} {request.Repository}:{tag}");
            plan.Add((request.Service, digest is null ? $"{request.Repository}:{tag}" : $"{request.Repository}@{digest}", digest is not null));
        }

        Printing.Show("Images", lines);
        return plan;
    }

    async Task<ApplyResult> PlanClusterAsync(IReadOnlyDictionary<string, string> images)
    {
        var registry = await Session.Outputs.RequireAsync("registry", "RegistryUri", Session.Cancellation);
        var manifests = await ManifestsAsync(images.ToDictionary(image => image.Key, image => $"{registry}/{image.Value}", StringComparer.Ordinal));
        var deployment = new ServiceDeployment(await Session.Kubernetes, TimeProvider.System, Session.Loggers);
        var (result, pruned) = await deployment.PlanAsync(Session.Settings.Namespace, manifests, ForceConflicts, Session.Cancellation);
        Printing.Show("Cluster (would be)", [.. Lines(result, pruned)]);
        return result;
    }
}
