using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Tiketi.LocalCloud.Kubernetes.Resources;
using Tiketi.LocalCloud.Kubernetes.Schema;
using Tiketi.LocalCloud.Kubernetes.Storage;

namespace Tiketi.LocalCloud.Kubernetes.Kubelet;

/// <summary>A container's environment: envFrom, then env, with valueFrom resolved and $(NAME) expanded.</summary>
internal sealed partial class EnvironmentResolver(ObjectStore store)
{
    /// <exception cref="PodConfigException">A ConfigMap, Secret or key that is not optional is missing.</exception>
    public Dictionary<string, string> Resolve(JsonObject pod, JsonObject container, string? podIp)
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var source in container.Items("envFrom"))
        {
            var prefix = source.Text("prefix") ?? string.Empty;
            foreach (var (key, value) in FromReference(pod.Namespace(), source))
            {
                environment[prefix + key] = value;
            }
        }

        foreach (var variable in container.Items("env"))
        {
            var value = variable.Object("valueFrom") is { } from ? From(pod, container, from, podIp) : Expand(variable.Text("value") ?? string.Empty, environment);
            if (value is not null)
            {
                environment[variable.Text("name")!] = value;
            }
        }

        return environment;
    }

    /// <summary>Replaces $(NAME) by the variable's value; $$(NAME) stands for itself, an unknown name stays.</summary>
    public static string Expand(string text, IReadOnlyDictionary<string, string> environment) => Reference().Replace(text, match =>
        match.Value[1] == '$' ? match.Value[1..] : environment.TryGetValue(match.Groups["name"].Value, out var value) ? value : match.Value);

    /// <summary>The value that a fieldRef names ("metadata.name", "status.podIP", "metadata.labels['app']").</summary>
    public static string? Field(JsonObject pod, string path, string? podIp)
    {
        if (Subscript().Match(path) is { Success: true } match)
        {
            return pod.Text("metadata", match.Groups["map"].Value, match.Groups["key"].Value) ?? string.Empty;
        }

        return path switch
        {
            "status.podIP" or "status.podIPs" => podIp,
            "status.hostIP" or "status.hostIPs" => pod.Text("status", "hostIP") ?? NodeStatus.Address,
            "metadata.labels" or "metadata.annotations" =>
                string.Join('\n', pod.TextMap("metadata", path.Split('.')[1]).OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={((JsonNode)pair.Value).Compact()}")),
            _ => pod.At(path.Split('.'))?.ToString(),
        };
    }

    /// <summary>The value that a resourceFieldRef names, in units of its divisor, rounded up.</summary>
    public static string? ResourceField(JsonObject container, JsonObject reference)
    {
        var parts = (reference.Text("resource") ?? string.Empty).Split('.', 2);
        if (container.Text("resources", parts[0], parts[^1]) is not { } text || !Quantity.TryParse(text, out var quantity))
        {
            return "0";
        }

        var divisor = Quantity.TryParse(reference.Text("divisor") ?? "1", out var parsed) && !parsed.Nano.IsZero ? parsed.Nano : 1_000_000_000;
        return ((quantity.Nano + divisor - 1) / divisor).ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>A ConfigMap's or Secret's entries as text.</summary>
    /// <returns>Null when there is no such object.</returns>
    public Dictionary<string, byte[]>? Data(string plural, string ns, string name)
    {
        if (store.Find(ResourceRegistry.Get(plural), ns, name)?.Body is not { } body)
        {
            return null;
        }

        var data = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var (key, value) in body.TextMap("data"))
        {
            data[key] = plural == "secrets" ? Convert.FromBase64String(value) : Encoding.UTF8.GetBytes(value);
        }

        foreach (var (key, value) in body.TextMap("binaryData"))
        {
            data[key] = Convert.FromBase64String(value);
        }

        return data;
    }

    private IEnumerable<KeyValuePair<string, string>> FromReference(string ns, JsonObject source)
    {
        var (plural, reference) = source.Object("secretRef") is { } secret ? ("secrets", secret) : ("configmaps", source.Object("configMapRef") ?? []);
        var name = reference.Text("name") ?? string.Empty;
        var data = Data(plural, ns, name);
        return data is null && !reference.Flag("optional")
            ? throw new PodConfigException($"{Singular(plural)} \"{name}\" not found")
            : (data ?? []).Select(pair => KeyValuePair.Create(pair.Key, Encoding.UTF8.GetString(pair.Value)));
    }

    private string? From(JsonObject pod, JsonObject container, JsonObject from, string? podIp)
    {
        if (from.Text("fieldRef", "fieldPath") is { } path)
        {
            return Field(pod, path, podIp);
        }

        if (from.Object("resourceFieldRef") is { } resource)
        {
            return ResourceField(container, resource);
        }

        var (plural, reference) = from.Object("secretKeyRef") is { } secret ? ("secrets", secret) : ("configmaps", from.Object("configMapKeyRef") ?? []);
        var (name, key) = (reference.Text("name") ?? string.Empty, reference.Text("key") ?? string.Empty);
        var data = Data(plural, pod.Namespace(), name);
        if (data?.TryGetValue(key, out var value) == true)
        {
            return Encoding.UTF8.GetString(value);
        }

        return reference.Flag("optional") ? null : throw new PodConfigException(data is null
            ? $"{Singular(plural)} \"{name}\" not found"
            : $"couldn't find key {key} in {(plural == "secrets" ? "Secret" : "ConfigMap")} {pod.Namespace()}/{name}");
    }

    private static string Singular(string plural) => plural == "secrets" ? "secret" : "configmap";

    [GeneratedRegex(@"\$\$\([^)]*\)|\$\((?<name>[^)]*)\)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Reference();

    [GeneratedRegex(@"^metadata\.(?<map>labels|annotations)\['(?<key>[^']+)'\]$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Subscript();
}
