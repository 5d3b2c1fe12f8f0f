using System.Text.Json;
using System.Text.Json.Nodes;
using Tiketi.LocalCloud.Kubernetes.Resources;

namespace Tiketi.LocalCloud.Kubernetes.Storage;

/// <summary>One version of one object. The body is shared between readers: copy it before changing anything.</summary>
internal sealed class StoredObject(ResourceDefinition resource, string ns, string name, long version, JsonObject body)
{
    private byte[]? _utf8;

    public ResourceDefinition Resource { get; } = resource;

    /// <summary>Empty for what is not namespaced.</summary>
    public string Namespace { get; } = ns;

    public string Name { get; } = name;

    public long Version { get; } = version;

    public JsonObject Body { get; } = body;

    public byte[] Utf8 => _utf8 ??= JsonSerializer.SerializeToUtf8Bytes(Body, Json.Plain);

    public static string KeyOf(string ns, string name) => $"{ns}/{name}";
}

internal enum ChangeKind
{
    Added,
    Modified,
    Deleted,
}

/// <summary>One write: what the object is now (for a deletion: last was, at the version of the deletion) and was before.</summary>
internal sealed record Change(ChangeKind Kind, StoredObject Object, StoredObject? Previous);
