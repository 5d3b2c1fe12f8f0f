using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Tiketi.LocalCloud.Kubernetes.Api;
using Tiketi.LocalCloud.Kubernetes.Resources;
using Tiketi.LocalCloud.Kubernetes.Schema;

namespace Tiketi.LocalCloud.Kubernetes.Admission;

/// <summary>Rules of a pod's spec.</summary>
internal static partial class PodValidator
{
    private const string LabelName = "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";

    /// <param name="spec">The pod's spec.</param>
    /// <param name="path">Where it is in the object.</param>
    /// <param name="errors">Gets what is wrong.</param>
    /// <param name="claims">Volumes that the pod gets besides: a StatefulSet's claims.</param>
    public static void Validate(JsonObject spec, string path, List<FieldError> errors, IEnumerable<string?>? claims = null)
    {
        var volumes = spec.Items("volumes").Select(volume => volume.Text("name")).Concat(claims ?? []).ToHashSet(StringComparer.Ordinal);
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var list in new[] { "initContainers", "containers" })
        {
            var index = 0;
            foreach (var container in spec.Items(list))
            {
                Container(container, $"{path}.{list}[{index++}]", names, volumes, errors);
            }
        }

        if (spec.Text("restartPolicy") is { } policy and not ("Always" or "OnFailure" or "Never"))
        {
            errors.Add(FieldError.NotSupported($"{path}.restartPolicy", policy, "Always", "Never", "OnFailure"));
        }
    }

    public static void Port(JsonNode? value, string path, List<FieldError> errors)
    {
        if (value.AsLong() is { } number && number is < 1 or > 65535)
        {
            errors.Add(FieldError.Invalid(path, value?.DeepClone(), "must be between 1 and 65535, inclusive"));
        }
    }

    private static void Container(JsonObject container, string path, HashSet<string> names, HashSet<string?> volumes, List<FieldError> errors)
    {
        var name = container.Text("name") ?? string.Empty;
        if (name.Length > 0 && (name.Length > 63 || !DnsLabel().IsMatch(name)))
        {
            errors.Add(FieldError.Invalid($"{path}.name", name, LabelName));
        }
        else if (!names.Add(name))
        {
            errors.Add(FieldError.Duplicate($"{path}.name", name));
        }

        if (container.Text("image") is not { Length: > 0 } image)
        {
            errors.Add(FieldError.Required($"{path}.image"));
        }
        else if (image.Trim() != image)
        {
            errors.Add(FieldError.Invalid($"{path}.image", image, "must not have leading or trailing whitespace"));
        }

        if (container.Text("imagePullPolicy") is { } policy and not ("Always" or "IfNotPresent" or "Never"))
        {
            errors.Add(FieldError.NotSupported($"{path}.imagePullPolicy", policy, "Always", "IfNotPresent", "Never"));
        }

        Each(container, "ports", path, (port, at) => Port(port["containerPort"], $"{at}.containerPort", errors));
        Each(container, "volumeMounts", path, (mount, at) =>
        {
            if (mount.Text("name") is { } volume && !volumes.Contains(volume))
            {
                errors.Add(FieldError.NotFound($"{at}.name", volume));
            }
        });
        Each(container, "env", path, (variable, at) =>
        {
            if (variable["value"] is not null && variable["valueFrom"] is not null && variable.Text("value") is { Length: > 0 })
            {
                errors.Add(FieldError.Invalid($"{at}.valueFrom", string.Empty, "may not be specified when `value` is not empty"));
            }
        });
        foreach (var probe in new[] { "livenessProbe", "readinessProbe", "startupProbe" })
        {
            Probe(container.Object(probe), $"{path}.{probe}", probe != "readinessProbe", errors);
        }

        Requests(container, path, errors);
    }

    private static void Each(JsonObject container, string list, string path, Action<JsonObject, string> check)
    {
        var index = 0;
        foreach (var item in container.Items(list))
        {
            check(item, $"{path}.{list}[{index++}]");
        }
    }

    private static void Probe(JsonObject? probe, string path, bool onlyOneSuccess, List<FieldError> errors)
    {
        if (probe is null)
        {
            return;
        }

        var handlers = new[] { "httpGet", "tcpSocket", "exec", "grpc" }.Count(kind => probe[kind] is not null);
        if (handlers == 0)
        {
            errors.Add(FieldError.Required(path, "must specify a handler type"));
        }
        else if (handlers > 1)
        {
            errors.Add(FieldError.Forbidden(path, "may not specify more than 1 handler type"));
        }

        if (onlyOneSuccess && probe.Number("successThreshold") is > 1)
        {
            errors.Add(FieldError.Invalid($"{path}.successThreshold", probe["successThreshold"]?.DeepClone(), "must be 1"));
        }

        Port(probe.At("httpGet", "port") ?? probe.At("tcpSocket", "port"), $"{path}.port", errors);
    }

    private static void Requests(JsonObject container, string path, List<FieldError> errors)
    {
        var limits = container.TextMap("resources", "limits");
        foreach (var (name, request) in container.TextMap("resources", "requests"))
        {
            if (limits.TryGetValue(name, out var limit) && Quantity.TryParse(request, out var asked) && Quantity.TryParse(limit, out var most) && asked.Nano > most.Nano)
            {
                errors.Add(FieldError.Invalid($"{path}.resources.requests", request, $"must be less than or equal to {name} limit of {limit}"));
            }
        }
    }

    [GeneratedRegex("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex DnsLabel();
}
