using System.Globalization;
using System.Text.RegularExpressions;
using Tiketi.Pipeline.Configuration;

namespace Tiketi.Pipeline.LoadTesting.Scenarios;

/// <summary>Reads <c>load/NAME.yaml</c> of the application.</summary>
public static partial class ScenarioFile
{
    private const string LoadForms = "allowed: 'rate: 20/s' or 'rate: 5/s to 50/s' with 'for: 30s', or 'users: 10' with 'visits: 1000'";

    private static readonly string[] Methods = ["get", "post", "put", "patch", "delete"];

    /// <param name="directory">The folder with the scenarios.</param>
    /// <param name="name">A file's name without extension.</param>
    /// <exception cref="PipelineException">There is no such scenario, or its file is wrong: every problem with its line.</exception>
    public static Scenario Load(string directory, string name)
    {
        var file = Path.Combine(directory, name + ".yaml");
        if (!File.Exists(file))
        {
            string[] files = Directory.Exists(directory) ? Directory.GetFiles(directory, "*.yaml") : [];
            var known = files.Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal);
            throw new PipelineException($"There is no load scenario '{name}'.", $"Known scenarios: {string.Join(", ", known)}. Add load/{name}.yaml to the application to make a new one.");
        }

        return Parse($"load/{name}.yaml", name, File.ReadAllText(file));
    }

    internal static Scenario Parse(string file, string name, string text)
    {
        var root = YamlSection.Parse(file, text);
        var scenario = new Scenario(
            name, root.Text("description"), ModelOf(root.Section("load"), root), ThresholdsOf(root), [.. root.Sections("flows").Select(FlowOf)], ScenarioQueueFile.Read(root.Section("queue")));
        if (scenario.Flows.Count == 0 == scenario.Queue is null)
        {
            root.Report(scenario.Queue is null ? "flows" : "queue", "a scenario has either 'flows', a list of what visitors do, or a 'queue' that they go through");
        }

        root.ThrowIfInvalid();
        return scenario;
    }

    private static LoadModel ModelOf(YamlSection load, YamlSection root)
    {
        var (rate, duration, connections) = (load.Text("rate"), load.Text("for"), load.Number("connections", 1, 50_000));
        var (users, visits) = (load.Number("users", 1, 50_000), load.Number("visits", 1, 1_000_000_000));
        if (rate is not null && duration is not null && users is null && visits is null)
        {
            var rates = Rate().Match(rate);
            if (rates.Success && TryDuration(duration) is { } time)
            {
                return new LoadModel.Open(
                    Number(rates, "first"),
                    time,
                    connections ?? 256,
                    rates.Groups["last"].Success ? Number(rates, "last") : null);
            }
        }
        else if (users is not null && visits is not null && rate is null && duration is null)
        {
            return new LoadModel.Closed(visits.Value, users.Value);
        }

        root.Report("load", $"'load' does not say how many visitors come; {LoadForms}");
        return new LoadModel.Closed(1, 1);
    }

    internal static IReadOnlyList<LoadThreshold> ThresholdsOf(YamlSection root)
    {
        var thresholds = new List<LoadThreshold>();
        foreach (var text in root.Texts("thresholds"))
        {
            try
            {
                thresholds.Add(LoadThreshold.Parse(text));
            }
            catch (PipelineException wrong)
            {
                root.Report("thresholds", $"{wrong.Message} {wrong.Remedy}");
            }
        }

        return thresholds;
    }

    private static ScenarioFlow FlowOf(YamlSection section)
    {
        var captured = new HashSet<string>(StringComparer.Ordinal) { ScenarioText.Unique };
        var flow = new ScenarioFlow(
            section.Text("name") ?? "visit",
            section.Number("weight", 1, 1000) ?? 1,
            [.. section.Sections("steps").Select(step => StepOf(step, captured))],
            [.. section.Sections("cleanUp").Select(step => StepOf(step, captured))]);
        if (flow.Steps.Count == 0)
        {
            section.Report("steps", "'steps' is missing: list the requests of this flow");
        }

        return flow;
    }

    /// <summary>"30s" or "2m"; null where that is not what stands there.</summary>
    internal static TimeSpan? TryDuration(string text) =>
        Duration().Match(text) is { Success: true } match ? TimeSpan.FromSeconds(Number(match, "count") * (match.Groups["unit"].Value == "m" ? 60 : 1)) : null;

    internal static ScenarioStep StepOf(YamlSection section, HashSet<string> captured)
    {
        var found = Methods.Where(method => section.Text(method) is not null).ToList();
        if (found.Count != 1)
        {
            section.Report(found.Count == 0 ? "get" : found[1], $"a step is one request: {string.Join(", ", Methods.Select(method => $"'{method}: /path'"))}");
        }

        var method = found.FirstOrDefault() ?? "get";
        var path = section.Text(method) ?? "/";
        if (!path.StartsWith('/'))
        {
            section.Report(method, $"'{path}' is no path below the API's address; allowed: one that begins with '/'");
        }

        var step = new ScenarioStep(HttpMethod.Parse(method), path, section.Section("headers").FreeText(), section.Json("json"), CapturesOf(section));
        RequireCaptured(section, method, ScenarioText.NamesIn(step), captured);
        captured.UnionWith(step.Captures.Keys);
        return step;
    }

    internal static void RequireCaptured(YamlSection section, string key, IEnumerable<string> names, HashSet<string> captured)
    {
        foreach (var name in names.Where(name => !captured.Contains(name)))
        {
            section.Report(key, $"{{{name}}} is captured by no earlier step; known here: {string.Join(", ", captured.Order(StringComparer.Ordinal))}");
        }
    }

    private static Dictionary<string, JsonPointer> CapturesOf(YamlSection section)
    {
        var captures = new Dictionary<string, JsonPointer>(StringComparer.Ordinal);
        var entries = section.Section("capture");
        foreach (var (name, path) in entries.FreeText())
        {
            if (JsonPointer.TryParse(path) is { } pointer)
            {
                captures[name] = pointer;
            }
            else
            {
                entries.Report(name, $"'{path}' is no path into a JSON answer; allowed: such as token or events[0].id");
            }
        }

        return captures;
    }

    private static double Number(Match match, string group) => double.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^(?<first>\d+(\.\d+)?)\s*/s(\s+to\s+(?<last>\d+(\.\d+)?)\s*/s)?$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Rate();

    [GeneratedRegex(@"^(?<count>\d+(\.\d+)?)\s*(?<unit>s|m)$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Duration();
}
