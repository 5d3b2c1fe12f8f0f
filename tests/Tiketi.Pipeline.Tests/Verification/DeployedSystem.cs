using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using k8s;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Tiketi.Pipeline.Configuration;
using Tiketi.Pipeline.Tests.LoadTesting;
using Tiketi.Pipeline.Verification;

namespace Tiketi.Pipeline.Tests.Verification;

/// <summary>
/// A system in good health on one loopback port: site, services, Socket.IO and the Kubernetes API's answers. A test breaks one
/// thing by replacing what a path answers.
/// </summary>
internal sealed class DeployedSystem : IAsyncDisposable
{
    public const string IndexPage = """<!doctype html><link rel="stylesheet" href="/assets/index-Ab3dEf9h.css"><script type="module" src="/assets/index-Bc4eFg0i.js"></script>""";

    public const string Slices = "/apis/discovery.k8s.io/v1/namespaces/tiketi/endpointslices";
    public const string Autoscalers = "/apis/autoscaling/v2/namespaces/tiketi/horizontalpodautoscalers";

    private readonly Dictionary<string, Func<HttpContext, Task>> _answers = [];
    private WebServer? _server;
    private byte[] _picture = [];

    private DeployedSystem()
    {
        foreach (var (path, service) in new[] { ("/health", "backend"), ("/api/auth/health", "auth-service") })
        {
            Answer(path, Json($$"""{"status":"ok","service":"{{service}}"}"""));
        }

        Answer("/health/ready", Json("""{"status":"ready","dependencies":{"database":"ok","redis":"ok"}}"""));
        Answer("/api/auth/register", Json("""{"token":"t","user":{"id":1}}""", 201));
        Answer("/api/auth/login", Json("""{"token":"t"}"""));
        Answer("/api/tickets/events", Json("""{"events":[{"id":7}]}"""));
        Answer("/api/queue/check/7", Json("""{"eventId":7,"admitted":true,"position":0}"""));
        Answer("/api/auth/me", Json("", 204));
        Answer("/api/auth/me/picture", PictureAsync);
        Answer("/socket.io/", context => SocketIoAsync(context, "40{\"sid\":\"s\"}"));
        Answer("/google", Text("text/html", "Sign in"));
        Answer("/assets/index-Ab3dEf9h.css", Text("text/css", "body{}"));
        Answer("/assets/index-Bc4eFg0i.js", Text("text/javascript", "run()"));
        Answer("/", Page);
        Answer("/index.html", Page);
        Answer("*", Page);
        Kubernetes("/api/v1", """{"resources":[{"name":"nodes","kind":"Node","namespaced":false},{"name":"pods","kind":"Pod","namespaced":true}]}""");
        Kubernetes("/apis/apps/v1", """{"resources":[{"name":"deployments","kind":"Deployment","namespaced":true}]}""");
        Kubernetes("/apis/batch/v1", """{"resources":[{"name":"jobs","kind":"Job","namespaced":true}]}""");
        Kubernetes("/apis/discovery.k8s.io/v1", """{"resources":[{"name":"endpointslices","kind":"EndpointSlice","namespaced":true}]}""");
        Kubernetes("/apis/autoscaling/v2", """{"resources":[{"name":"horizontalpodautoscalers","kind":"HorizontalPodAutoscaler","namespaced":true}]}""");
        Kubernetes("/apis/networking.k8s.io/v1", """{"resources":[{"name":"ingresses","kind":"Ingress","namespaced":true}]}""");
        Kubernetes("/api/v1/nodes", """{"items":[{"metadata":{"name":"node-1"},"status":{"conditions":[{"type":"Ready","status":"True"}]}}]}""");
        Kubernetes("/apis/apps/v1/namespaces/tiketi/deployments", $$"""{"items":[{{Deployment("backend", 2)}},{{Deployment("auth-service", 2)}}]}""");
        Kubernetes("/api/v1/namespaces/tiketi/pods", $$"""{"items":[{{Pod("backend")}},{{Pod("auth-service")}},{{Pod("ticket-service")}}]}""");
        Kubernetes("/apis/networking.k8s.io/v1/namespaces/tiketi/ingresses", """{"items":[{"metadata":{"name":"tiketi-ingress"},"status":{"loadBalancer":{"ingress":[{"hostname":"lb.local"}]}}}]}""");
        Kubernetes(Slices, $$"""{"items":[{{Slice("backend-service")}},{{Slice("auth-service")}}]}""");
        Kubernetes(Autoscalers, $$"""{"items":[{{Autoscaler("True", "ValidMetricFound", 3)}}]}""");
        Kubernetes("/apis/batch/v1/namespaces/tiketi/jobs", """{"items":[{"metadata":{"name":"tiketi-migrate-1"},"status":{"conditions":[{"type":"Complete","status":"True"}]}}]}""");
    }

