using Microsoft.AspNetCore.Http;

namespace Tiketi.LocalCloud.Hosting;

/// <summary>
/// Counts the requests that reached the AWS port, by service and operation, so that a caller can prove what it did and did not
/// send ("1 PutObject, 0 HeadObject"). <c>GET /_requests</c> reads it, <c>DELETE /_requests</c> resets it.
/// </summary>
public sealed class RequestLog(TimeProvider time)
{
    /// <summary>How many requests are kept one by one; the counters go on beyond that.</summary>
    public const int Kept = 5000;

    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, SortedDictionary<string, long>> _counters = new(StringComparer.Ordinal);
    private readonly Queue<LoggedRequest> _requests = new();
    private DateTimeOffset _since = time.GetUtcNow();

    /// <summary>Counts one request; <see cref="RequestNaming.NameOperation"/> has named its operation, or its headers do.</summary>
    public void Record(HttpContext context, string service)
    {
        var entry = new LoggedRequest(
            time.GetUtcNow(), service, RequestNaming.OperationOf(context), context.Request.Method,
            context.Request.Path + (context.Request.Query.ContainsKey("X-Amz-Signature") ? "?(presigned)" : context.Request.QueryString.Value), context.Response.StatusCode);
        lock (_lock)
        {
            if (!_counters.TryGetValue(service, out var operations))
            {
                _counters[service] = operations = new SortedDictionary<string, long>(StringComparer.Ordinal);
            }

            operations[entry.Operation] = operations.GetValueOrDefault(entry.Operation) + 1;
            _requests.Enqueue(entry);
            if (_requests.Count > Kept)
            {
                _requests.Dequeue();
            }
        }
    }

    /// <summary>Everything counted since the last reset.</summary>
    public RequestLogDocument Read()
    {
        lock (_lock)
        {
            return new RequestLogDocument(
                _since,
                _counters.ToDictionary(service => service.Key, service => (IReadOnlyDictionary<string, long>)new Dictionary<string, long>(service.Value, StringComparer.Ordinal), StringComparer.Ordinal),
                [.. _requests]);
        }
    }

    public void Reset()
    {
        lock (_lock)
        {
            _counters.Clear();
            _requests.Clear();
            _since = time.GetUtcNow();
        }
    }
}

/// <summary>What <c>GET /_requests</c> answers: counts as <c>counters.SERVICE.OPERATION</c>, and the last <see cref="RequestLog.Kept"/> requests, oldest first.</summary>
public sealed record RequestLogDocument(
    DateTimeOffset Since,
    IReadOnlyDictionary<string, IReadOnlyDictionary<string, long>> Counters,
    IReadOnlyList<LoggedRequest> Requests);

/// <summary>One request. Of a presigned URL the path alone is kept: its query is a credential.</summary>
public sealed record LoggedRequest(DateTimeOffset At, string Service, string Operation, string Method, string Path, int Status);

/// <summary>Names the operation of a request for the <see cref="RequestLog"/>.</summary>
public static class RequestNaming
{
    private static readonly object Key = new();

    /// <summary>Called by a service that alone knows the name (REST protocols). JSON-RPC and Query operations are named by the request itself.</summary>
    public static void NameOperation(this HttpContext context, string operation) => context.Items[Key] = operation;

    internal static string OperationOf(HttpContext context)
    {
        if (context.Items.TryGetValue(Key, out var named))
        {
            return (string)named!;
        }

        var target = context.Request.Headers["X-Amz-Target"].ToString();
        if (target.Length > 0)
        {
            return target[(target.LastIndexOf('.') + 1)..];
        }

        var form = context.Features.Get<Microsoft.AspNetCore.Http.Features.IFormFeature>()?.Form;
        var action = form is not null && form.TryGetValue("Action", out var posted) ? posted.ToString() : context.Request.Query["Action"].ToString();
        return action.Length > 0 ? action : $"{context.Request.Method} {context.Request.Path}";
    }
}
