using System.Formats.Cbor;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tiketi.LocalCloud.Query;

/// <summary>CBOR as far as it says what JSON can. A timestamp is the number of its seconds, as in AWS's JSON.</summary>
internal static class CborJson
{
    /// <exception cref="CborContentException">It is no CBOR, or more than one item.</exception>
    public static JsonNode? Read(byte[] bytes)
    {
        var reader = new CborReader(bytes);
        var node = Read(reader);
        return reader.BytesRemaining == 0 ? node : throw new CborContentException("There is more after the end.");
    }

    public static byte[] Write(JsonNode node)
    {
        var writer = new CborWriter();
        Write(writer, node);
        return writer.Encode();
    }

    private static JsonNode? Read(CborReader reader)
    {
        switch (reader.PeekState())
        {
            case CborReaderState.StartMap:
                var structure = new JsonObject();
                for (reader.ReadStartMap(); reader.PeekState() != CborReaderState.EndMap;)
                {
                    structure[reader.ReadTextString()] = Read(reader);
                }

                reader.ReadEndMap();
                return structure;
            case CborReaderState.StartArray:
                var list = new JsonArray();
                for (reader.ReadStartArray(); reader.PeekState() != CborReaderState.EndArray;)
                {
                    list.Add(Read(reader));
                }

                reader.ReadEndArray();
                return list;
            case CborReaderState.Tag:
                _ = reader.ReadTag();
                return Read(reader);
            case CborReaderState.Null:
                reader.ReadNull();
                return null;
            case CborReaderState.TextString or CborReaderState.StartIndefiniteLengthTextString:
                return reader.ReadTextString();
            case CborReaderState.Boolean:
                return reader.ReadBoolean();
            case CborReaderState.UnsignedInteger or CborReaderState.NegativeInteger:
                return reader.ReadInt64();
            case CborReaderState.HalfPrecisionFloat or CborReaderState.SinglePrecisionFloat or CborReaderState.DoublePrecisionFloat:
                return reader.ReadDouble();
            case var other:
                throw new CborContentException($"Nobody sends a {other} here.");
        }
    }

    private static void Write(CborWriter writer, JsonNode? node)
    {
        switch (node)
        {
            case JsonObject structure:
                writer.WriteStartMap(structure.Count);
                foreach (var (name, value) in structure)
                {
                    writer.WriteTextString(name);
                    Write(writer, value);
                }

                writer.WriteEndMap();
                break;
            case JsonArray list:
                writer.WriteStartArray(list.Count);
                foreach (var item in list)
                {
                    Write(writer, item);
                }

                writer.WriteEndArray();
                break;
            case JsonValue value when value.GetValueKind() is JsonValueKind.True or JsonValueKind.False:
                writer.WriteBoolean(value.GetValue<bool>());
                break;
            case JsonValue value when value.GetValueKind() == JsonValueKind.Number:
                writer.WriteDouble(value.GetValue<double>());
                break;
            default:
                writer.WriteTextString(node!.ToString());
                break;
        }
    }
}
