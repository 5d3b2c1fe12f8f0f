using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Amazon.Runtime;
using Amazon.Runtime.Internal;

namespace Aws.Protocol;

/// <summary>Makes a service's exception out of the parts of an error answer.</summary>
public delegate AmazonServiceException ErrorFactory(
    string message, Exception? inner, ErrorType type, string? code, string? requestId, HttpStatusCode status);

/// <summary>
/// The shapes of one service. Source-generated System.Text.Json metadata is the one model of a shape: JSON is read and
/// written by the serializer, Query and XML walk the same metadata. No reflection, so it survives Native AOT.
/// </summary>
/// <param name="context">The service's source-generated context.</param>
/// <param name="naming">How a member's name looks on the wire; null as declared.</param>
/// <param name="errors">Typed exceptions by wire code.</param>
/// <param name="otherError">The service's base exception, for every other code.</param>
public sealed class Shapes(
    IJsonTypeInfoResolver context, JsonNamingPolicy? naming, IReadOnlyDictionary<string, ErrorFactory> errors, ErrorFactory otherError)
{
    private readonly JsonSerializerOptions _options = new()
    {
        TypeInfoResolver = context.WithAddedModifier(DropInheritedMembers),
        PropertyNamingPolicy = naming,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new EpochSeconds(), new Base64Stream() },
    };

    /// <summary>The metadata of <paramref name="type"/>, which must be named in the service's context.</summary>
    public JsonTypeInfo Of(Type type) => _options.GetTypeInfo(type);

    /// <summary>The typed exception for an error answer.</summary>
    public AmazonServiceException Error(ErrorResponse error, Exception? inner, HttpStatusCode status)
    {
        ArgumentNullException.ThrowIfNull(error);
        var make = error.Code is { } code && errors.TryGetValue(code, out var typed) ? typed : otherError;
        return make(error.Message, inner ?? error.InnerException, error.Type, error.Code, error.RequestId, status);
    }

    /// <summary>ResponseMetadata and its like describe the call, not the shape.</summary>
    private static void DropInheritedMembers(JsonTypeInfo shape)
    {
        if (!typeof(AmazonWebServiceResponse).IsAssignableFrom(shape.Type))
        {
            return;
        }

        for (var i = shape.Properties.Count - 1; i >= 0; i--)
        {
            if (shape.Properties[i].DeclaringType == typeof(AmazonWebServiceResponse))
            {
                shape.Properties.RemoveAt(i);
            }
        }
    }

    private sealed class EpochSeconds : JsonConverter<DateTime>
    {
        public override DateTime Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.Number
                ? DateTime.UnixEpoch.AddSeconds(reader.GetDouble())
                : DateTime.Parse(reader.GetString()!, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal);

        public override void Write(Utf8JsonWriter writer, DateTime value, JsonSerializerOptions options) =>
            writer.WriteNumberValue((value.ToUniversalTime() - DateTime.UnixEpoch).TotalSeconds);
    }

    private sealed class Base64Stream : JsonConverter<MemoryStream>
    {
        public override MemoryStream Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            new(reader.GetBytesFromBase64());

        public override void Write(Utf8JsonWriter writer, MemoryStream value, JsonSerializerOptions options) =>
            writer.WriteBase64StringValue(value.ToArray());
    }
}

/// <summary>An enumeration of an AWS API: open-ended, so unknown values pass through.</summary>
public interface IConstant<T> where T : ConstantClass, IConstant<T>
{
    static abstract T FindValue(string value);
}

/// <summary>Reads and writes a <see cref="ConstantClass"/> as its value.</summary>
public sealed class ConstantConverter<T> : JsonConverter<T> where T : ConstantClass, IConstant<T>
{
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => T.FindValue(reader.GetString()!);

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(value);
        writer.WriteStringValue(value.Value);
    }
}
