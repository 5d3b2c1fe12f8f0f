using System.Numerics;
using System.Text.Json.Nodes;
using Tiketi.LocalCloud.Kubernetes.Api;
using Tiketi.LocalCloud.Kubernetes.Resources;
using Tiketi.LocalCloud.Kubernetes.Schema;
using Tiketi.LocalCloud.Kubernetes.Storage;

namespace Tiketi.LocalCloud.Kubernetes.Admission;

/// <summary>A namespace's ResourceQuotas as far as they limit pods: their number, and what they request or are limited to. Scopes are not looked at.</summary>
internal static class ResourceQuotas
{
    public static bool Limit(ResourceDefinition resource, string ns, ObjectStore store) => resource.Plural == "pods" && Of(ns, store).Any();

    /// <exception cref="StatusException">One more pod like this would exceed a quota.</exception>
    public static void Check(ResourceDefinition resource, string ns, JsonObject pod, ObjectStore store)
    {
        foreach (var quota in Of(ns, store))
        {
            var (hard, used, asked) = (Hard(quota), Used(quota, store), new Dictionary<string, Quantity>(StringComparer.Ordinal));
            var unsaid = new List<string>();
            foreach (var name in hard.Keys)
            {
                if (Of(pod, name) is { } quantity)
                {
                    asked[name] = quantity;
                }
                else
                {
                    unsaid.Add(name);
                }
            }

            if (unsaid.Count > 0)
            {
                throw StatusException.Forbidden(resource, pod.Name(), $"failed quota: {quota.Name()}: must specify {string.Join(",", unsaid.Order(StringComparer.Ordinal))}");
            }

            var exceeded = asked.Where(pair => pair.Value.Nano > 0 && used[pair.Key].Nano + pair.Value.Nano > hard[pair.Key].Nano).Select(pair => pair.Key).Order(StringComparer.Ordinal).ToList();
            if (exceeded.Count > 0)
            {
                string Amounts(IReadOnlyDictionary<string, Quantity> amounts) => string.Join(",", exceeded.Select(name => $"{name}={amounts[name]}"));
                throw StatusException.Forbidden(resource, pod.Name(), $"exceeded quota: {quota.Name()}, requested: {Amounts(asked)}, used: {Amounts(used)}, limited: {Amounts(hard)}");
            }
        }
    }

    /// <summary>What a quota limits that pods use.</summary>
    public static IReadOnlyDictionary<string, Quantity> Hard(JsonObject quota) => quota.TextMap("spec", "hard")
        .Where(pair => Resource(pair.Key) is not null && Quantity.TryParse(pair.Value, out _))
        .ToDictionary(pair => pair.Key, pair => Quantity.TryParse(pair.Value, out var quantity) ? quantity : default, StringComparer.Ordinal);

    /// <summary>What of it the namespace's pods use; those that have ended use nothing.</summary>
    public static IReadOnlyDictionary<string, Quantity> Used(JsonObject quota, ObjectStore store)
    {
        var pods = store.List(ResourceRegistry.Get("pods"), quota.Namespace()).Select(pod => pod.Body).Where(pod => pod.Text("status", "phase") is not ("Succeeded" or "Failed")).ToList();
        return Hard(quota).ToDictionary(
            pair => pair.Key,
            pair => new Quantity(pods.Select(pod => Of(pod, pair.Key)?.Nano ?? 0).Aggregate(BigInteger.Zero, BigInteger.Add), pair.Value.Binary),
            StringComparer.Ordinal);
    }

    private static IEnumerable<JsonObject> Of(string ns, ObjectStore store) => store.List(ResourceRegistry.Get("resourcequotas"), ns).Select(quota => quota.Body);

    /// <summary>What a pod uses of it; null where a container does not say.</summary>
    private static Quantity? Of(JsonObject pod, string name)
    {
        var (section, resource) = Resource(name)!.Value;
        if (resource == "pods")
        {
            return new Quantity(BigInteger.Pow(10, 9), Binary: false);
        }

        var amounts = pod.Items("spec", "containers").Select(container => container.Text("resources", section, resource)).ToList();
        return amounts.TrueForAll(amount => amount is not null && Quantity.TryParse(amount, out _))
            ? amounts.Select(amount => Quantity.TryParse(amount!, out var quantity) ? quantity : default)
                .Aggregate((sum, next) => new Quantity(sum.Nano + next.Nano, sum.Binary || next.Binary))
            : null;
    }

    private static (string Section, string Resource)? Resource(string name) => name switch
    {
        "pods" or "count/pods" => ("", "pods"),
        "cpu" or "memory" => ("requests", name),
        "requests.cpu" or "requests.memory" or "limits.cpu" or "limits.memory" => name.Split('.') is [var section, var resource] ? (section, resource) : null,
        _ => null,
    };
}
