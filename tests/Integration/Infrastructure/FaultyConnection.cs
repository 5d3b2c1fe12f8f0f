using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Tiketi.Testing;

namespace Tiketi.Integration.Infrastructure;

/// <summary>What becomes of one request.</summary>
public enum Fault
{
    None,

    /// <summary>The connection breaks before the request has arrived.</summary>
    Lost,

    /// <summary>The request is carried out; the connection breaks before its answer has arrived.</summary>
    AnswerLost,

    /// <summary>AWS has too many requests.</summary>
    Throttled,

    /// <summary>The credentials are no longer good.</summary>
    Expired,
}

/// <summary>A connection to AWS on which chosen requests, counted from 1, do not go well.</summary>
internal sealed class FaultyConnection : IAsyncDisposable
{
    private readonly HttpClient _http = new();
    private readonly Uri _target;
    private readonly Func<int, Fault> _fault;
    private readonly WebApplication _app;
    private int _requests;

    private FaultyConnection(Uri target, Func<int, Fault> fault)
    {
        (_target, _fault) = (target, fault);
        var port = FreePorts.Take(1)[0];
        Endpoint = new Uri($"http://127.0.0.1:{port}/");
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenLocalhost(port));
        _app = builder.Build();
        _app.Run(HandleAsync);
    }

    public Uri Endpoint { get; }

    public int Requests => _requests;

    public static async Task<FaultyConnection> OpenAsync(Uri target, Func<int, Fault> fault)
    {
        var connection = new FaultyConnection(target, fault);
        await connection._app.StartAsync();
        return connection;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _http.Dispose();
    }

    private async Task HandleAsync(HttpContext context)
    {
        var fault = _fault(Interlocked.Increment(ref _requests));
        if (fault == Fault.Lost)
        {
            context.Abort();
            return;
        }

        var (status, type, body) = fault switch
        {
            Fault.Throttled => (400, "text/xml", Error("Throttling", "Rate exceeded")),
            Fault.Expired => (403, "text/xml", Error("ExpiredToken", "The security token included in the request is expired")),
            _ => await ForwardAsync(context.Request),
        };
        if (fault == Fault.AnswerLost)
        {
            context.Abort();
            return;
        }

        (context.Response.StatusCode, context.Response.ContentType) = (status, type);
        await context.Response.Body.WriteAsync(body);
    }

    private async Task<(int Status, string Type, byte[] Body)> ForwardAsync(HttpRequest original)
    {
        using var request = new HttpRequestMessage(new HttpMethod(original.Method), new Uri(_target, original.Path + original.QueryString));
        request.Content = new StreamContent(original.Body);
        foreach (var (name, value) in original.Headers.Where(header => header.Key is not ("Host" or "Connection" or "Expect" or "Transfer-Encoding")))
        {
            _ = request.Headers.TryAddWithoutValidation(name, (string?)value) || request.Content.Headers.TryAddWithoutValidation(name, (string?)value);
        }

        using var answer = await _http.SendAsync(request);
        return ((int)answer.StatusCode, answer.Content.Headers.ContentType?.ToString() ?? "text/xml", await answer.Content.ReadAsByteArrayAsync());
    }

    private static byte[] Error(string code, string message) => Encoding.UTF8.GetBytes(
        $"""<ErrorResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error><RequestId>r</RequestId></ErrorResponse>""");
}
