using System.Text.Json.Nodes;

namespace Tiketi.Pipeline.LoadTesting.Scenarios;

/// <summary>What visitors do, how many of them come, and what must hold meanwhile: one file in the application's folder load/.</summary>
/// <param name="Name">The file's name without extension.</param>
/// <param name="Description">For the report.</param>
/// <param name="Model">How many visitors come; each goes through one flow.</param>
/// <param name="Thresholds">Held against all requests together.</param>
/// <param name="Flows">At least one.</param>
public sealed record Scenario(string Name, string? Description, LoadModel Model, IReadOnlyList<LoadThreshold> Thresholds, IReadOnlyList<ScenarioFlow> Flows);

/// <summary>Requests that one visitor sends one after the other, each when the last was answered.</summary>
/// <param name="Name">For the report.</param>
/// <param name="Weight">How often it is taken, in proportion to the others'.</param>
/// <param name="Steps">In order; the first that fails ends the flow.</param>
/// <param name="CleanUp">Sent at the end in any case, as far as what they name was captured; not measured.</param>
public sealed record ScenarioFlow(string Name, int Weight, IReadOnlyList<ScenarioStep> Steps, IReadOnlyList<ScenarioStep> CleanUp);

/// <summary>One request. In the path, the headers and the body, {name} is a captured value, or {unique}, another text for each visitor.</summary>
/// <param name="Method">GET, POST ...</param>
/// <param name="Path">Below the API's address.</param>
/// <param name="Headers">By name.</param>
/// <param name="Body">Sent as JSON; null for none.</param>
/// <param name="Captures">Path into the answer's JSON, such as "events[0].id", by the name it gets.</param>
public sealed record ScenarioStep(
    HttpMethod Method, string Path, IReadOnlyDictionary<string, string> Headers, JsonNode? Body, IReadOnlyDictionary<string, JsonPointer> Captures)
{
    /// <summary>For the report: "GET /api/tickets/events/{event}".</summary>
    public string Name => $"{Method} {Path}";
}
