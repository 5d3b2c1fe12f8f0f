using System.Text.Json.Nodes;
using Tiketi.LocalCloud.Kubernetes.Resources;
using Tiketi.LocalCloud.Kubernetes.Storage;

namespace Tiketi.LocalCloud.Kubernetes.Controllers;

/// <summary>Keeps a Service's Endpoints and EndpointSlice in step with the pods that it selects and their readiness.</summary>
internal sealed class EndpointsController(ClusterObjects objects, Deletion deletion) : Controller(objects)
{
    private static readonly ResourceDefinition Pods = ResourceRegistry.Get("pods");
    private static readonly ResourceDefinition Endpoints = ResourceRegistry.Get("endpoints");
    private static readonly ResourceDefinition Slices = ResourceRegistry.Get("endpointslices");

    public override string Plural => "services";

    public override string Component => "endpoint-controller";

    public override IEnumerable<(string Namespace, string Name)> AffectedBy(Change change)
    {
        if (change.Object.Resource != Pods)
        {
            return Nothing;
        }

        var labels = change.Object.Body.TextMap("metadata", "labels");
        var former = change.Previous?.Body.TextMap("metadata", "labels") ?? [];
        return Store.List(Resource, change.Object.Namespace).Select(service => (service, selector: service.Body.TextMap("spec", "selector")))
            .Where(pair => Selectors.MatchesMap(pair.selector, labels) || Selectors.MatchesMap(pair.selector, former))
            .Select(pair => (pair.service.Namespace, pair.service.Name));
    }

    public override TimeSpan? Reconcile(JsonObject item)
    {
        var selector = item.TextMap("spec", "selector");
        if (item.IsDeleting() || selector.Count == 0 || item.Text("spec", "type") == "ExternalName")
        {
            return null;
        }

        var pods = Store.List(Pods, item.Namespace()).Select(pod => pod.Body)
            .Where(pod => Selectors.MatchesMap(selector, pod.TextMap("metadata", "labels")) && pod.Text("status", "podIP") is { Length: > 0 } && !PodTemplates.IsFinished(pod)).ToList();
        WriteSlice(item, pods);
        WriteEndpoints(item, [.. pods.Where(pod => !pod.IsDeleting())]);
        return null;
    }

    public override void Removed(JsonObject item)
    {
        if (Store.Find(Endpoints, item.Namespace(), item.Name()) is not null)
        {
            deletion.Delete(Endpoints, item.Namespace(), item.Name(), new DeleteOptions());
        }
    }

    /// <summary>The number behind a Service port's target: a number, or a port's name that each pod may give another number.</summary>
    private static long? TargetOf(JsonObject port, JsonObject pod) => port["targetPort"].AsLong()
        ?? pod.Items("spec", "containers").SelectMany(container => container.Items("ports")).FirstOrDefault(item => item.Text("name") == port.Text("targetPort")).Number("containerPort");

    private static JsonArray PortsOf(JsonObject service, JsonObject pod) => new([.. service.Items("spec", "ports").Where(port => TargetOf(port, pod) is not null).Select(port =>
    {
        var made = new JsonObject { ["port"] = TargetOf(port, pod), ["protocol"] = port.Text("protocol") };
        if (port.Text("name") is { } name)
        {
            made["name"] = name;
        }

        return (JsonNode)made;
    })]);

    private static JsonObject Reference(JsonObject pod) => new() { ["kind"] = "Pod", ["namespace"] = pod.Namespace(), ["name"] = pod.Name(), ["uid"] = pod.Uid() };

