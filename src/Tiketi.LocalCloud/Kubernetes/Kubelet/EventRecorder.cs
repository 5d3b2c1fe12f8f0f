using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Tiketi.LocalCloud.Kubernetes.Api;
using Tiketi.LocalCloud.Kubernetes.Resources;
using Tiketi.LocalCloud.Kubernetes.Storage;

namespace Tiketi.LocalCloud.Kubernetes.Kubelet;

/// <summary>Records Events about objects; the same event again counts up the first one.</summary>
internal sealed class EventRecorder(ClusterObjects objects, TimeProvider time)
{
    private const int MessageLimit = 1024;
    private const int RememberLimit = 5000;
    private readonly ConcurrentDictionary<string, string> _names = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    /// <param name="component">Who says it: "kubelet", "deployment-controller" ...</param>
    /// <param name="about">The object that it is about.</param>
    /// <param name="type">"Normal" or "Warning".</param>
    /// <param name="reason">One word for machines ("BackOff").</param>
    /// <param name="message">A sentence for people.</param>
    /// <param name="fieldPath">The part of the object, such as <c>spec.containers{app}</c>.</param>
    public void Record(string component, JsonObject about, string type, string reason, string message, string? fieldPath = null)
    {
        message = message.Length > MessageLimit ? message[..(MessageLimit - 3)] + "..." : message;
        var events = ResourceRegistry.Get("events");
        var ns = about.Namespace() is { Length: > 0 } own ? own : "default";
        var key = string.Join('\n', about.Uid(), component, type, reason, message, fieldPath);
        var options = new WriteOptions(component);
        lock (_lock)
        {
            try
            {
                if (_names.TryGetValue(key, out var name) && objects.Store.Find(events, ns, name) is not null)
                {
                    objects.Modify(events, ns, name, item =>
                    {
                        item["count"] = (item.Number("count") ?? 1) + 1;
                        item["lastTimestamp"] = time.Timestamp();
                        return item;
                    }, options);
                    return;
                }

                if (_names.Count > RememberLimit)
                {
                    _names.Clear(); // the next repetition starts a new event, as after a restart
                }

                var created = objects.Create(events, ns, Build(component, about, type, reason, message, fieldPath), options);
                _names[key] = created.Name();
            }
            catch (StatusException e) when (e.Reason is "NotFound" or "AlreadyExists")
            {
                // the namespace went while its objects were tidied up: there is nowhere to record it
            }
        }
    }

    private JsonObject Build(string component, JsonObject about, string type, string reason, string message, string? fieldPath)
    {
        var now = time.Timestamp();
        var reference = new JsonObject
        {
            ["kind"] = about.Text("kind"), ["name"] = about.Name(), ["uid"] = about.Uid(), ["apiVersion"] = about.Text("apiVersion"), ["resourceVersion"] = about.Text("metadata", "resourceVersion"),
        };
        if (about.Namespace() is { Length: > 0 } ns)
        {
            reference["namespace"] = ns;
        }

        if (fieldPath is not null)
        {
            reference["fieldPath"] = fieldPath;
        }

        var source = new JsonObject { ["component"] = component };
        if (component == "kubelet")
        {
            source["host"] = about.Text("spec", "nodeName");
        }

        return new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = $"{about.Name()}.{time.GetUtcNow().UtcTicks:x16}" },
            ["involvedObject"] = reference,
            ["reason"] = reason,
            ["message"] = message,
            ["source"] = source,
            ["firstTimestamp"] = now,
            ["lastTimestamp"] = now,
            ["count"] = 1,
            ["type"] = type,
            ["reportingComponent"] = component,
            ["reportingInstance"] = source.Text("host") ?? string.Empty,
        };
    }
}
