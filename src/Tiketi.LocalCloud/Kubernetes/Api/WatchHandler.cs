using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Tiketi.LocalCloud.Kubernetes.Resources;
using Tiketi.LocalCloud.Kubernetes.Storage;

namespace Tiketi.LocalCloud.Kubernetes.Api;

/// <summary>Streams changes, a JSON document a line, until the client's time is up.</summary>
internal sealed class WatchHandler(ObjectStore store, TableRenderer tables, TimeProvider time, IHostApplicationLifetime lifetime)
{
    private static readonly TimeSpan BookmarkInterval = TimeSpan.FromSeconds(50);
    private const int DefaultMinimumSeconds = 1800;

    public async Task WatchAsync(ApiRequest request)
    {
        var stream = new EventStream(request, tables);
        var seconds = request.QueryNumber("timeoutSeconds") ?? RandomNumberGenerator.GetInt32(DefaultMinimumSeconds, 2 * DefaultMinimumSeconds);
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(seconds), time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, request.Aborted, lifetime.ApplicationStopping);

        request.Context.Response.ContentType = "application/json";
        await request.Context.Response.Body.FlushAsync(request.Aborted); // clients wait for the headers before they read what they have listed
        Channel<Change>? changes = null;
        try
        {
            var since = await StartAsync(request, stream, either.Token);
            changes = store.Watch(request.Resource, since);
            await FollowAsync(request, stream, changes.Reader, since, either.Token);
        }
        catch (StatusException refusal)
        {
            await stream.WriteAsync("ERROR", refusal.ToStatus(), request.Aborted);
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            // the time is up or the client has gone: either way the stream just ends
        }
        finally
        {
            if (changes is not null)
            {
                store.Unwatch(request.Resource, changes);
            }
        }
    }

    /// <summary>Without a version to start from, what exists is sent as additions first.</summary>
    private async Task<long> StartAsync(ApiRequest request, EventStream stream, CancellationToken cancellationToken)
    {
        var initial = request.QueryFlag("sendInitialEvents");
        var text = request.Query("resourceVersion");
        if (!initial && text is not (null or "0"))
        {
            return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var since)
                ? since
                : throw StatusException.BadRequest($"invalid resource version: {text}");
        }

        var (items, version) = store.ListAt(request.Resource, request.Namespace);
        foreach (var item in items.Where(stream.Selects))
        {
            await stream.WriteAsync("ADDED", item, cancellationToken);
        }

        if (initial)
        {
            await stream.WriteBookmarkAsync(version, endsInitialEvents: true, cancellationToken);
        }

        await request.Context.Response.Body.FlushAsync(cancellationToken);
        return version;
    }

    private async Task FollowAsync(ApiRequest request, EventStream stream, ChannelReader<Change> changes, long since, CancellationToken cancellationToken)
    {
        var interval = request.QueryFlag("allowWatchBookmarks") ? BookmarkInterval : Timeout.InfiniteTimeSpan;
        var bookmark = Task.Delay(interval, time, cancellationToken);
        while (true)
        {
            var more = changes.WaitToReadAsync(cancellationToken).AsTask();
            while (await Task.WhenAny(more, bookmark) != more && !cancellationToken.IsCancellationRequested)
            {
                await stream.WriteBookmarkAsync(since, endsInitialEvents: false, cancellationToken);
                bookmark = Task.Delay(interval, time, cancellationToken);
            }

            await more;
            while (changes.TryRead(out var change))
            {
                since = change.Object.Version;
                await stream.WriteAsync(change, cancellationToken);
            }

            await request.Context.Response.Body.FlushAsync(cancellationToken);
        }
    }

    /// <summary>Writes what the request's namespace and selectors let through, as objects or table rows.</summary>
    private sealed class EventStream(ApiRequest request, TableRenderer tables)
    {
        private readonly Func<JsonObject, bool> _labels = Selectors.Labels(request.Query("labelSelector"));
        private readonly Func<JsonObject, bool> _fields = Selectors.Fields(request.Query("fieldSelector"));
        private readonly bool _asTable = TableRenderer.IsWanted(request);
        private bool _hasColumns;

        public bool Selects(StoredObject item) =>
            (request.Namespace is null || item.Namespace == request.Namespace) && (request.Name is null || item.Name == request.Name) && _labels(item.Body) && _fields(item.Body);

        /// <summary>An object that starts to match was added, as far as this watch goes; one that ceases to was deleted.</summary>
        public Task WriteAsync(Change change, CancellationToken cancellationToken)
        {
            var (was, now) = (change.Previous is not null && Selects(change.Previous), change.Kind != ChangeKind.Deleted && Selects(change.Object));
            return (was, now) switch
            {
                (false, true) => WriteAsync("ADDED", change.Object, cancellationToken),
                (true, true) => WriteAsync("MODIFIED", change.Object, cancellationToken),
                (true, false) => WriteAsync("DELETED", change.Object, cancellationToken),
                _ => Task.CompletedTask,
            };
        }

        public Task WriteAsync(string type, StoredObject item, CancellationToken cancellationToken) => WriteAsync(type, AsBody(item.Body), cancellationToken);

        public Task WriteBookmarkAsync(long version, bool endsInitialEvents, CancellationToken cancellationToken)
        {
            var metadata = new JsonObject { ["resourceVersion"] = version.ToString(CultureInfo.InvariantCulture) };
            if (endsInitialEvents)
            {
                metadata["annotations"] = new JsonObject { ["k8s.io/initial-events-end"] = "true" };
            }

            var body = new JsonObject { ["kind"] = request.Resource.Kind, ["apiVersion"] = request.Resource.ApiVersion, ["metadata"] = metadata };
            return WriteAsync("BOOKMARK", AsBody(body), cancellationToken);
        }

        public async Task WriteAsync(string type, JsonObject body, CancellationToken cancellationToken)
        {
            var line = new JsonObject { ["type"] = type, ["object"] = body.DeepClone() };
            var bytes = JsonSerializer.SerializeToUtf8Bytes(line, Json.Plain);
            await request.Context.Response.Body.WriteAsync((byte[])[.. bytes, (byte)'\n'], cancellationToken);
            await request.Context.Response.Body.FlushAsync(cancellationToken);
        }

        private JsonObject AsBody(JsonObject body)
        {
            if (!_asTable)
            {
                return body;
            }

            var table = tables.Render(request, [body], new JsonObject { ["resourceVersion"] = body.Text("metadata", "resourceVersion") }, withColumns: !_hasColumns);
            _hasColumns = true;
            return table;
        }
    }
}
