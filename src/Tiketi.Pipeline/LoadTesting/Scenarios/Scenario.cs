using System.Text.Json.Nodes;

namespace Tiketi.Pipeline.LoadTesting.Scenarios;

/// <summary>What visitors do, how many of them come, and what must hold meanwhile: one file in the application's folder load/.</summary>
/// <param name="Name">The file's name without extension.</param>
/// <param name="Description">For the report.</param>
/// <param name="Model">How many visitors come; each goes through one flow.</param>
/// <param name="Thresholds">Held against all requests together.</param>
/// <param name="Flows">At least one, unless there is a queue.</param>
/// <param name="Queue">The waiting queue that all visitors go through; null in a scenario of flows.</param>
public sealed record Scenario(
    string Name, string? Description, LoadModel Model, IReadOnlyList<LoadThreshold> Thresholds, IReadOnlyList<ScenarioFlow> Flows, ScenarioQueue? Queue = null)
{
    /// <summary>Every measured step with its name for the report.</summary>
    internal IEnumerable<(string Name, ScenarioStep Step)> Steps => Queue is null
        ? Flows.SelectMany(flow => flow.Steps.Select(step => ($"{flow.Name}: {step.Name}", step)))
        : Queue.Before.Append(Queue.Enter).Select(step => ($"queue: {step.Name}", step));
}

/// <summary>Requests that one visitor sends one after the other, each when the last was answered.</summary>
/// <param name="Name">For the report.</param>
/// <param name="Weight">How often it is taken, in proportion to the others'.</param>
/// <param name="Steps">In order; the first that fails ends the flow.</param>
/// <param name="CleanUp">Sent at the end in any case, as far as what they name was captured; not measured.</param>
public sealed record ScenarioFlow(string Name, int Weight, IReadOnlyList<ScenarioStep> Steps, IReadOnlyList<ScenarioStep> CleanUp);

/// <summary>An event's waiting queue: visitors enter it over HTTP and follow it over Socket.IO until it is their turn.</summary>
/// <param name="Before">What each visitor does before the first one enters, such as to register and log in.</param>
/// <param name="Enter">Takes a place; an answer with "admitted": true lets the visitor in at once.</param>
/// <param name="Follow">How the place is followed.</param>
/// <param name="Patience">Who is not admitted within that time is lost.</param>
/// <param name="Stay">How long an admitted visitor keeps the place before leaving.</param>
/// <param name="Thresholds">Held against the time in the queue; an error is a visitor who was not admitted.</param>
/// <param name="CleanUp">Sent for each visitor at the end in any case; not measured.</param>
public sealed record ScenarioQueue(
    IReadOnlyList<ScenarioStep> Before, ScenarioStep Enter, QueueFollow Follow, TimeSpan Patience, TimeSpan Stay,
    IReadOnlyList<LoadThreshold> Thresholds, IReadOnlyList<ScenarioStep> CleanUp);

/// <summary>
/// The queue's live side. The answer to joining, and every update, is an object with "admitted" (true or false) and "position".
/// </summary>
/// <param name="Path">Of Socket.IO.</param>
/// <param name="Auth">Sent when the connection is made; {names} are filled in.</param>
/// <param name="Join">The event that asks to be told about the place.</param>
/// <param name="Message">Sent with <paramref name="Join"/>; {names} are filled in.</param>
/// <param name="Update">The event that tells a new place.</param>
/// <param name="Admitted">The event that comes once, when it is the visitor's turn.</param>
public sealed record QueueFollow(string Path, JsonNode? Auth, string Join, JsonNode? Message, string Update, string Admitted);

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
