namespace Tiketi.Pipeline.Releases;

/// <summary>Chooses the release that a rollback returns to.</summary>
public static class Rollback
{
    /// <param name="history">All that are recorded, newest first.</param>
    /// <param name="to">The wanted release; null for the one before what runs - or for what ran, where the newest release failed.</param>
    /// <exception cref="PipelineException">There is no such release, it never succeeded, or nothing is recorded.</exception>
    public static Release Target(IReadOnlyList<Release> history, int? to)
    {
        var good = history.Where(release => release.Outcome == ReleaseOutcome.Succeeded).ToList();
        var remedy = good.Count == 0 ? "Run DeployK8s." : $"Name one of those that succeeded: --to {string.Join(", ", good.Select(release => release.Number))}.";
        if (to is { } number)
        {
            return good.Find(release => release.Number == number) ?? throw new PipelineException(
                history.Any(release => release.Number == number) ? $"Release {number} never succeeded, so it is nothing to return to." : $"There is no record of release {number}.", remedy);
        }

        if (good.Count == 0)
        {
            throw new PipelineException("No release that succeeded is recorded in this namespace, so there is nothing to return to.", remedy);
        }

        return history[0] != good[0]
            ? good[0]
            : good.Find(release => release.Number < Content(good[0], history)) ?? throw new PipelineException($"Release {good[0].Number} is the first that succeeded: there is none before it.", remedy);
    }

    /// <summary>The number under which the release's content was new: a release that put another back is that one's twin.</summary>
    private static int Content(Release release, IReadOnlyList<Release> history)
    {
        while (release.RollbackTo is { } original)
        {
            if (history.FirstOrDefault(earlier => earlier.Number == original) is not { } found)
            {
                return original;
            }

            release = found;
        }

        return release.Number;
    }
}
