using System.Text.Json;
using System.Text.Json.Nodes;
using Tiketi.LocalCloud.Kubernetes.Api;
using Tiketi.LocalCloud.Kubernetes.Resources;

namespace Tiketi.LocalCloud.Kubernetes.Schema;

/// <summary>What decoding found beside the object itself.</summary>
/// <param name="Unknown">Paths of fields that the kind does not have; they were dropped.</param>
/// <param name="Missing">Paths of required fields that are absent.</param>
internal sealed record DecodeFindings(List<string> Unknown, List<string> Missing);

/// <summary>
/// Turns a document into what decoding into the kind's Go type and encoding it again would give: unknown fields, nulls and
/// empty lists and maps dropped, quantities in canonical form, wrong types refused.
/// </summary>
internal static class ObjectDecoder
{
    private const string RbacGroup = "rbac.authorization.k8s.io";

    private static readonly HashSet<string> FalseOmitted = new(["hostNetwork", "hostPID", "hostIPC", "stdin", "stdinOnce", "tty", "readOnly", "paused"], StringComparer.Ordinal);

    public static DecodeFindings Normalize(ResourceDefinition resource, JsonObject body)
    {
        var findings = new DecodeFindings([], []);
        Struct(body, resource.Type, string.Empty, findings, new Context(resource));
        return findings;
    }

    private static void Struct(JsonObject node, TypeRef type, string path, DecodeFindings findings, Context context)
    {
        CompleteAtomic(node, type.Struct!);
        foreach (var (name, value) in node.ToList())
        {
            var at = path.Length == 0 ? name : $"{path}.{name}";
            if (type.Member(name) is not { } member)
            {
                findings.Unknown.Add(at);
                node.Remove(name);
            }
            else if (value is null || IsOmitted(name, value, type.Struct!) || (Value(node, name, value, member, at, findings, context) && !member.Required))
            {
                node.Remove(name);
            }
        }

        if (!path.StartsWith("status", StringComparison.Ordinal))
        {
            findings.Missing.AddRange(type.Struct!.Fields.Where(field => field.Value.Required && node[field.Key] is null)
                .Select(field => path.Length == 0 ? field.Key : $"{path}.{field.Key}").Order(StringComparer.Ordinal));
        }
    }

    /// <summary>
    /// Defaults inside a struct that is owned as a whole: without them an applied configuration that leaves them out would differ from
    /// what is stored, for ever.
    /// </summary>
    private static void CompleteAtomic(JsonObject node, StructType type)
    {
        switch (type.Name)
        {
            case "ObjectFieldSelector":
                node.Default("apiVersion", "v1");
                break;
            case "RoleRef":
                node.Default("apiGroup", RbacGroup);
                break;
            case "Subject" when node.Text("kind") is "User" or "Group":
                node.Default("apiGroup", RbacGroup);
                break;
        }
    }

    /// <summary>Zero values that encoding leaves out.</summary>
    private static bool IsOmitted(string name, JsonNode value, StructType type) =>
        (FalseOmitted.Contains(name) && value.GetValueKind() == JsonValueKind.False) || (name == "value" && type.Name == "EnvVar" && value.Text() == string.Empty);

    /// <summary>Normalises one value in place; true when it is an empty list or map, which encoding leaves out.</summary>
    private static bool Value(JsonObject parent, string name, JsonNode value, TypeRef type, string path, DecodeFindings findings, Context context)
    {
        switch (type.Kind)
        {
            case TypeKind.Struct:
                Struct(value as JsonObject ?? throw Mismatch(value, type, path, context), type, path, findings, context);
                return false;
            case TypeKind.Map:
                var map = value as JsonObject ?? throw Mismatch(value, type, path, context);
                foreach (var (key, item) in map.ToList())
                {
                    if (item is null)
                    {
                        map[key] = type.Element.Kind is TypeKind.String or TypeKind.Bytes ? string.Empty : null;
                    }
                    else
                    {
                        Value(map, key, item, type.Element, $"{path}.{key}", findings, context);
                    }
                }

                return map.Count == 0;
            case TypeKind.List:
                return List(value as JsonArray ?? throw Mismatch(value, type, path, context), type, path, findings, context);
            default:
                if (Scalar(value, type, path, context) is { } replacement)
                {
                    parent[name] = replacement;
                }

                return false;
        }
    }

    private static bool List(JsonArray list, TypeRef type, string path, DecodeFindings findings, Context context)
    {
        for (var i = 0; i < list.Count; i++)
        {
            var at = $"{path}[{i}]";
            var item = list[i];
            if (type.Element.Kind == TypeKind.Struct)
            {
                Struct(item as JsonObject ?? throw Mismatch(item, type.Element, at, context), type.Element, at, findings, context);
            }
            else if (item is not null && Scalar(item, type.Element, at, context) is { } replacement)
            {
                list[i] = replacement;
            }
        }

        return list.Count == 0;
    }

    /// <summary>Checks a scalar's type; gives the value to store instead, or null to keep it.</summary>
    private static JsonNode? Scalar(JsonNode value, TypeRef type, string path, Context context)
    {
        var kind = value.GetValueKind();
        switch (type.Kind)
        {
            case TypeKind.Any:
            case TypeKind.String or TypeKind.Time when kind == JsonValueKind.String:
            case TypeKind.Int or TypeKind.Long when kind == JsonValueKind.Number && value.AsLong() is not null:
            case TypeKind.Double when kind == JsonValueKind.Number:
            case TypeKind.Bool when kind is JsonValueKind.True or JsonValueKind.False:
            case TypeKind.IntOrString when kind == JsonValueKind.String || value.AsLong() is not null:
                return null;
            case TypeKind.Bytes when kind == JsonValueKind.String:
                if (!Convert.TryFromBase64String(value.Text()!, new byte[value.Text()!.Length], out _))
                {
                    throw StatusException.BadRequest($"{context.Prefix}illegal base64 data at input byte 0");
                }

                return null;
            case TypeKind.Quantity when kind is JsonValueKind.String or JsonValueKind.Number:
                var text = value.ToString();
                if (!Quantity.TryParse(text, out var quantity))
                {
                    throw StatusException.BadRequest($"{context.Prefix}quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
                }

                return quantity.ToString();
            default:
                throw Mismatch(value, type, path, context);
        }
    }

    private static StatusException Mismatch(JsonNode? value, TypeRef type, string path, Context context)
    {
        var found = value?.GetValueKind() switch
        {
            JsonValueKind.String => "string",
            JsonValueKind.Number when type.Kind is TypeKind.Int or TypeKind.Long => $"number {value}",
            JsonValueKind.Number => "number",
            JsonValueKind.True or JsonValueKind.False => "bool",
            JsonValueKind.Array => "array",
            _ => "object",
        };
        return StatusException.BadRequest($"{context.Prefix}json: cannot unmarshal {found} into Go struct field {context.Resource.Kind}.{StripIndices(path)} of type {type.GoName}");
    }

    private static string StripIndices(string path) => string.Concat(path.Split('[').Select((part, i) => i == 0 ? part : part[(part.IndexOf(']') + 1)..]));

    private sealed record Context(ResourceDefinition Resource)
    {
        public string Prefix => $"{Resource.Kind} in version \"{Resource.Version}\" cannot be handled as a {Resource.Kind}: ";
    }
}
