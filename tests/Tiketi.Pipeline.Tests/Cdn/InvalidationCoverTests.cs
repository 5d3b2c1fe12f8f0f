using CsCheck;
using Tiketi.Pipeline.Cdn;

namespace Tiketi.Pipeline.Tests.Cdn;

public sealed class InvalidationCoverTests
{
    [Fact]
    public void ExactPaths_WhileTheyFitTheBudget() =>
        InvalidationCover.Of(["/index.html", "/", "/robots.txt"], Others("/static/js/main.1a2b3c4d.js"), 15)
            .Should().Equal("/", "/index.html", "/robots.txt");

    [Fact]
    public void AWildcard_WhereItEvictsNothingElse() =>
        InvalidationCover.Of(["/docs/a.html", "/docs/b.html", "/index.html"], Others("/static/js/main.1a2b3c4d.js"), 15)
            .Should().Equal("/docs/*", "/index.html");

    [Fact]
    public void TooManyPaths_EvictTheCheapestThatSuffices() =>
        InvalidationCover.Of(["/a/1", "/a/2", "/b/1", "/b/2"], Others("/a/3", "/b/3", "/b/4"), 3)
            .Should().Equal("/a/*", "/b/1", "/b/2");

    [Fact]
    public void Everything_WhenNothingElseIsCached() => InvalidationCover.Of(["/", "/index.html", "/x/y.html"], Others(), 15).Should().Equal("/*");

    [Fact]
    public void NothingChanged_NothingToInvalidate() => InvalidationCover.Of([], Others("/a"), 15).Should().BeEmpty();

    [Fact]
    public void TenThousandPaths_AreQuick()
    {
        var changed = Enumerable.Range(0, 10_000).Select(number => $"/docs/{number % 97}/{number}.html").ToList();
        var others = Enumerable.Range(0, 10_000).Select(number => KeyValuePair.Create($"/docs/{number % 89}/{number}.png", 1L));

        var watch = System.Diagnostics.Stopwatch.StartNew();
        InvalidationCover.Of(changed, others, 15).Should().HaveCountLessThanOrEqualTo(15);

        watch.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(10));
    }

    /// <summary>Against every way to cover up to 12 paths by exact paths and prefixes.</summary>
    [Fact]
    public void IsOptimal() =>
        (from names in Gen.String[Gen.Char["ab/"], 0, 5].HashSet[2, 12]
         from changed in Gen.Bool.Array[names.Count]
         from weights in Gen.Long[0, 3].Array[names.Count]
         from budget in Gen.Int[1, 5]
         select (names: names.Select(name => "/" + name).ToArray(), changed, weights, budget))
        .Sample(site =>
        {
            var changed = site.names.Where((_, index) => site.changed[index]).ToArray();
            var others = site.names.Select((name, index) => KeyValuePair.Create(name, site.weights[index])).Where((_, index) => !site.changed[index]).ToArray();

            var cover = InvalidationCover.Of(changed, others, site.budget);

            cover.Count.Should().BeLessThanOrEqualTo(site.budget);
            changed.Should().OnlyContain(path => cover.Any(pattern => Matches(pattern, path)));
            Cost(cover, others).Should().Be(BruteForce(changed, others, site.budget));
        }, iter: 3000, threads: 1);

    private static (long Evicted, int Count) BruteForce(string[] changed, KeyValuePair<string, long>[] others, int budget)
    {
        var best = (Evicted: long.MaxValue, Count: int.MaxValue);
        Try([]);
        return best == (long.MaxValue, int.MaxValue) ? (0, 0) : best;

        void Try(List<string> chosen)
        {
            var open = changed.FirstOrDefault(path => !chosen.Any(pattern => Matches(pattern, path)));
            var cost = Cost(chosen, others);
            if (cost.CompareTo(best) >= 0)
            {
                return;
            }

            if (open is null)
            {
                best = cost;
            }
            else if (chosen.Count < budget)
            {
                foreach (var pattern in Enumerable.Range(1, open.Length).Select(length => open[..length] + "*").Append(open))
                {
                    Try([.. chosen, pattern]);
                }
            }
        }
    }

    private static (long Evicted, int Count) Cost(IReadOnlyCollection<string> cover, IEnumerable<KeyValuePair<string, long>> others) =>
        (others.Where(other => cover.Any(pattern => Matches(pattern, other.Key))).Sum(other => other.Value), cover.Count);

    private static bool Matches(string pattern, string path) =>
        pattern.EndsWith('*') ? path.StartsWith(pattern[..^1], StringComparison.Ordinal) : path == pattern;

    private static IEnumerable<KeyValuePair<string, long>> Others(params string[] paths) => paths.Select(path => KeyValuePair.Create(path, 1L));
}
