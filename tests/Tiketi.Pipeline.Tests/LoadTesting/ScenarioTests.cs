using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Tiketi.Pipeline.LoadTesting;
using Tiketi.Pipeline.LoadTesting.Scenarios;
using Tiketi.Testing;

namespace Tiketi.Pipeline.Tests.LoadTesting;

public sealed class ScenarioTests
{
    private const string Shop = """
        description: A shop
        load: { users: 4, visits: 100 }
        thresholds: [errors<1%, p99<20s]
        flows:
          - name: look
            weight: 3
            steps:
              - get: /items
                capture: { item: "list[1].id" }
              - get: /items/{item}
          - name: join
            steps:
              - post: /users
                headers: { X-Client: load }
                json: { name: "n-{unique}", age: 30, tags: [a, "{unique}"] }
                capture: { user: id }
              - get: /users/{user}
            cleanUp:
              - delete: /users/{user}
        """;

    [Fact]
    public async Task Visitors_go_through_their_flows_with_what_the_answers_held()
    {
        var users = new Dictionary<string, string>(StringComparer.Ordinal);
        var bodies = new List<string>();
        await using var server = await WebServer.StartAsync(application => application.Run(async context =>
        {
            var (path, method) = (context.Request.Path.Value!, context.Request.Method);
            using var reader = new StreamReader(context.Request.Body);
            var body = await reader.ReadToEndAsync();
            lock (users)
            {
                switch (method, path)
                {
                    case ("GET", "/"):
                        return;
                    case ("POST", "/users"):
                        bodies.Add($"{context.Request.Headers["X-Client"]} {context.Request.ContentType} {body}");
                        users.Add($"{users.Count + 1000}", body);
                        body = $$"""{ "id": {{users.Count + 999}} }""";
                        break;
                    case ("GET", "/items"):
                        body = """{ "list": [ { "id": 1 }, { "id": "two" } ] }""";
                        break;
                    case ("GET", "/items/two"):
                        body = "{}";
                        break;
                    default:
                        var id = path.Split('/')[^1];
                        context.Response.StatusCode = users.TryGetValue(id, out var user) && user != "" ? 200 : 404;
                        users[id] = method == "DELETE" ? "" : user ?? "";
                        break;
                }
            }

            await context.Response.WriteAsync(body);
        }));

        var result = await RunAsync(ScenarioFile.Parse("load/shop.yaml", "shop", Shop), server.Address);

        result.All.Should().BeEquivalentTo(new { Requests = 200L, Errors = 0L, Passed = true });
        result.Steps.Select(step => (step.Name, step.Result.Requests)).Should().Equal(
            ("look: GET /items", 75), ("look: GET /items/{item}", 75), ("join: POST /users", 25), ("join: GET /users/{user}", 25));
        bodies.Should().OnlyHaveUniqueItems().And.AllSatisfy(body => body.Should().MatchRegex("""^load application/json \{"name":"n-(\w+-\d+)","age":30,"tags":\["a","\1"\]\}$"""));
        users.Values.Should().HaveCount(25).And.AllBe("", "each was cleaned up");
        result.NotCleanedUp.Should().Be(0);
        ScenarioReport.ToText(result).Should().Contain("      75       0").And.Contain("look: GET /items/{item}");
    }

    [Fact]
    public async Task A_step_that_fails_ends_the_flow_and_is_told_by_kind()
    {
        await using var server = await WebServer.StartAsync(application => application.Run(async context =>
        {
            context.Response.StatusCode = context.Request.Path == "/users" ? 503 : 200;
            await context.Response.WriteAsync("""{ "list": [] }""");
        }));

        var result = await RunAsync(ScenarioFile.Parse("load/shop.yaml", "shop", Shop), server.Address);

        result.All.ErrorsByKind.Should().Equal(new Dictionary<string, long>(StringComparer.Ordinal) { ["no list[1].id in the answer"] = 75, ["HTTP 503"] = 25 });
        result.All.Passed.Should().BeFalse();
        result.Steps.Select(step => step.Result.Requests).Should().Equal(75, 0, 25, 0);
        result.NotCleanedUp.Should().Be(0, "nothing was captured that could be removed");
    }

    [Theory]
    [InlineData("load: { users: 4, visits: 100 }", "load: { rate: 5/s to 50/s, for: 2m, connections: 9 }", "5 to 50 requests/s for 120 s (open model)")]
    [InlineData("load: { users: 4, visits: 100 }", "load: { rate: 2.5 /s, for: 30s }", "2.5 requests/s for 30 s (open model)")]
    [InlineData("", "", "100 requests, 4 at a time (closed model)")]
    public void The_load_is_read(string text, string other, string model) =>
        ScenarioFile.Parse("load/shop.yaml", "shop", text.Length == 0 ? Shop : Shop.Replace(text, other, StringComparison.Ordinal)).Model.ToString().Should().Be(model);

