using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Tiketi.Pipeline.Configuration;
using Tiketi.Pipeline.Kubernetes;

namespace Tiketi.Pipeline.Verification.Checks;

/// <summary>The services, as a visitor's browser reaches them.</summary>
internal static class ApiChecks
{
    private const string RouteRemedy = "Look at the service's pods (./build.sh Diagnose) and at the ingress rule of its path.";

    public static IEnumerable<ICheck> For(SmokeTestTarget target, HttpClient http)
    {
        foreach (var service in target.Services)
        {
            var url = new Uri(target.ApiUrl, $"{service.Path.TrimEnd('/')}/health");
            yield return new Check($"api-{service.Name}", $"{service.Name} answers at its public path", token => HealthAsync(http, url, service, token));
        }

        yield return new Check("socket-io", "browsers can follow their place in the queue over a WebSocket", async token =>
        {
            await using var socket = await EngineIoClient.ConnectAsync(target.ApiUrl, token);
            return CheckOutcome.Passed($"session {socket.SessionId} opened over WebSocket at {EngineIoClient.AddressOf(target.ApiUrl)}");
        });
        yield return new Check("user-flow", "a new visitor can register, log in, join a queue and follow it", token => target.RegisterUser
            ? VisitAsync(http, target.ApiUrl, token)
            : Task.FromResult(CheckOutcome.Skipped("registering a user was not allowed")))
        {
            Timeout = TimeSpan.FromSeconds(60),
        };
    }

    private static async Task<CheckOutcome> HealthAsync(HttpClient http, Uri url, ServiceDefinition service, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        using var response = await http.GetAsync(url, cancellationToken);
        var body = await response.Content.ReadAsStringAsync(cancellationToken);
        if (response.StatusCode != HttpStatusCode.OK)
        {
            return CheckOutcome.Failed($"GET {url}: {(int)response.StatusCode} {Short(body)}", response.StatusCode is HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable
                ? "No pod behind this path is ready: look at target health, the readiness probe and the security groups (./build.sh Diagnose)." : RouteRemedy);
        }

        // The service may say who it is: then a route that leads to the wrong one shows.
        var who = ParseOrNull(body).Text("service");
        return who is not null && who != service.Name
            ? CheckOutcome.Failed($"GET {url} is answered by {who}", $"Correct the ingress rule of {service.Path}: it must lead to {service.KubernetesService}.")
            : CheckOutcome.Passed($"GET {url}: 200 in {watch.ElapsedMilliseconds} ms");
    }

    private static async Task<CheckOutcome> VisitAsync(HttpClient http, Uri api, CancellationToken cancellationToken)
    {
        var account = new { email = $"smoke-{Guid.NewGuid():n}@smoke-test.invalid", password = Guid.NewGuid().ToString("n"), name = "Smoke test" };
        await SendAsync(http, HttpMethod.Post, new Uri(api, "/api/auth/register"), account, token: null, cancellationToken);
        var session = await SendAsync(http, HttpMethod.Post, new Uri(api, "/api/auth/login"), new { account.email, account.password }, token: null, cancellationToken);
        var token = session.Text("token") ?? throw new PipelineException($"POST /api/auth/login answers without a token: {Short(session?.ToJsonString() ?? "")}", "Look at auth-service's log (./build.sh Diagnose).");

        var events = await SendAsync(http, HttpMethod.Get, new Uri(api, "/api/tickets/events"), body: null, token, cancellationToken);
        if ((events as JsonArray ?? events.At("events") as JsonArray)?.FirstOrDefault().Text("id") is not { } eventId)
        {
            return CheckOutcome.Failed($"{account.email} registered and logged in, but there is no event to queue for", "Run the database's initial data (./build.sh DeployK8s applies database/init.sql).");
        }

        var place = await SendAsync(http, HttpMethod.Post, new Uri(api, $"/api/queue/check/{eventId}"), new { }, token, cancellationToken);
        await using var socket = await EngineIoClient.ConnectAsync(api, cancellationToken);
        await socket.JoinAsync(token, cancellationToken);
        return CheckOutcome.Passed($"{account.email} registered, logged in, entered the queue of event {eventId} ({Short(place?.ToJsonString() ?? "")}) and connected to Socket.IO with its token");
    }

    private static async Task<JsonNode?> SendAsync(HttpClient http, HttpMethod method, Uri url, object? body, string? token, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, url) { Content = body is null ? null : JsonContent.Create(body) };
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        using var response = await http.SendAsync(request, cancellationToken);
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        return response.IsSuccessStatusCode && ParseOrNull(text) is { } json ? json
            : throw new PipelineException($"{method} {url.AbsolutePath}: {(int)response.StatusCode} {Short(text)}", RouteRemedy);
    }

    private static JsonNode? ParseOrNull(string text)
    {
        try
        {
            return JsonNode.Parse(text);
        }
        catch (System.Text.Json.JsonException)
        {
            return null;
        }
    }

    private static string Short(string text) => text.Length <= 200 ? text : text[..200] + "...";
}
