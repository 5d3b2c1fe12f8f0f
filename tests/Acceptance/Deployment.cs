using System.Text.RegularExpressions;

namespace Tiketi.Acceptance;

/// <summary>One <c>./build.sh Deploy</c> of a fresh checkout, which all tests of the collection look at.</summary>
public sealed partial class Deployment : IAsyncLifetime
{
    internal Checkout Checkout { get; private set; } = null!;

    internal Command.Result First { get; private set; } = null!;

    internal HttpClient Http { get; } = new() { Timeout = TimeSpan.FromSeconds(30) };

    public async ValueTask InitializeAsync()
    {
        Checkout = await Checkout.CreateAsync();
        First = await Checkout.BuildAsync("Deploy");
        First.ShouldSucceed();
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        var down = await Checkout.BuildAsync("LocalDown");
        down.ShouldSucceed();
        await Checkout.DeleteAsync();
    }

    /// <summary>The figures that a target's line of the summary table shows, as <c>Key: 3</c>.</summary>
    internal static IReadOnlyDictionary<string, string> Summary(Command.Result run, string target)
    {
        var line = run.Output.Split('\n').LastOrDefault(line => SummaryLine().Match(line) is { Success: true } match && match.Groups["target"].Value == target);
        line.Should().NotBeNull("the summary must have a line for {0}:\n{1}", target, run.Output);
        var comment = line!.Split("//", 2).ElementAtOrDefault(1) ?? "";
        return comment.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(pair => pair.Split(':', 2))
            .Where(pair => pair.Length == 2)
            .ToDictionary(pair => pair[0].Trim(), pair => pair[1].Trim(), StringComparer.Ordinal);
    }

    [GeneratedRegex(@"^(?<target>\w+)\s+(Succeeded|Failed|Skipped|NotRun|Aborted)\b", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SummaryLine();
}

/// <summary>The tests share one deployment and run one after another.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class DeploymentCollection : ICollectionFixture<Deployment>
{
    public const string Name = "deployment";
}
