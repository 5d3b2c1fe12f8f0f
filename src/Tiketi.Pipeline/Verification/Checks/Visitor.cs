using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Tiketi.Pipeline.Kubernetes;

namespace Tiketi.Pipeline.Verification.Checks;

/// <summary>A throw-away visitor who has registered and logged in, through the services' public address.</summary>
internal sealed class Visitor
{
    public const string RouteRemedy = "Look at the service's pods (./build.sh Diagnose) and at the ingress rule of its path.";

    private readonly HttpClient _http;
    private readonly Uri _api;

    private Visitor(HttpClient http, Uri api, string email) => (_http, _api, Email) = (http, api, email);

    public string Email { get; }

    /// <summary>The JSON web token that the login gave.</summary>
    public string Token { get; private set; } = "";

    /// <exception cref="PipelineException">One of the two was refused.</exception>
    public static async Task<Visitor> RegisterAsync(HttpClient http, Uri api, CancellationToken cancellationToken)
    {
        var visitor = new Visitor(http, api, $"smoke-{Guid.NewGuid():n}@smoke-test.invalid");
        var password = Guid.NewGuid().ToString("n");
        await visitor.AskAsync(HttpMethod.Post, "/api/auth/register", new { email = visitor.Email, password, name = "Smoke test" }, cancellationToken);
        var session = await visitor.AskAsync(HttpMethod.Post, "/api/auth/login", new { email = visitor.Email, password }, cancellationToken);
        visitor.Token = session.Text("token") ?? throw new PipelineException($"POST /api/auth/login answers without a token: {Short(session.ToJsonString())}", "Look at auth-service's log (./build.sh Diagnose).");
        return visitor;
    }

    /// <summary>Sends JSON, and wants JSON back.</summary>
    /// <exception cref="PipelineException">The answer is another.</exception>
    public async Task<JsonNode> AskAsync(HttpMethod method, string path, object? body, CancellationToken cancellationToken)
    {
        using var content = body is null ? null : JsonContent.Create(body);
        using var response = await SendAsync(method, path, content, cancellationToken);
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        return response.IsSuccessStatusCode && ParseOrNull(text) is { } json ? json
            : throw new PipelineException($"{method} {path}: {(int)response.StatusCode} {Short(text)}", RouteRemedy);
    }

    /// <summary>Sends with the visitor's token, once there is one.</summary>
    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, HttpContent? content, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, new Uri(_api, path)) { Content = content };
        request.Headers.Authorization = Token.Length == 0 ? null : new AuthenticationHeaderValue("Bearer", Token);
        return await _http.SendAsync(request, cancellationToken);
    }

    public static JsonNode? ParseOrNull(string text)
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

    public static string Short(string text) => text.Length <= 200 ? text : text[..200] + "...";
}
