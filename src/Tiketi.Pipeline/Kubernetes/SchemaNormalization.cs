using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tiketi.Pipeline.Kubernetes;

/// <summary>
/// Writes out what older servers (1.20 does) insist on when objects are applied, and all others understand alike: that a port is a
/// TCP one, since the protocol belongs to its key in the list, and quantities as text ("1" for 1).
/// </summary>
internal static class SchemaNormalization
{
    private const string Protocol = "protocol";

    public static Manifest Normalize(Manifest manifest) => Ports(manifest.Body).Any(Lacks) || Amounts(manifest.Body).Any(IsNumber)
        ? manifest.With(body =>
        {
            foreach (var port in Ports(body).Where(Lacks))
            {
                port[Protocol] = "TCP";
            }

            foreach (var amount in Amounts(body).Where(IsNumber).ToList())
            {
                amount.ReplaceWith(amount.ToJsonString());
            }
        })
        : manifest;

    private static bool Lacks(JsonObject port) => port[Protocol] is null;

    private static bool IsNumber(JsonNode amount) => amount.GetValueKind() == JsonValueKind.Number;

    private static IEnumerable<JsonObject> Ports(JsonObject body) =>
        (body.Text("kind") == "Service" ? body.Items("spec", "ports") : Containers(body).SelectMany(container => container.Items("ports"))).OfType<JsonObject>();

    private static IEnumerable<JsonNode> Amounts(JsonObject body) => (body.Text("kind") switch
    {
        "ResourceQuota" => [body.At("spec", "hard")],
        "PersistentVolumeClaim" => [body.At("spec", "resources", "requests")],
        _ => Containers(body).SelectMany(container => new[] { container.At("resources", "requests"), container.At("resources", "limits") }),
    }).OfType<JsonObject>().SelectMany(amounts => amounts.Select(pair => pair.Value)).OfType<JsonNode>();

    private static IEnumerable<JsonObject> Containers(JsonObject body) => Manifest.PodTemplate(body) is { } template ? Manifest.Containers(template) : [];
}
