using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Tiketi.LocalCloud.Kubernetes.Resources;

namespace Tiketi.LocalCloud.Kubernetes.Api;

/// <summary>A refusal, as the API states it: a Status object with code, reason and details.</summary>
internal sealed class StatusException(int code, string reason, string message, JsonObject? details = null) : Exception(message)
{
    public int Code { get; } = code;

    public string Reason { get; } = reason;

    public JsonObject ToStatus()
    {
        var status = new JsonObject
        {
            ["kind"] = "Status",
            ["apiVersion"] = "v1",
            ["metadata"] = new JsonObject(),
            ["status"] = "Failure",
            ["message"] = Message,
        };
        if (Reason.Length > 0)
        {
            status["reason"] = Reason;
        }

        if (details is not null)
        {
            status["details"] = details.DeepClone();
        }

        status["code"] = Code;
        return status;
    }

    public static StatusException NotFound(ResourceDefinition resource, string name) =>
        new(StatusCodes.Status404NotFound, "NotFound", $"{resource.QualifiedName} \"{name}\" not found", DetailsOf(resource, name));

    public static StatusException NoSuchPath() => new(StatusCodes.Status404NotFound, "NotFound", "the server could not find the requested resource", []);

    public static StatusException AlreadyExists(ResourceDefinition resource, string name) =>
        new(StatusCodes.Status409Conflict, "AlreadyExists", $"{resource.QualifiedName} \"{name}\" already exists", DetailsOf(resource, name));

    public static StatusException Conflict(ResourceDefinition resource, string name, string why) =>
        new(StatusCodes.Status409Conflict, "Conflict", $"Operation cannot be fulfilled on {resource.QualifiedName} \"{name}\": {why}", DetailsOf(resource, name));

    public static StatusException Modified(ResourceDefinition resource, string name) =>
        Conflict(resource, name, "the object has been modified; please apply your changes to the latest version and try again");

    public static StatusException BadRequest(string message) => new(StatusCodes.Status400BadRequest, "BadRequest", message);

    public static StatusException Forbidden(ResourceDefinition resource, string name, string why) =>
        new(StatusCodes.Status403Forbidden, "Forbidden", $"{resource.QualifiedName} \"{name}\" is forbidden: {why}", DetailsOf(resource, name));

    public static StatusException Expired(string message) => new(StatusCodes.Status410Gone, "Expired", message);

    public static StatusException MethodNotAllowed() =>
        new(StatusCodes.Status405MethodNotAllowed, "MethodNotAllowed", "the server does not allow this method on the requested resource", []);

    /// <param name="resource">Whose object it is.</param>
    /// <param name="name">The object's name.</param>
    /// <param name="causes">What is wrong, a field at a time.</param>
    public static StatusException Invalid(ResourceDefinition resource, string name, IReadOnlyList<FieldError> causes)
    {
        var texts = causes.Select(cause => cause.ToString()).ToList();
        var all = texts.Count == 1 ? texts[0] : $"[{string.Join(", ", texts)}]";
        var details = DetailsOf(resource, name);
        details["kind"] = resource.Kind;
        details["causes"] = new JsonArray([.. causes.Select(cause => (JsonNode)new JsonObject { ["reason"] = cause.Reason, ["message"] = cause.Message, ["field"] = cause.Field })]);
        var kind = resource.Group.Length == 0 ? resource.Kind : $"{resource.Kind}.{resource.Group}";
        return new StatusException(StatusCodes.Status422UnprocessableEntity, "Invalid", $"{kind} \"{name}\" is invalid: {all}", details);
    }

    private static JsonObject DetailsOf(ResourceDefinition resource, string name)
    {
        var details = new JsonObject { ["name"] = name };
        if (resource.Group.Length > 0)
        {
            details["group"] = resource.Group;
        }

        details["kind"] = resource.Plural;
        return details;
    }
}

/// <summary>One field's fault, worded as the API server's validation words it.</summary>
internal sealed record FieldError(string Reason, string Field, string Message)
{
    public override string ToString() => $"{Field}: {Message}";

    public static FieldError Required(string field, string detail = "") =>
        new("FieldValueRequired", field, detail.Length == 0 ? "Required value" : $"Required value: {detail}");

    public static FieldError Invalid(string field, JsonNode? value, string detail) =>
        new("FieldValueInvalid", field, $"Invalid value: {value.Compact()}: {detail}");

    public static FieldError Duplicate(string field, JsonNode? value) => new("FieldValueDuplicate", field, $"Duplicate value: {value.Compact()}");

    public static FieldError NotFound(string field, JsonNode? value) => new("FieldValueNotFound", field, $"Not found: {value.Compact()}");

    public static FieldError NotSupported(string field, string value, params IEnumerable<string> supported) =>
        new("FieldValueNotSupported", field, $"Unsupported value: \"{value}\": supported values: {string.Join(", ", supported.Order().Select(item => $"\"{item}\""))}");

    public static FieldError Forbidden(string field, string detail) => new("FieldValueForbidden", field, $"Forbidden: {detail}");
}
