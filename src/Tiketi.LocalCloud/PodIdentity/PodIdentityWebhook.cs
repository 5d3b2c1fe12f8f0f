using System.Text.Json.Nodes;
using Tiketi.LocalCloud.Hosting;
using Tiketi.LocalCloud.Kubernetes;
using Tiketi.LocalCloud.Kubernetes.Kubelet;

namespace Tiketi.LocalCloud.PodIdentity;

/// <summary>
/// What EKS puts into a new pod whose service account has a pod identity: its token, and where AWS's SDKs exchange it for credentials.
/// Here they are told besides where AWS is (AWS_ENDPOINT_URL): this local cloud.
/// </summary>
internal sealed class PodIdentityWebhook(PodIdentityAssociations associations, LocalCloudSettings settings)
{
    private const string Volume = "eks-pod-identity-token";
    private const string Folder = "/var/run/secrets/pods.eks.amazonaws.com/serviceaccount";

    /// <summary>Whether the pod was given an identity.</summary>
    public static bool Applies(JsonObject pod) => pod.Items("spec", "volumes").Any(volume => volume.Text("name") == Volume);

    public void Mutate(JsonObject pod, string ns)
    {
        var spec = pod.Ensure("spec");
        if (associations.RoleOf(ns, spec.Text("serviceAccountName") ?? "default") is null)
        {
            return;
        }

        Add(spec, "volumes", new JsonObject
        {
            ["name"] = Volume,
            ["projected"] = new JsonObject
            {
                ["sources"] = new JsonArray(new JsonObject
                {
                    ["serviceAccountToken"] = new JsonObject { ["audience"] = ServiceAccountTokens.PodIdentity, ["expirationSeconds"] = 86_400, ["path"] = Volume },
                }),
            },
        });
        var cloud = $"http://{PodGateway.HostName}:{settings.AwsPort}";
        foreach (var container in PodWorker.AllContainers(pod))
        {
            Add(container, "volumeMounts", new JsonObject { ["name"] = Volume, ["mountPath"] = Folder, ["readOnly"] = true });
            foreach (var (name, value) in new[]
            {
                ("AWS_STS_REGIONAL_ENDPOINTS", "regional"), ("AWS_DEFAULT_REGION", settings.Region), ("AWS_REGION", settings.Region), ("AWS_ENDPOINT_URL", cloud),
                ("AWS_CONTAINER_CREDENTIALS_FULL_URI", cloud + PodIdentityAgent.Path), ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", $"{Folder}/{Volume}"),
            })
            {
                if (container.Items("env").All(variable => variable.Text("name") != name)) // what the pod states stays
                {
                    Add(container, "env", new JsonObject { ["name"] = name, ["value"] = value });
                }
            }
        }
    }

    private static void Add(JsonObject parent, string list, JsonObject item)
    {
        if (parent[list] is not JsonArray items)
        {
            parent[list] = items = [];
        }

        items.Add((JsonNode)item);
    }
}
