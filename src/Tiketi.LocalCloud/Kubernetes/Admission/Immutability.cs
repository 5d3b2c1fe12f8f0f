using System.Text.Json.Nodes;
using Tiketi.LocalCloud.Kubernetes.Api;
using Tiketi.LocalCloud.Kubernetes.Resources;

namespace Tiketi.LocalCloud.Kubernetes.Admission;

/// <summary>Fields that may not change once an object exists.</summary>
internal static class Immutability
{
    private const string Immutable = "field is immutable";

    private static readonly string[] StatefulSetMutable =
        ["replicas", "ordinals", "template", "updateStrategy", "revisionHistoryLimit", "persistentVolumeClaimRetentionPolicy", "minReadySeconds"];

    public static void Check(ResourceDefinition resource, JsonObject body, JsonObject old, List<FieldError> errors)
    {
        switch (resource.Plural)
        {
            case "pods":
                Pod(body, old, errors);
                break;
            case "deployments" or "replicasets" or "daemonsets":
                Same(body, old, errors, "spec", "selector");
                break;
            case "statefulsets":
                if (!Json.Same(Without(old.Object("spec"), StatefulSetMutable), Without(body.Object("spec"), StatefulSetMutable)))
                {
                    errors.Add(FieldError.Forbidden("spec", $"updates to statefulset spec for fields other than {string.Join(", ", StatefulSetMutable.Select(name => $"'{name}'"))} are forbidden"));
                }

                break;
            case "jobs":
                Same(body, old, errors, "spec", "selector");
                Same(body, old, errors, "spec", "completionMode");
                Same(body, old, errors, "spec", "template");
                break;
            case "services" when old.Text("spec", "clusterIP") is { Length: > 0 } && old.Text("spec", "type") != "ExternalName" && body.Text("spec", "type") != "ExternalName":
                Same(body, old, errors, "spec", "clusterIP");
                break;
            case "configmaps" or "secrets" when old.Flag("immutable"):
                if (!Json.Same(Data(body), Data(old)))
                {
                    errors.Add(FieldError.Forbidden("data", "field is immutable when `immutable` is set"));
                }

                break;
            case "rolebindings" or "clusterrolebindings" when !Json.Same(body["roleRef"], old["roleRef"]):
                errors.Add(FieldError.Invalid("roleRef", body["roleRef"]?.DeepClone(), "cannot change roleRef"));
                break;
        }

        if (resource.Plural == "secrets" && body.Text("type") != old.Text("type"))
        {
            errors.Add(FieldError.Invalid("type", body["type"]?.DeepClone(), Immutable));
        }
    }

    private static void Same(JsonObject body, JsonObject old, List<FieldError> errors, params ReadOnlySpan<string> path)
    {
        if (!Json.Same(body.At(path), old.At(path)))
        {
            errors.Add(FieldError.Invalid(string.Join('.', path.ToArray()), body.At(path)?.DeepClone(), Immutable));
        }
    }

    private static JsonObject Data(JsonObject body) => new() { ["data"] = body["data"]?.DeepClone(), ["binaryData"] = body["binaryData"]?.DeepClone(), ["immutable"] = body["immutable"]?.DeepClone() };

    private static JsonObject Without(JsonObject? spec, string[] names)
    {
        var copy = spec?.Copy() ?? [];
        foreach (var name in names)
        {
            copy.Remove(name);
        }

        return copy;
    }

    private static void Pod(JsonObject body, JsonObject old, List<FieldError> errors)
    {
        if (!Json.Same(Fixed(body, old), Fixed(old, old)))
        {
            errors.Add(FieldError.Forbidden("spec", "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)"));
        }
    }

    private static JsonObject Fixed(JsonObject pod, JsonObject old)
    {
        var spec = Without(pod.Object("spec"), ["activeDeadlineSeconds", "tolerations"]);
        if (old.Text("spec", "nodeName") is null or "")
        {
            spec.Remove("nodeName"); // the scheduler's to set, once
        }

        foreach (var container in spec.Items("initContainers").Concat(spec.Items("containers")))
        {
            container.Remove("image");
        }

        return spec;
    }
}
