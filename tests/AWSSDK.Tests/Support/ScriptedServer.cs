using System.Collections.Concurrent;
using System.Net;
using System.Runtime.CompilerServices;
using Tiketi.Testing;

namespace AwsSdk.Tests.Support;

/// <summary>One request as it arrived.</summary>
public sealed record Received(string Method, string RawUrl, IReadOnlyDictionary<string, string> Headers, string Body)
{
    /// <summary>The form or query parameters, decoded.</summary>
    public IReadOnlyDictionary<string, string> Form => Body.Split('&', StringSplitOptions.RemoveEmptyEntries)
        .Select(pair => pair.Split('=', 2))
        .ToDictionary(pair => WebUtility.UrlDecode(pair[0]), pair => WebUtility.UrlDecode(pair[1]), StringComparer.Ordinal);
}

public sealed record Answer(int Status, string Body, string ContentType = "application/x-amz-json-1.1", params (string Name, string Value)[] Headers);

/// <summary>A loopback HTTP server that gives prepared answers in turn (the last one for ever) and keeps what it was asked.</summary>
public sealed class ScriptedServer : IAsyncDisposable
{
    private readonly HttpListener _listener;
    private readonly ConcurrentQueue<Answer> _answers;
    private readonly Task _loop;

    public ScriptedServer(params Answer[] answers)
    {
        _answers = new ConcurrentQueue<Answer>(answers);
        (_listener, Url) = Listen();
        _loop = ServeAsync();
    }

    public string Url { get; }

    public ConcurrentQueue<Received> Requests { get; } = new();

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _loop;
        _listener.Close();
    }

    /// <summary>A port found free may be taken by another test a moment later; then the next one will do.</summary>
    private static (HttpListener Listener, string Url) Listen()
    {
        for (var attempt = 0; ; attempt++)
        {
            var url = $"http://127.0.0.1:{FreePorts.Take(1)[0]}";
            var listener = new HttpListener { Prefixes = { url + "/" } };
            try
            {
                listener.Start();
                return (listener, url);
            }
            catch (HttpListenerException) when (attempt < 10)
            {
                listener.Close();
            }
        }
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception stopped) when (stopped is HttpListenerException or InvalidOperationException)
            {
                return;
            }

            using var reader = new StreamReader(context.Request.InputStream);
            Requests.Enqueue(new Received(
                context.Request.HttpMethod, context.Request.RawUrl!,
                context.Request.Headers.AllKeys.ToDictionary(name => name!.ToLowerInvariant(), name => context.Request.Headers[name]!, StringComparer.Ordinal),
                await reader.ReadToEndAsync()));
            if (!(_answers.Count > 1 ? _answers.TryDequeue(out var answer) : _answers.TryPeek(out answer)))
            {
                throw new InvalidOperationException("No answer was scripted.");
            }

            context.Response.StatusCode = answer.Status;
            context.Response.ContentType = answer.ContentType;
            foreach (var (name, value) in answer.Headers)
            {
                context.Response.Headers[name] = value;
            }

            await using var output = context.Response.OutputStream;
            await output.WriteAsync(System.Text.Encoding.UTF8.GetBytes(answer.Body));
        }
    }
}

internal static class Metadata
{
    /// <summary>Credential chains must not go looking for an instance's metadata service.</summary>
    [ModuleInitializer]
    internal static void StayOnThisMachine() => Environment.SetEnvironmentVariable("AWS_EC2_METADATA_DISABLED", "true");
}
