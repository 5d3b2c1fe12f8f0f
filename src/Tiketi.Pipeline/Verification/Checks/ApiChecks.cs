using System.Diagnostics;
using System.Net;
using System.Net.WebSockets;
using System.Text.Json.Nodes;
using Tiketi.Pipeline.Configuration;
using Tiketi.Pipeline.Kubernetes;

namespace Tiketi.Pipeline.Verification.Checks;

/// <summary>The services, as a visitor's browser reaches them.</summary>
internal static class ApiChecks
{
    public static IEnumerable<ICheck> For(SmokeTestTarget target, TimeProvider time, HttpClient http)
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
        yield return new Check("socket-io-holds", "a visitor who waits in the queue keeps the connection", token => HoldAsync(target, time, token))
        {
            Timeout = target.WebSocketHold + TimeSpan.FromSeconds(30),
            Retry = new CheckRetry(1, TimeSpan.Zero), // what holds only now and then does not hold
        };
        yield return new Check("google-login", "Google lets visitors of this site log in", token => target.GoogleClientId is { } client
            ? GoogleAsync(http, target, client, token)
            : Task.FromResult(CheckOutcome.Skipped("the environment has no googleClientId")));
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
            return CheckOutcome.Failed($"GET {url}: {(int)response.StatusCode} {Visitor.Short(body)}", response.StatusCode is HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable
                ? "No pod behind this path is ready: look at target health, the readiness probe and the security groups (./build.sh Diagnose)." : Visitor.RouteRemedy);
        }

        // The service may say who it is: then a route that leads to the wrong one shows.
        var who = Visitor.ParseOrNull(body).Text("service");
        return who is not null && who != service.Name
            ? CheckOutcome.Failed($"GET {url} is answered by {who}", $"Correct the ingress rule of {service.Path}: it must lead to {service.KubernetesService}.")
            : CheckOutcome.Passed($"GET {url}: 200 in {watch.ElapsedMilliseconds} ms");
    }

    private static async Task<CheckOutcome> HoldAsync(SmokeTestTarget target, TimeProvider time, CancellationToken cancellationToken)
    {
        var begin = time.GetTimestamp();
        await using var socket = await EngineIoClient.ConnectAsync(target.ApiUrl, cancellationToken);
        try
        {
            var pings = await socket.HoldAsync(target.WebSocketHold, time, cancellationToken);
            return CheckOutcome.Passed($"open for {target.WebSocketHold.TotalSeconds:0} s, {pings} pings answered, and still answering");
        }
        catch (Exception exception) when (exception is WebSocketException or PipelineException)
        {
            return CheckOutcome.Failed(
                $"the connection ended after {time.GetElapsedTime(begin).TotalSeconds:0.0} of {target.WebSocketHold.TotalSeconds:0} s: {exception.Message}",
                "Let every proxy wait longer than Socket.IO's pingInterval (25 s): a load balancer's is idle_timeout.timeout_seconds in the annotation alb.ingress.kubernetes.io/load-balancer-attributes of the ingress. Then look whether ticket-service restarts (./build.sh Status).");
        }
    }

    /// <summary>Google refuses an unknown client or a redirect that was not registered with a page of errors; else it asks who the visitor is.</summary>
    private static async Task<CheckOutcome> GoogleAsync(HttpClient http, SmokeTestTarget target, string client, CancellationToken cancellationToken)
    {
        var redirect = target.SiteUrl.GetLeftPart(UriPartial.Authority);
        var url = new Uri(target.GoogleLogin, $"?client_id={Uri.EscapeDataString(client)}&redirect_uri={Uri.EscapeDataString(redirect)}&response_type=code&scope=openid%20email");
        using var response = await http.GetAsync(url, cancellationToken);
        var landed = response.RequestMessage!.RequestUri!;
        return response.IsSuccessStatusCode && !landed.AbsolutePath.Contains("/error", StringComparison.Ordinal)
            ? CheckOutcome.Passed($"Google asks visitors who come from {redirect} to log in")
            : CheckOutcome.Failed($"Google answers {(int)response.StatusCode} at {landed.GetLeftPart(UriPartial.Path)} for client {client} and {redirect}",
                $"In Google's console, under the OAuth client {client}, add {redirect} to the authorized JavaScript origins and redirect URIs; or correct googleClientId in environments/NAME.yaml and run ./build.sh DeployK8s BuildFrontend SyncS3.");
    }

    private static async Task<CheckOutcome> VisitAsync(HttpClient http, Uri api, CancellationToken cancellationToken)
    {
        var visitor = await Visitor.RegisterAsync(http, api, cancellationToken);
        var events = await visitor.AskAsync(HttpMethod.Get, "/api/tickets/events", body: null, cancellationToken);
        if ((events as JsonArray ?? events.At("events") as JsonArray)?.FirstOrDefault().Text("id") is not { } eventId)
        {
            return CheckOutcome.Failed($"{visitor.Email} registered and logged in, but there is no event to queue for", "Run the database's initial data (./build.sh DeployK8s applies database/init.sql).");
        }

        var place = await visitor.AskAsync(HttpMethod.Post, $"/api/queue/check/{eventId}", new { }, cancellationToken);
        await using var socket = await EngineIoClient.ConnectAsync(api, cancellationToken);
        await socket.JoinAsync(visitor.Token, cancellationToken);
        return CheckOutcome.Passed($"{visitor.Email} registered, logged in, entered the queue of event {eventId} ({Visitor.Short(place.ToJsonString())}) and connected to Socket.IO with its token");
    }
}