    public SmokeTestTarget Target => new()
    {
        ApiUrl = _server!.Address,
        SiteUrl = _server.Address,
        WebSocketHold = TimeSpan.FromMilliseconds(50),
        GoogleClientId = "123.apps.googleusercontent.com",
        GoogleLogin = new Uri(_server.Address, "/google"),
        Services = [Service("backend", "/", "backend-service"), Service("auth-service", "/api/auth", "auth-service")],
        Cluster = new k8s.Kubernetes(new KubernetesClientConfiguration { Host = _server.Address.ToString() }),
    };

    public static async Task<DeployedSystem> StartAsync()
    {
        var system = new DeployedSystem();
        system._server = await WebServer.StartAsync(app =>
        {
            app.UseWebSockets();
            app.Run(context => (system._answers.GetValueOrDefault(context.Request.Path.Value!) ?? system._answers["*"])(context));
        });
        return system;
    }

    public void Answer(string path, Func<HttpContext, Task> answer) => _answers[path] = answer;

    public void Kubernetes(string path, string json) => Answer(path, Json(json));

    public ValueTask DisposeAsync() => _server?.DisposeAsync() ?? ValueTask.CompletedTask;

    public static Func<HttpContext, Task> Json(string json, int status = 200) => Text("application/json", json, status);

    public static Func<HttpContext, Task> Text(string type, string text, int status = 200) => context =>
    {
        (context.Response.StatusCode, context.Response.ContentType) = (status, type);
        // Kestrel closes the connection after a 204 to which something was written, even if that is nothing.
        return text.Length == 0 ? Task.CompletedTask : context.Response.WriteAsync(text);
    };

    public static Task Page(HttpContext context)
    {
        (context.Response.Headers.XContentTypeOptions, context.Response.Headers.XFrameOptions, context.Response.Headers["Referrer-Policy"]) = ("nosniff", "DENY", "strict-origin-when-cross-origin");
        return Text("text/html", IndexPage)(context);
    }

    public static string Deployment(string name, int available) => $$$"""
        {"metadata":{"name":"{{{name}}}","generation":1},"spec":{"replicas":2},
         "status":{"observedGeneration":1,"replicas":2,"updatedReplicas":2,"readyReplicas":{{{available}}},"availableReplicas":{{{available}}}}}
        """;

    public static string Slice(string service, string ready = "true") => $$$"""{"metadata":{"labels":{"kubernetes.io/service-name":"{{{service}}}"}},"endpoints":[{"conditions":{"ready":{{{ready}}}}}]}""";

    public static string Autoscaler(string active, string reason, int current) => $$$"""
        {"metadata":{"name":"backend"},"spec":{"minReplicas":2,"maxReplicas":10},
         "status":{"currentReplicas":{{{current}}},"conditions":[{"type":"ScalingActive","status":"{{{active}}}","reason":"{{{reason}}}","message":"the HPA says {{{reason}}}"}]}}
        """;

    public static string Pod(string app, string state = """{"running":{}}""", string ready = "True") => $$$"""
        {"metadata":{"name":"{{{app}}}-1","labels":{"app":"{{{app}}}"}},"spec":{"containers":[{"name":"{{{app}}}"}]},
         "status":{"phase":"Running","conditions":[{"type":"Ready","status":"{{{ready}}}"}],"containerStatuses":[{"name":"{{{app}}}","state":{{{state}}},"ready":{{{(ready == "True" ? "true" : "false")}}},"restartCount":0}]}}
        """;

    /// <summary>The server's side of the handshake; what it says to a user who wants to enter is <paramref name="admission"/>.</summary>
    public static async Task SocketIoAsync(HttpContext context, string admission)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        await SayAsync("0{\"sid\":\"abc\",\"pingInterval\":25000}");
        await SayAsync("2");
        var buffer = new byte[1024];
        while (await socket.ReceiveAsync(buffer.AsMemory(), context.RequestAborted) is { MessageType: WebSocketMessageType.Text } message)
        {
            if (Encoding.UTF8.GetString(buffer, 0, message.Count) is ['4', '0', .. var auth])
            {
                await SayAsync(auth.Length > 0 && JsonNode.Parse(auth)!["token"]!.ToString() == "t" ? admission : "44{\"message\":\"unauthorized\"}");
            }
        }

        Task SayAsync(string text) => socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, context.RequestAborted);
    }

    /// <summary>Keeps what was put, and gives it back.</summary>
    private async Task PictureAsync(HttpContext context)
    {
        if (HttpMethods.IsPut(context.Request.Method))
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            _picture = body.ToArray();
            await Json("{}")(context);
            return;
        }

        await context.Response.Body.WriteAsync(_picture);
    }

    private static ServiceDefinition Service(string name, string path, string kubernetesService) => new()
    {
        Name = name, Context = name, Port = 3001, Path = path, KubernetesService = kubernetesService, Repository = name, Platform = "linux/amd64", Replicas = 2,
    };
}
