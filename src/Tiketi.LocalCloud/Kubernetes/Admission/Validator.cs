using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Tiketi.LocalCloud.Kubernetes.Api;
using Tiketi.LocalCloud.Kubernetes.Resources;

namespace Tiketi.LocalCloud.Kubernetes.Admission;

/// <summary>The rules that the API server enforces, for the kinds that it runs.</summary>
internal static partial class Validator
{
    private const string NameRule = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
    private const string LabelRule = "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
    private const string DataKeyRule = "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";

    /// <param name="resource">The kind.</param>
    /// <param name="body">The object as it would be stored.</param>
    /// <param name="old">What is stored now; null for a new object.</param>
    /// <param name="missing">Required fields that decoding did not find.</param>
    public static List<FieldError> Validate(ResourceDefinition resource, JsonObject body, JsonObject? old, IReadOnlyList<string> missing)
    {
        var errors = new List<FieldError>();
        Metadata(resource, body, errors);
        if (resource.IsCustom)
        {
            return errors;
        }

        errors.AddRange(missing.Select(path => FieldError.Required(path)));
        switch (resource.Plural)
        {
            case "pods":
                PodValidator.Validate(body.Ensure("spec"), "spec", errors);
                break;
            case "deployments" or "replicasets" or "statefulsets" or "daemonsets":
                Workload(body, errors);
                break;
            case "jobs":
                PodValidator.Validate(body.Ensure("spec", "template", "spec"), "spec.template.spec", errors);
                JobPolicy(body.Ensure("spec"), "spec", errors);
                break;
            case "cronjobs":
                PodValidator.Validate(body.Ensure("spec", "jobTemplate", "spec", "template", "spec"), "spec.jobTemplate.spec.template.spec", errors);
                JobPolicy(body.Ensure("spec", "jobTemplate", "spec"), "spec.jobTemplate.spec", errors);
                break;
            case "services":
                Service(body, errors);
                break;
            case "configmaps" or "secrets":
                errors.AddRange((body.Object("data") ?? []).Select(pair => pair.Key).Where(key => !DataKey().IsMatch(key))
                    .Select(key => FieldError.Invalid("data[" + key + "]", key, DataKeyRule)));
                break;
            case "ingresses":
                Ingress(body, errors);
                break;
            case "horizontalpodautoscalers":
                Autoscaler(body, errors);
                break;
            case "poddisruptionbudgets" when body.At("spec", "minAvailable") is not null && body.At("spec", "maxUnavailable") is not null:
                errors.Add(FieldError.Invalid("spec", body["spec"], "minAvailable and maxUnavailable cannot be both set"));
                break;
        }

        if (old is not null)
        {
            Immutability.Check(resource, body, old, errors);
        }

        return errors;
    }

    private static void Metadata(ResourceDefinition resource, JsonObject body, List<FieldError> errors)
    {
        var name = body.Name();
        var isFree = resource.Group == "rbac.authorization.k8s.io";
        if (!isFree && (name.Length > 253 || !Subdomain().IsMatch(name)))
        {
            errors.Add(FieldError.Invalid("metadata.name", name, NameRule));
        }
        else if (resource.Plural is "services" or "namespaces" && (name.Length > 63 || name.Contains('.')))
        {
            errors.Add(FieldError.Invalid("metadata.name", name, "must be no more than 63 characters and may not contain dots"));
        }

        errors.AddRange(body.TextMap("metadata", "labels").Where(pair => pair.Value.Length > 63 || !Label().IsMatch(pair.Value))
            .Select(pair => FieldError.Invalid("metadata.labels", pair.Value, LabelRule)));
    }

    private static void Workload(JsonObject body, List<FieldError> errors)
    {
        var spec = body.Ensure("spec");
        PodValidator.Validate(spec.Ensure("template", "spec"), "spec.template.spec", errors, spec.Items("volumeClaimTemplates").Select(claim => claim.Name()));
        if (spec.Text("template", "spec", "restartPolicy") is { } policy and not "Always")
        {
            errors.Add(FieldError.NotSupported("spec.template.spec.restartPolicy", policy, "Always"));
        }

        if (spec.Object("selector") is { } selector)
        {
            if (selector.Object("matchLabels") is not { Count: > 0 } && !selector.Items("matchExpressions").Any())
            {
                errors.Add(FieldError.Invalid("spec.selector", selector.DeepClone(), "empty selector is invalid for deployment"));
            }
            else if (!Selectors.Matches(selector, spec.TextMap("template", "metadata", "labels")))
            {
                errors.Add(FieldError.Invalid("spec.template.metadata.labels", spec.At("template", "metadata", "labels")?.DeepClone(), "`selector` does not match template `labels`"));
            }
        }

        if (spec.Number("replicas") is < 0)
        {
            errors.Add(FieldError.Invalid("spec.replicas", spec["replicas"]?.DeepClone(), "must be greater than or equal to 0"));
        }

        if (spec.Number("progressDeadlineSeconds") is { } deadline && deadline <= (spec.Number("minReadySeconds") ?? 0))
        {
            errors.Add(FieldError.Invalid("spec.progressDeadlineSeconds", deadline, "must be greater than minReadySeconds"));
        }

        Strategy(body, spec, errors);
    }

