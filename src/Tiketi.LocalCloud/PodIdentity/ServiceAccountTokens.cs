using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tiketi.LocalCloud.Hosting;
using Tiketi.LocalCloud.Kubernetes;
using Tiketi.LocalCloud.Kubernetes.Resources;
using Tiketi.LocalCloud.Kubernetes.Storage;

namespace Tiketi.LocalCloud.PodIdentity;

/// <summary>Tokens that say which pod speaks: JSON web tokens bound to it, good for as long as it exists. Signed with a key that only this cloud knows.</summary>
internal sealed class ServiceAccountTokens(StateStore state, ObjectStore store)
{
    /// <summary>The audience of tokens that the Pod Identity agent takes.</summary>
    public const string PodIdentity = "pods.eks.amazonaws.com";

    private static readonly string Header = Encode("""{"alg":"HS256","typ":"JWT"}"""u8);

    private readonly Lazy<byte[]> _key = new(() => LoadKey(Path.Combine(state.Directory("kubernetes"), "service-account.key")));

    public string Create(JsonObject pod, string audience)
    {
        var claims = new JsonObject
        {
            ["aud"] = new JsonArray(audience),
            ["sub"] = $"system:serviceaccount:{pod.Namespace()}:{AccountOf(pod)}",
            ["kubernetes.io"] = new JsonObject { ["namespace"] = pod.Namespace(), ["pod"] = new JsonObject { ["name"] = pod.Name(), ["uid"] = pod.Uid() } },
        };
        var signed = $"{Header}.{Encode(JsonSerializer.SerializeToUtf8Bytes(claims))}";
        return $"{signed}.{Sign(signed)}";
    }

    /// <summary>The pod that a token was made for; null when the token is not ours, for another audience, or its pod is gone.</summary>
    public JsonObject? Find(string token, string audience)
    {
        if (token.Split('.') is not [var header, var payload, var signature] || !CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Sign($"{header}.{payload}")), Encoding.ASCII.GetBytes(signature)))
        {
            return null;
        }

        var claims = JsonNode.Parse(Base64Url.DecodeFromChars(payload)) as JsonObject;
        var pod = store.Find(ResourceRegistry.Get("pods"), claims.Text("kubernetes.io", "namespace") ?? "", claims.Text("kubernetes.io", "pod", "name") ?? "")?.Body;
        return claims.Texts("aud").Contains(audience) && pod?.Uid() == claims.Text("kubernetes.io", "pod", "uid") ? pod : null;
    }

    public static string AccountOf(JsonObject pod) => pod.Text("spec", "serviceAccountName") ?? "default";

    private string Sign(string text) => Encode(HMACSHA256.HashData(_key.Value, Encoding.ASCII.GetBytes(text)));

    private static string Encode(ReadOnlySpan<byte> bytes) => Base64Url.EncodeToString(bytes);

    private static byte[] LoadKey(string file)
    {
        if (!File.Exists(file))
        {
            PrivateFiles.Write(file, RandomNumberGenerator.GetBytes(32));
        }

        return File.ReadAllBytes(file);
    }
}
