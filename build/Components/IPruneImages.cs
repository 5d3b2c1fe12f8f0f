using Tiketi.Pipeline.Aws;
using Tiketi.Pipeline.Configuration;
using Tiketi.Pipeline.Registry.Pruning;

/// <summary>Images that nothing runs any more, out of the registry.</summary>
interface IPruneImages : IHazEnvironment
{
    [Parameter("Delete what PruneImages lists as going; without it nothing is deleted", Name = "delete-images")]
    bool DeleteImages => TryGetValue<bool?>(() => DeleteImages) ?? false;

    [Parameter("How many successful releases keep their images (default: 10)", Name = "keep-releases")]
    int KeepReleases => TryGetValue<int?>(() => KeepReleases) ?? 10;

    [Parameter("Images younger than this many days stay: a run may be about to deploy them (default: 1)", Name = "keep-days")]
    int KeepDays => TryGetValue<int?>(() => KeepDays) ?? 1;

    async Task PruneImagesAsync()
    {
        var pruner = new ImagePruner(Session.Aws.Ecr, TimeProvider.System, Session.Logger<ImagePruner>());
        var plan = await pruner.PlanAsync(
            new PruneRequest
            {
                Registry = await Session.Outputs.RequireAsync("registry", "RegistryUri", Session.Cancellation),
                Repositories = [.. Session.Services.Select(service => service.Repository).Distinct(StringComparer.Ordinal)],
                Environments = await UsesAsync(),
                MinimumAge = TimeSpan.FromDays(KeepDays),
            },
            Session.Cancellation);
        Printing.Show("Images", [.. plan.Decisions.Select(Line), .. plan.BlindSpots.Select(blind => $"unknown: what {blind.Environment} runs. {blind.Unknown}")]);
        var deleted = DeleteImages ? await pruner.DeleteAsync(plan, Session.Cancellation) : 0;
        this.Report(("Stay", plan.Decisions.Count - plan.Going.Count), (DeleteImages ? "Deleted" : "May go", DeleteImages ? deleted : plan.Going.Count), ("MiB", plan.Bytes / 1024 / 1024));
        if (!DeleteImages && plan.Going.Count > 0)
        {
            Log.Information("Nothing was deleted. With --delete-images, {Count} images go", plan.Going.Count);
        }
    }

    /// <summary>This environment, and on AWS every other one: an account may hold several, and their clusters may pull from here.</summary>
    async Task<IReadOnlyList<EnvironmentUse>> UsesAsync()
    {
        var directory = RootDirectory / "environments";
        var others = Session.IsLocal ? [] : EnvironmentFile.Names(directory).Where(name => name != Session.Settings.Name).Select(name => EnvironmentFile.Load(directory, name)).Where(other => other.LocalCloud is null);
        var uses = new List<EnvironmentUse>();
        foreach (var settings in others.Prepend(Session.Settings))
        {
            using var elsewhere = settings.Region == Session.Settings.Region ? null : new AwsClients(new AwsSettings { Region = settings.Region, Credentials = Session.Aws.Settings.Credentials });
            uses.Add(await EnvironmentImages.ReadAsync(elsewhere ?? Session.Aws, settings, KeepReleases, TimeProvider.System, Session.Cancellation));
        }

        return uses;
    }

    static string Line(PruneDecision image) =>
        $"{(image.Goes ? "goes " : "stays")} {image.RepositoryName}@{image.Digest[..19]} [{string.Join(", ", image.Tags)}] {image.Bytes / 1024.0 / 1024:0.0} MiB: {image.Reason}";
}