    private static void Strategy(JsonObject body, JsonObject spec, List<FieldError> errors)
    {
        if (body.Text("kind") != "Deployment" || spec.Object("strategy") is not { } strategy)
        {
            return;
        }

        if (strategy.Text("type") is { } type and not ("RollingUpdate" or "Recreate"))
        {
            errors.Add(FieldError.NotSupported("spec.strategy.type", type, "Recreate", "RollingUpdate"));
        }

        if (strategy.Text("type") == "Recreate" && strategy["rollingUpdate"] is not null)
        {
            errors.Add(FieldError.Forbidden("spec.strategy.rollingUpdate", "may not be specified when strategy `type` is 'Recreate'"));
        }

        if (strategy.Object("rollingUpdate") is { } rolling && IsZero(rolling["maxUnavailable"]) && IsZero(rolling["maxSurge"]))
        {
            errors.Add(FieldError.Invalid("spec.strategy.rollingUpdate.maxUnavailable", rolling["maxUnavailable"]?.DeepClone(), "may not be 0 when `maxSurge` is 0"));
        }
    }

    private static bool IsZero(JsonNode? value) => value?.ToString() is "0" or "0%";

    private static void JobPolicy(JsonObject spec, string path, List<FieldError> errors)
    {
        if (spec.Text("template", "spec", "restartPolicy") is { } policy and not ("OnFailure" or "Never"))
        {
            errors.Add(new FieldError("FieldValueNotSupported", $"{path}.template.spec.restartPolicy",
                $"Required value: valid values: \"OnFailure\", \"Never\" (not \"{policy}\")"));
        }
    }

    private static void Service(JsonObject body, List<FieldError> errors)
    {
        var ports = body.Items("spec", "ports").ToList();
        if (ports.Count == 0 && body.Text("spec", "type") != "ExternalName" && body.Text("spec", "clusterIP") != "None")
        {
            errors.Add(FieldError.Required("spec.ports"));
        }

        for (var i = 0; i < ports.Count; i++)
        {
            PodValidator.Port(ports[i]["port"], $"spec.ports[{i}].port", errors);
            if (ports.Count > 1 && ports[i].Text("name") is null or "")
            {
                errors.Add(FieldError.Required($"spec.ports[{i}].name"));
            }

            if (ports.Take(i).Any(other => other.Number("port") == ports[i].Number("port") && other.Text("protocol") == ports[i].Text("protocol")))
            {
                errors.Add(FieldError.Duplicate($"spec.ports[{i}]", ports[i].DeepClone()));
            }
        }

        if (body.Text("spec", "type") is { } type and not ("ClusterIP" or "NodePort" or "LoadBalancer" or "ExternalName"))
        {
            errors.Add(FieldError.NotSupported("spec.type", type, "ClusterIP", "ExternalName", "LoadBalancer", "NodePort"));
        }
    }

    private static void Ingress(JsonObject body, List<FieldError> errors)
    {
        var rules = body.Items("spec", "rules").ToList();
        if (rules.Count == 0 && body.Object("spec", "defaultBackend") is null)
        {
            errors.Add(FieldError.Invalid("spec", body["spec"]?.DeepClone(), "either `defaultBackend` or `rules` must be specified"));
        }

        for (var i = 0; i < rules.Count; i++)
        {
            var paths = rules[i].Items("http", "paths").ToList();
            for (var j = 0; j < paths.Count; j++)
            {
                var at = $"spec.rules[{i}].http.paths[{j}]";
                if (paths[j].Text("pathType") is { } type and not ("Exact" or "Prefix" or "ImplementationSpecific"))
                {
                    errors.Add(FieldError.NotSupported($"{at}.pathType", type, "Exact", "ImplementationSpecific", "Prefix"));
                }

                if (paths[j].Text("pathType") is "Exact" or "Prefix" && paths[j].Text("path")?.StartsWith('/') != true)
                {
                    errors.Add(FieldError.Invalid($"{at}.path", paths[j].Text("path") ?? string.Empty, "must be an absolute path"));
                }

                if (paths[j].Object("backend", "service") is { } service && service.Number("port", "number") is null && service.Text("port", "name") is null)
                {
                    errors.Add(FieldError.Required($"{at}.backend.service.port", "port name or number is required"));
                }
            }
        }
    }

    private static void Autoscaler(JsonObject body, List<FieldError> errors)
    {
        if (body.Number("spec", "maxReplicas") is { } most && most < (body.Number("spec", "minReplicas") ?? 1))
        {
            errors.Add(FieldError.Invalid("spec.maxReplicas", most, "must be greater than or equal to `minReplicas`"));
        }
    }

    [GeneratedRegex(@"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Subdomain();

    [GeneratedRegex("^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Label();

    [GeneratedRegex("^[-._a-zA-Z0-9]+$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex DataKey();
}
