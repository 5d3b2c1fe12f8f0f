using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using Tiketi.LocalCloud.Eks;
using Tiketi.LocalCloud.Hosting;
using Tiketi.LocalCloud.Kubernetes;
using Tiketi.LocalCloud.Kubernetes.Api;
using Tiketi.LocalCloud.Kubernetes.Resources;
using Tiketi.LocalCloud.Kubernetes.Storage;
using Tiketi.LocalCloud.PodIdentity;
using Tiketi.LocalCloud.Tests.S3;

namespace Tiketi.LocalCloud.Tests.Kubernetes;

/// <summary>Storage and admission without ports, controllers or an engine.</summary>
internal sealed class InMemoryCluster : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public InMemoryCluster()
    {
        Open();
        Create("namespaces", """{"metadata":{"name":"test"}}""");
    }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));

    public string Folder => _folder.Path;

    public ObjectStore Store { get; private set; } = null!;

    public ClusterObjects Objects { get; private set; } = null!;

    public Deletion Deletion { get; private set; } = null!;

    public static JsonObject Parse(string json) => (JsonObject)JsonNode.Parse(json)!;

    public static ResourceDefinition Kind(string plural) => ResourceRegistry.Get(plural);

    /// <summary>Ends and starts it again on the same folder.</summary>
    public void Reopen()
    {
        Store.Dispose();
        Open();
    }

    public JsonObject Create(string plural, string json, string manager = "creator") =>
        Objects.Create(Kind(plural), Kind(plural).Namespaced ? "test" : string.Empty, Parse(json), new WriteOptions(manager));

    public JsonObject Apply(string plural, string name, string json, string manager = "us", bool force = false, bool dryRun = false) =>
        Objects.Apply(Kind(plural), "test", name, Parse(json), new WriteOptions(manager) { Force = force, DryRun = dryRun }).Body;

    public JsonObject Patch(string plural, string name, string type, string json, string manager = "patcher", string subresource = "") =>
        Objects.Modify(Kind(plural), "test", name, current => WriteHandler.Change(Kind(plural), current, type, JsonNode.Parse(json)), new WriteOptions(manager) { Subresource = subresource });

    public JsonObject Get(string plural, string name) => Objects.Get(Kind(plural), "test", name).Body;

    public void Dispose()
    {
        Store.Dispose();
        _folder.Dispose();
    }

    private void Open()
    {
        var settings = new LocalCloudSettings { StateDirectory = _folder.Path, DockerHost = "", PostgresImage = "", RedisImage = "" };
        var registry = new ResourceRegistry();
        var state = new StateStore(settings);
        Store = new ObjectStore(state, registry);
        Objects = new ClusterObjects(Store, registry, new PodIdentityWebhook(new PodIdentityAssociations(new EksClusters(state)), settings), Time);
        Deletion = new Deletion(Store, registry, Time);
    }

    public const string Deployment = """
        {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web","labels":{"app":"web"}},
         "spec":{"replicas":2,"selector":{"matchLabels":{"app":"web"}},
          "template":{"metadata":{"labels":{"app":"web"}},"spec":{"containers":[
            {"name":"app","image":"web:1","ports":[{"containerPort":80}],"env":[{"name":"A","value":"1"},{"name":"IP","valueFrom":{"fieldRef":{"fieldPath":"status.podIP"}}}],
             "resources":{"limits":{"cpu":"1000m","memory":"1024Mi"}}}]}}}}
        """;

    /// <summary>The Deployment with another text in it.</summary>
    public static string DeploymentWith(string find, string replacement) => Deployment.Replace(find, replacement, StringComparison.Ordinal);
}
