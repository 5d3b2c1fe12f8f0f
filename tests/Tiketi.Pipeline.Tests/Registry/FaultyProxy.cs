using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Tiketi.Pipeline.Tests.Registry;

/// <summary>Stands before a registry and fails chosen requests: with a status, or by closing the connection before or after the registry has seen them.</summary>
internal sealed class FaultyProxy : IDisposable
{
    /// <summary>In place of a status: the connection ends without an answer, and the request never arrives.</summary>
    public const int Close = 0;

    /// <summary>In place of a status: the request is carried out, and its answer gets lost.</summary>
    public const int Lose = 1;

    /// <summary>ECR's answer to a token that has expired.</summary>
    public const int Expired = 403;

    private readonly HttpListener _listener = new();
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false });
    private readonly string _target;
    private readonly Func<string, int, int?> _fault;
    private readonly ConcurrentDictionary<string, int> _seen = new(StringComparer.Ordinal);

    /// <param name="target">Host and port of the registry.</param>
    /// <param name="fault">Given "METHOD path" and how often it was asked before: the status to fail with, or null to let it through.</param>
    public FaultyProxy(string target, Func<string, int, int?> fault)
    {
        (_target, _fault) = (target, fault);
        Host = $"127.0.0.1:{FreePorts.Take(1)[0]}";

        _listener.Prefixes.Add($"http://{Host}/");
        _listener.Start();
        _ = AcceptAsync();
    }

    public string Host { get; }

    public int Faults { get; private set; }

    /// <summary>Every request, failed ones too, in the order in which they came: "METHOD path", with the operation for ECR's API.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    public void Dispose()
    {
        _listener.Close();
        _http.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (_listener.IsListening)
            {
                var context = await _listener.GetContextAsync();
                _ = Task.Run(() => HandleAsync(context));
            }
        }
        catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
        {
            // closed at the end of the test
        }
    }

    private async Task HandleAsync(HttpListenerContext context)
    {
        var operation = context.Request.Headers["X-Amz-Target"];
        var key = $"{context.Request.HttpMethod} {(operation is null ? context.Request.Url!.AbsolutePath : operation[(operation.IndexOf('.', StringComparison.Ordinal) + 1)..])}";
        Requests.Enqueue(key);
        var before = _seen.AddOrUpdate(key, 0, (_, count) => count + 1);
        var fault = _fault(key, before);
        if (fault is not null)
        {
            Faults++;
            if (fault is not Lose)
            {
                await FailAsync(context, fault.Value);
                return;
            }
        }

        using var request = new HttpRequestMessage(new HttpMethod(context.Request.HttpMethod), $"http://{_target}{context.Request.RawUrl}");
        if (context.Request.HasEntityBody)
        {
            request.Content = new StreamContent(context.Request.InputStream);
        }

        foreach (var name in context.Request.Headers.AllKeys.OfType<string>().Where(name => name is not ("Host" or "Transfer-Encoding" or "Connection")))
        {
            if (!request.Headers.TryAddWithoutValidation(name, context.Request.Headers[name]))
            {
                request.Content?.Headers.TryAddWithoutValidation(name, context.Request.Headers[name]);
            }
        }

        using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        if (fault is Lose)
        {
            context.Response.Abort();
            return;
        }

        context.Response.StatusCode = (int)answer.StatusCode;
        foreach (var (name, values) in answer.Headers.Concat(answer.Content.Headers).Where(header => header.Key is not ("Transfer-Encoding" or "Content-Length")))
        {
            context.Response.AddHeader(name, string.Join(',', values));
        }

        if (context.Request.HttpMethod == "HEAD")
        {
            context.Response.ContentLength64 = answer.Content.Headers.ContentLength ?? 0;
        }
        else
        {
            await answer.Content.CopyToAsync(context.Response.OutputStream);
        }

        context.Response.Close();
    }

    private static async Task FailAsync(HttpListenerContext context, int status)
    {
        if (status == Close)
        {
            context.Response.Abort();
            return;
        }

        context.Response.StatusCode = status;
        if (status == Expired)
        {
            context.Response.ContentType = "application/json";
            await context.Response.OutputStream.WriteAsync("""{"errors":[{"code":"DENIED","message":"Your authorization token has expired. Reauthenticate and try again."}]}"""u8.ToArray());
        }

        context.Response.Close();
    }
}
