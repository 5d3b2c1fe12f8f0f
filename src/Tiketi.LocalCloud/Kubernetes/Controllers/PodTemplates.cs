using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Tiketi.LocalCloud.Kubernetes.Resources;

namespace Tiketi.LocalCloud.Kubernetes.Controllers;

/// <summary>Pods out of templates, and the questions that every workload controller asks about pods.</summary>
internal static class PodTemplates
{
    private const string HashAlphabet = "bcdfghjklmnpqrstvwxz2456789";
    private const int HashLength = 10;

    /// <summary>A short name for a template's content, the same however its fields are ordered.</summary>
    public static string Hash(JsonNode? template)
    {
        var digest = SHA256.HashData(Encoding.UTF8.GetBytes(Canonical(template).Compact()));
        return string.Concat(digest.Take(HashLength).Select(value => HashAlphabet[value % HashAlphabet.Length]));
    }

    /// <summary>A pod that an owner's template describes.</summary>
    public static JsonObject NewPod(JsonObject owner, JsonObject template, string? name = null)
    {
        var pod = template.Copy();
        var metadata = pod.Ensure("metadata");
        metadata.Remove("creationTimestamp");
        if (name is null)
        {
            metadata["generateName"] = owner.Name() + "-";
        }
        else
        {
            metadata["name"] = name;
        }

        metadata["ownerReferences"] = Owners.For(owner);
        pod["apiVersion"] = "v1";
        pod["kind"] = "Pod";
        return pod;
    }

    public static bool IsActive(JsonObject pod) => !pod.IsDeleting() && !IsFinished(pod);

    public static bool IsFinished(JsonObject pod) => pod.Text("status", "phase") is "Succeeded" or "Failed";

    public static bool IsReady(JsonObject pod) => ReadyCondition(pod).Text("status") == "True";

    /// <summary>How long until a ready pod counts as available; null: it is not ready; zero: it is available.</summary>
    public static TimeSpan? UntilAvailable(JsonObject pod, long minReadySeconds, DateTimeOffset now)
    {
        if (!IsReady(pod))
        {
            return null;
        }

        var left = (ReadyCondition(pod).Time("lastTransitionTime") ?? now).AddSeconds(minReadySeconds) - now;
        return minReadySeconds == 0 || left < TimeSpan.Zero ? TimeSpan.Zero : left;
    }

    /// <summary>The pods to give up first come first: not scheduled, not running, not ready, young ones.</summary>
    public static IEnumerable<JsonObject> ByDispensability(IEnumerable<JsonObject> pods) => pods
        .OrderBy(pod => pod.Text("spec", "nodeName") is { Length: > 0 })
        .ThenBy(pod => pod.Text("status", "phase") switch { "Running" => 2, "Unknown" => 1, _ => 0 })
        .ThenBy(IsReady)
        .ThenByDescending(pod => ReadyCondition(pod).Text("lastTransitionTime"), StringComparer.Ordinal)
        .ThenByDescending(pod => pod.Text("metadata", "creationTimestamp"), StringComparer.Ordinal);

    /// <summary>A count that may be a percentage ("25%") of a total.</summary>
    public static int Share(JsonNode? value, long total, bool roundUp)
    {
        if (value.AsLong() is { } number)
        {
            return (int)number;
        }

        var percent = double.TryParse(value.Text()?.TrimEnd('%'), System.Globalization.CultureInfo.InvariantCulture, out var parsed) ? parsed : 0;
        var share = percent * total / 100;
        return (int)(roundUp ? Math.Ceiling(share) : Math.Floor(share));
    }

    /// <summary>Sets a condition; its transition time changes only with its status.</summary>
    public static void SetCondition(JsonObject status, string type, string value, string reason, string message, string now, bool touchUpdate = false)
    {
        status.Default("conditions", new JsonArray());
        var list = (JsonArray)status["conditions"]!;
        var condition = list.Items().FirstOrDefault(item => item.Text("type") == type);
        if (condition is null)
        {
            list.Add(condition = new JsonObject { ["type"] = type });
        }

        var same = condition.Text("status") == value && condition.Text("reason") == reason && condition.Text("message") == message;
        if (condition.Text("status") != value)
        {
            condition["lastTransitionTime"] = now;
        }

        (condition["status"], condition["reason"], condition["message"]) = (value, reason, message);
        if (touchUpdate && (!same || condition["lastUpdateTime"] is null))
        {
            condition["lastUpdateTime"] = now;
        }
    }

    public static JsonObject? Condition(JsonNode? status, string type) => status.Items("conditions").FirstOrDefault(item => item.Text("type") == type);

    private static JsonObject? ReadyCondition(JsonObject pod) => Condition(pod["status"], "Ready");

    private static JsonNode? Canonical(JsonNode? node) => node switch
    {
        JsonObject map => new JsonObject(map.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => KeyValuePair.Create(pair.Key, Canonical(pair.Value)))),
        JsonArray list => new JsonArray([.. list.Select(Canonical)]),
        _ => node?.DeepClone(),
    };
}
