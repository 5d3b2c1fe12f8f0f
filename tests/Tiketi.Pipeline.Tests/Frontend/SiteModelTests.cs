using System.Text;
using Tiketi.Pipeline.Frontend;

namespace Tiketi.Pipeline.Tests.Frontend;

/// <summary>
/// All interleavings of what a sync does (uploads and deletions in any order within a phase, a kill between any two requests)
/// with what a visitor does (open any page, load what it refers to at any later time). The plans are the real ones; bucket and
/// visitor are the model's.
/// </summary>
public sealed class SiteModelTests
{
    private const int Keep = 1;
    private const int Builds = 5;

    private static readonly SiteSyncRequest Request = new() { Bucket = "model", Directory = "model", KeepReleases = Keep, KeepFor = TimeSpan.Zero };

    [Fact]
    public void NoVisitor_EverMissesAFile()
    {
        var explored = Explore(phases => phases, out var violation);

        violation.Should().BeNull();
        explored.Should().BeGreaterThan(4_000, "all interleavings are looked at");
    }

    [Fact]
    public void PagesBeforeTheirAssets_AreFoundOut()
    {
        Explore(phases => [.. phases.Reverse()], out var violation);

        violation.Should().Contain("is missing", "otherwise the checker could not fail");
    }

    [Fact]
    public void DeletionsWithoutDelay_AreFoundOut()
    {
        Explore(phases => phases, out var violation, Request with { KeepReleases = 0 });

        violation.Should().Contain("is missing");
    }

    /// <summary>What the build contains: two pages, each with its own hashed script, and a style that never changes.</summary>
    private static Dictionary<string, SiteFile> Site(int build) => new[]
    {
        File($"static/js/main.{build:d7}a.js", build), File($"static/js/about.{build:d7}b.js", build), File("static/css/main.0123abcd.css", 0),
        File("about.html", build), File("index.html", build),
    }.ToDictionary(file => file.Key);

    private static SiteFile File(string key, int build) =>
        new(key, 1, $"{build:d32}", SiteCacheRules.KindOf(key), SiteCacheRules.ContentTypeOf(key), SiteCacheRules.CacheControlOf(key), Path: key);

    private static IEnumerable<string> ReferencesOf(string page, int build) =>
        page == "about.html" ? [$"static/js/about.{build:d7}b.js"] : [$"static/js/main.{build:d7}a.js", "static/css/main.0123abcd.css"];

    /// <returns>The number of states seen.</returns>
    private static int Explore(Func<IReadOnlyList<Phase>, IReadOnlyList<Phase>> order, out string? violation, SiteSyncRequest? request = null)
    {
        var seen = new HashSet<string>();
        var open = new Stack<State>([new State()]);
        violation = null;
        while (open.TryPop(out var state) && violation is null)
        {
            if (seen.Add(state.ToString()))
            {
                foreach (var next in state.Next(order, request ?? Request))
                {
                    violation ??= next.Violation;
                    open.Push(next);
                }
            }
        }

        return seen.Count;
    }

    /// <summary>Requests in any order; all of them before the next phase.</summary>
    private sealed record Phase(bool Deletes, IReadOnlyList<(string Key, int Build)> Objects);

    private sealed record Visitor(int Since, IReadOnlyList<string> Needs);

    private sealed record State
    {
        public IReadOnlyDictionary<string, int> Bucket { get; init; } = new SortedDictionary<string, int>(StringComparer.Ordinal);

        public SiteManifest Manifest { get; init; } = new();

        public int Build { get; init; }

        public SitePlan? Plan { get; init; }

        public IReadOnlyList<Phase> Rest { get; init; } = [];

        public bool WasKilled { get; init; }

        public Visitor? Visitor { get; init; }

        public string? Violation { get; init; }

        public IEnumerable<State> Next(Func<IReadOnlyList<Phase>, IReadOnlyList<Phase>> order, SiteSyncRequest request) => [.. Sync(order, request), .. Visit()];

        // Everything that decides what may follow.
        public override string ToString() => new StringBuilder()
            .AppendJoin(';', Bucket.Select(entry => $"{entry.Key}={entry.Value}"))
            .Append('|').Append(Build).Append(WasKilled).Append(Plan?.Release.Number).Append(Manifest.Release?.Number)
            .Append('|').AppendJoin(';', Manifest.Objects.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => $"{entry.Key}={entry.Value.Md5}{entry.Value.SupersededIn}"))
            .Append('|').AppendJoin(';', Rest.SelectMany(phase => phase.Objects).Select(item => item.Key))
            .Append('|').Append(Visitor?.Since).AppendJoin(';', Visitor?.Needs ?? [])
            .ToString();

        private IEnumerable<State> Sync(Func<IReadOnlyList<Phase>, IReadOnlyList<Phase>> order, SiteSyncRequest request)
        {
            if (Plan is null)
            {
                if (Build < Builds)
                {
                    var plan = SitePlan.Of(Site(Build + 1), Manifest with { Lock = null }, request, DateTimeOffset.UnixEpoch);
                    var uploads = plan.Uploads.GroupBy(file => file.Kind).Select(phase => new Phase(false, [.. phase.Select(file => (file.Key, int.Parse(file.Md5)))])).ToList();
                    var deletes = plan.Deletes.GroupBy(key => SiteCacheRules.KindOf(key)).Select(phase => new Phase(true, [.. phase.Select(key => (key, 0))]));
                    yield return this with { Build = Build + 1, Plan = plan, Manifest = plan.Intent(new SiteLock("model", 0)), Rest = [.. order(uploads), .. deletes] };
                }

                yield break;
            }

            if (!WasKilled)
            {
                yield return this with { Plan = null, Rest = [], WasKilled = true }; // the next build meets what this one left
            }

            if (Rest.Count == 0)
            {
                yield return this with { Plan = null, Manifest = Plan.After(Plan.Uploads.Select(file => file.Key).ToHashSet(), complete: true) };
                yield break;
            }

            // Whoever still has a page open that is older than what is kept has to reload.
            var visitor = Rest[0].Deletes && Visitor?.Since < Plan.Release.Number - Keep ? null : Visitor;
            foreach (var item in Rest[0].Objects)
            {
                var bucket = new SortedDictionary<string, int>(Bucket.ToDictionary(), StringComparer.Ordinal);
                _ = Rest[0].Deletes ? bucket.Remove(item.Key) : (bucket[item.Key] = item.Build) > 0;
                var left = Rest[0].Objects.Where(other => other != item).ToList();
                yield return this with { Bucket = bucket, Visitor = visitor, Rest = left.Count == 0 ? [.. Rest.Skip(1)] : [Rest[0] with { Objects = left }, .. Rest.Skip(1)] };
            }
        }

        private IEnumerable<State> Visit()
        {
            if (Visitor is null)
            {
                foreach (var (page, build) in Bucket.Where(entry => entry.Key.EndsWith(".html", StringComparison.Ordinal)))
                {
                    yield return this with { Visitor = new Visitor(Manifest.Release?.Number ?? 0, [.. ReferencesOf(page, build)]) };
                }

                yield break;
            }

            yield return this with { Visitor = null };
            foreach (var need in Visitor.Needs)
            {
                yield return Bucket.ContainsKey(need)
                    ? this with { Visitor = Visitor with { Needs = [.. Visitor.Needs.Where(other => other != need)] } }
                    : this with { Violation = $"{need} is missing in {this}" };
            }
        }
    }
}