    [Theory]
    [InlineData("load: { users: 4, visits: 100 }", "load: { users: 4 }", "load/shop.yaml:2: 'load' does not say how many visitors come")]
    [InlineData("load: { users: 4, visits: 100 }", "load: { rate: 5, for: 2m }", "load/shop.yaml:2: 'load' does not say how many visitors come")]
    [InlineData("p99<20s", "p99<20", "load/shop.yaml:3: p99<20 is no threshold")]
    [InlineData("weight: 3", "weight: many", "load/shop.yaml:6: 'flows[0].weight' is 'many'")]
    [InlineData("weight: 3", "wieght: 3", "load/shop.yaml:6: unknown key 'flows[0].wieght'")]
    [InlineData("/items/{item}", "/items/{itme}", "load/shop.yaml:10: {itme} is captured by no earlier step")]
    [InlineData("get: /users/{user}", "get: users/{user}", "load/shop.yaml:17: 'users/{user}' is no path")]
    [InlineData("list[1].id", "list[x].id", "load/shop.yaml:9: 'list[x].id' is no path into a JSON answer")]
    [InlineData("- get: /items\n", "- fetch: /items\n", "a step is one request: 'get: /path'")]
    public void A_wrong_file_is_told_by_line(string text, string wrong, string problem)
    {
        var broken = Shop.ReplaceLineEndings("\n").Replace(text.Replace("\\n", "\n", StringComparison.Ordinal), wrong.Replace("\\n", "\n", StringComparison.Ordinal), StringComparison.Ordinal);

        FluentActions.Invoking(() => ScenarioFile.Parse("load/shop.yaml", "shop", broken)).Should().Throw<PipelineException>().WithMessage($"*{problem}*");
    }

    [Theory]
    [InlineData("patience: 2m", "patience: long", "load/queue.yaml:2*'queue.patience' is 'long'; allowed: a time such as 30s or 5m")]
    [InlineData("stay: 1s", "stya: 1s", "load/queue.yaml:2*unknown key 'queue.stya'")]
    [InlineData("eventId: \"{event}\"", "eventId: \"{evnet}\"", "load/queue.yaml:2*: {evnet} is captured by no earlier step; known here: event, token, unique")]
    [InlineData("auth: { token", "auht: { token", "load/queue.yaml:20: unknown key 'queue.follow.auht'")]
    [InlineData("thresholds: [p95<60s]", "thresholds: [p95<60]", "load/queue.yaml:2*: p95<60 is no threshold")]
    [InlineData("post: /api/queue/check/{event}", "post: api/queue/check/{event}", "load/queue.yaml:1*'api/queue/check/{event}' is no path")]
    [InlineData("queue:\n", "flows: [ { steps: [ { get: / } ] } ]\nqueue:\n", "load/queue.yaml:*a scenario has either 'flows', a list of what visitors do, or a 'queue' that they go through")]
    public void A_wrong_queue_is_told_by_line(string text, string wrong, string problem)
    {
        var sample = File.ReadAllText(Path.Combine(Repository.Root, "samples/tiketi/load/queue.yaml"));
        sample.Should().Contain(text);

        FluentActions.Invoking(() => ScenarioFile.Parse("load/queue.yaml", "queue", sample.Replace(text, wrong, StringComparison.Ordinal)))
            .Should().Throw<PipelineException>().WithMessage($"*{problem}*");
    }

    [Fact]
    public void The_samples_scenarios_are_right()
    {
        var folder = Path.Combine(Repository.Root, "samples/tiketi/load");
        foreach (var file in Directory.GetFiles(folder, "*.yaml"))
        {
            ScenarioFile.Load(folder, Path.GetFileNameWithoutExtension(file)).Description.Should().NotBeEmpty();
        }

        FluentActions.Invoking(() => ScenarioFile.Load(folder, "brows")).Should().Throw<PipelineException>().Which.Remedy.Should().Contain("browse");
    }

    private static Task<ScenarioResult> RunAsync(Scenario scenario, Uri api) =>
        new ScenarioTest(TimeProvider.System, NullLogger<ScenarioTest>.Instance).RunAsync(scenario, api, TimeSpan.FromSeconds(20));
}
