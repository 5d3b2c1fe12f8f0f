using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Tiketi.LocalCloud.Kubernetes.Api;

namespace Tiketi.LocalCloud.Kubernetes.Schema;

/// <summary>
/// Reads Kubernetes' protobuf encoding, in which kubectl create and other typed clients send objects, by the numbers in
/// kubernetes.schema. Answers are always JSON, which those clients accept as well.
/// </summary>
internal static class ProtobufDecoder
{
    private static readonly byte[] Magic = "k8s\0"u8.ToArray();

    /// <summary>
    /// Fields for which zero, false or empty says something. For all others the encoding writes a zero where nothing was set, so a
    /// zero there means nothing.
    /// </summary>
    private static readonly HashSet<string> ZeroCounts = new(StringComparer.Ordinal)
    {
        "replicas", "partition", "terminationGracePeriodSeconds", "gracePeriodSeconds", "backoffLimit", "ttlSecondsAfterFinished", "revisionHistoryLimit", "completions", "parallelism",
        "runAsUser", "runAsGroup", "fsGroup", "minReplicas", "allowPrivilegeEscalation", "readOnlyRootFilesystem", "privileged", "runAsNonRoot", "automountServiceAccountToken",
        "optional", "suspend", "enableServiceLinks", "emptyDir", "podSelector", "namespaceSelector", "minAvailable", "maxUnavailable", "maxSurge", "value",
    };

    private enum Wire
    {
        Varint = 0,
        Fixed64 = 1,
        Bytes = 2,
        Fixed32 = 5,
    }

    /// <exception cref="StatusException">400: it is not that encoding, or of a kind that is not known.</exception>
    public static JsonObject Decode(ReadOnlySpan<byte> body)
    {
        if (!body.StartsWith(Magic))
        {
            throw StatusException.BadRequest("the provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]");
        }

        var (apiVersion, kind) = (string.Empty, string.Empty);
        var raw = ReadOnlySpan<byte>.Empty;
        var reader = new Reader(body[Magic.Length..]);
        while (reader.Next(out var number, out _, out _, out var bytes))
        {
            switch (number)
            {
                case 1:
                    var meta = new Reader(bytes);
                    while (meta.Next(out var part, out _, out _, out var text))
                    {
                        (apiVersion, kind) = part == 1 ? (Encoding.UTF8.GetString(text), kind) : (apiVersion, Encoding.UTF8.GetString(text));
                    }

                    break;
                case 2:
                    raw = bytes;
                    break;
            }
        }

        var type = SchemaCatalog.All.FirstOrDefault(candidate => candidate.Name == kind)
            ?? throw StatusException.BadRequest($"no kind \"{kind}\" is registered for version \"{apiVersion}\"");
        var decoded = Struct(raw, type);
        decoded["apiVersion"] = apiVersion;
        decoded["kind"] = kind;
        return decoded;
    }

    private static JsonObject Struct(ReadOnlySpan<byte> message, StructType type, int outer = 0)
    {
        var result = new JsonObject();
        var reader = new Reader(message);
        while (reader.Next(out var number, out var wire, out var value, out var bytes))
        {
            if (type.ByNumber.TryGetValue((outer, number), out var field))
            {
                Add(result, field.Name, field.Type, wire, value, bytes);
            }
            else if (outer == 0 && wire == Wire.Bytes)
            {
                foreach (var (name, embedded) in Struct(bytes, type, number).ToList())
                {
                    result[name] = embedded?.DeepClone();
                }
            }
        }

        return result;
    }

    private static void Add(JsonObject result, string name, TypeRef type, Wire wire, ulong value, ReadOnlySpan<byte> bytes)
    {
        switch (type.Kind)
        {
            case TypeKind.List:
                result.Default(name, new JsonArray());
                ((JsonArray)result[name]!).Add(Value(type.Element, wire, value, bytes));
                break;
            case TypeKind.Map:
                var (key, item) = (string.Empty, (JsonNode?)(type.Element.Kind is TypeKind.String or TypeKind.Bytes ? string.Empty : null));
                var entry = new Reader(bytes);
                while (entry.Next(out var part, out var partWire, out var partValue, out var partBytes))
                {
                    if (part == 1)
                    {
                        key = Encoding.UTF8.GetString(partBytes);
                    }
                    else
                    {
                        item = Value(type.Element, partWire, partValue, partBytes);
                    }
                }

                result.Ensure(name)[key] = item;
                break;
            default:
                var decoded = Value(type, wire, value, bytes);
                if (decoded is not null && (ZeroCounts.Contains(name) || !IsZero(decoded)))
                {
                    result[name] = decoded;
                }

                break;
        }
    }