    private void WriteSlice(JsonObject service, List<JsonObject> pods)
    {
        var always = service.Flag("spec", "publishNotReadyAddresses");
        var groups = pods.GroupBy(pod => PortsOf(service, pod).Compact(), StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal).ToList();
        var prefix = service.Name() + "-" + PodTemplates.Hash(service.Uid())[..5];
        var wanted = new Dictionary<string, JsonObject>(StringComparer.Ordinal);
        for (var i = 0; i < Math.Max(1, groups.Count); i++)
        {
            var members = i < groups.Count ? groups[i].OrderBy(pod => pod.Name(), StringComparer.Ordinal).ToList() : [];
            wanted[i == 0 ? prefix : $"{prefix}-{i}"] = Slice(service, members, always);
        }

        foreach (var (name, slice) in wanted)
        {
            Write(Slices, service.Namespace(), name, slice);
        }

        foreach (var stale in Store.List(Slices, service.Namespace()).Where(slice => Owners.ControllerUid(slice.Body) == service.Uid() && !wanted.ContainsKey(slice.Name)).ToList())
        {
            deletion.Delete(Slices, stale.Namespace, stale.Name, new DeleteOptions());
        }
    }

    private static JsonObject Slice(JsonObject service, List<JsonObject> pods, bool always) => new()
    {
        ["metadata"] = new JsonObject
        {
            ["labels"] = new JsonObject { ["kubernetes.io/service-name"] = service.Name(), ["endpointslice.kubernetes.io/managed-by"] = "endpointslice-controller.k8s.io" },
            ["ownerReferences"] = Owners.For(service),
        },
        ["addressType"] = "IPv4",
        ["endpoints"] = new JsonArray([.. pods.Select(pod =>
        {
            var (ready, leaving) = (PodTemplates.IsReady(pod), pod.IsDeleting());
            return (JsonNode)new JsonObject
            {
                ["addresses"] = new JsonArray(pod.Text("status", "podIP")!),
                ["conditions"] = new JsonObject { ["ready"] = always || (ready && !leaving), ["serving"] = ready, ["terminating"] = leaving },
                ["nodeName"] = pod.Text("spec", "nodeName"),
                ["targetRef"] = Reference(pod),
            };
        })]),
        ["ports"] = pods.Count > 0 ? PortsOf(service, pods[0]) : new JsonArray(),
    };

    private void WriteEndpoints(JsonObject service, List<JsonObject> pods)
    {
        var always = service.Flag("spec", "publishNotReadyAddresses");
        var subsets = new JsonArray();
        foreach (var group in pods.GroupBy(pod => PortsOf(service, pod).Compact(), StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            var subset = new JsonObject();
            foreach (var part in group.OrderBy(pod => pod.Text("status", "podIP"), StringComparer.Ordinal).GroupBy(pod => always || PodTemplates.IsReady(pod)))
            {
                subset[part.Key ? "addresses" : "notReadyAddresses"] = new JsonArray([.. part.Select(pod => (JsonNode)new JsonObject
                {
                    ["ip"] = pod.Text("status", "podIP"), ["nodeName"] = pod.Text("spec", "nodeName"), ["targetRef"] = Reference(pod),
                })]);
            }

            subset["ports"] = PortsOf(service, group.First());
            subsets.Add(subset);
        }

        var body = new JsonObject { ["metadata"] = new JsonObject { ["labels"] = service.At("metadata", "labels")?.DeepClone() } };
        if (subsets.Count > 0)
        {
            body["subsets"] = subsets;
        }

        Write(Endpoints, service.Namespace(), service.Name(), body);
    }

    private void Write(ResourceDefinition resource, string ns, string name, JsonObject body)
    {
        body.Ensure("metadata")["name"] = name;
        if (Store.Find(resource, ns, name) is null)
        {
            Objects.Create(resource, ns, body, Options);
            return;
        }

        Objects.Modify(resource, ns, name, current =>
        {
            foreach (var field in current.Select(pair => pair.Key).Where(key => key is not ("metadata" or "apiVersion" or "kind")).ToList())
            {
                current.Remove(field);
            }

            foreach (var (key, value) in body.Where(pair => pair.Key != "metadata"))
            {
                current[key] = value?.DeepClone();
            }

            return current;
        }, Options);
    }
}