    private static bool IsZero(JsonNode value) => value is JsonObject { Count: 0 } || value.ToJsonString() is "0" or "false" or "\"\"" or "\"0\"";

    private static JsonNode? Value(TypeRef type, Wire wire, ulong value, ReadOnlySpan<byte> bytes) => type.Kind switch
    {
        TypeKind.Bool => value != 0,
        TypeKind.Int or TypeKind.Long => (long)value,
        TypeKind.Double => wire == Wire.Fixed64 ? BitConverter.UInt64BitsToDouble(value) : (double)value,
        TypeKind.String => Encoding.UTF8.GetString(bytes),
        TypeKind.Bytes => Convert.ToBase64String(bytes),
        TypeKind.Quantity => Text(bytes, 1),
        TypeKind.Time => Time(bytes),
        TypeKind.IntOrString => IntOrString(bytes),
        TypeKind.Struct => Struct(bytes, type.Struct!),
        _ => Raw(bytes),
    };

    private static string Text(ReadOnlySpan<byte> message, int wanted)
    {
        var reader = new Reader(message);
        while (reader.Next(out var number, out _, out _, out var bytes))
        {
            if (number == wanted)
            {
                return Encoding.UTF8.GetString(bytes);
            }
        }

        return string.Empty;
    }

    private static JsonNode? Time(ReadOnlySpan<byte> message)
    {
        var reader = new Reader(message);
        while (reader.Next(out var number, out _, out var value, out _))
        {
            if (number == 1 && value != 0)
            {
                return Json.Timestamp(DateTimeOffset.FromUnixTimeSeconds((long)value));
            }
        }

        return null;
    }

    private static JsonNode IntOrString(ReadOnlySpan<byte> message)
    {
        var (isText, number, text) = (false, 0L, string.Empty);
        var reader = new Reader(message);
        while (reader.Next(out var field, out _, out var value, out var bytes))
        {
            switch (field)
            {
                case 1:
                    isText = value == 1;
                    break;
                case 2:
                    number = (int)value;
                    break;
                case 3:
                    text = Encoding.UTF8.GetString(bytes);
                    break;
            }
        }

        return isText ? text : number;
    }

    private static JsonNode? Raw(ReadOnlySpan<byte> message) => Text(message, 1) is { Length: > 0 } json ? JsonNode.Parse(json) : null;

    private ref struct Reader(ReadOnlySpan<byte> rest)
    {
        private ReadOnlySpan<byte> _rest = rest;

        /// <summary>The next field; false at the end.</summary>
        public bool Next(out int number, out Wire wire, out ulong value, out ReadOnlySpan<byte> bytes)
        {
            (number, wire, value) = (0, Wire.Varint, 0);
            bytes = default;
            if (_rest.IsEmpty)
            {
                return false;
            }

            var tag = Varint();
            (number, wire) = ((int)(tag >> 3), (Wire)(tag & 7));
            switch (wire)
            {
                case Wire.Varint:
                    value = Varint();
                    break;
                case Wire.Bytes:
                    bytes = Take((int)Varint());
                    break;
                case Wire.Fixed64:
                    value = BinaryPrimitives.ReadUInt64LittleEndian(Take(8));
                    break;
                case Wire.Fixed32:
                    value = BinaryPrimitives.ReadUInt32LittleEndian(Take(4));
                    break;
                default:
                    throw StatusException.BadRequest(string.Create(CultureInfo.InvariantCulture, $"the protobuf message is malformed: wire type {(int)wire}"));
            }

            return true;
        }

        private ulong Varint()
        {
            var value = 0UL;
            for (var shift = 0; shift < 64; shift += 7)
            {
                var part = Take(1)[0];
                value |= (ulong)(part & 0x7F) << shift;
                if (part < 0x80)
                {
                    return value;
                }
            }

            throw StatusException.BadRequest("the protobuf message is malformed: a number does not end");
        }

        private ReadOnlySpan<byte> Take(int count)
        {
            if (count < 0 || count > _rest.Length)
            {
                throw StatusException.BadRequest("the protobuf message is malformed: it ends too early");
            }

            var taken = _rest[..count];
            _rest = _rest[count..];
            return taken;
        }
    }
}
