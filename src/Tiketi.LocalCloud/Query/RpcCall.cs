using System.Formats.Cbor;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Tiketi.LocalCloud.Query;

/// <summary>
/// A call to a service that once spoke the Query protocol alone, in one of those that newer clients prefer: AWS JSON 1.0 (the AWS CLI) or
/// Smithy's rpc-v2-cbor (the SDKs). It is turned into the parameters that the older protocol would have sent, so that an action is written once.
/// </summary>
internal sealed class RpcCall
{
    private const string Cbor = "rpc-v2-cbor";
    private const string CborHeader = "smithy-protocol";

    private readonly HttpContext _context;
    private readonly bool _isCbor;
    private readonly string _action;

    private RpcCall(HttpContext context, bool isCbor, string action) => (_context, _isCbor, _action) = (context, isCbor, action);

    /// <returns>Null for a request in the Query protocol.</returns>
    public static RpcCall? In(HttpContext context) =>
        context.Request.Headers[CborHeader] == Cbor ? new(context, isCbor: true, context.Request.Path.Value!.Split('/')[^1]) // /service/NAME/operation/ACTION
        : context.Request.Headers["X-Amz-Target"].ToString() is { Length: > 0 } target ? new(context, isCbor: false, target.Split('.')[^1])
        : null;

    /// <param name="actions">What each action answers; null for an action without a result.</param>
    public async Task AnswerAsync(IReadOnlyDictionary<string, Func<QueryRequest, JsonObject?>> actions)
    {
        var response = _context.Response;
        JsonObject answer;
        try
        {
            var action = actions.GetValueOrDefault(_action)
                ?? throw new QueryException("UnknownOperationException", $"The local cloud has no action '{_action}' here. It speaks: {string.Join(", ", actions.Keys.Order(StringComparer.Ordinal))}.", StatusCodes.Status404NotFound);
            answer = action(await ReadAsync()) ?? [];
        }
        catch (QueryException refusal)
        {
            response.StatusCode = refusal.StatusCode;
            response.Headers["x-amzn-query-error"] = $"{refusal.Code};Sender"; // the code that is known from the Query protocol
            answer = new JsonObject { ["__type"] = refusal.Code, ["message"] = refusal.Message };
        }

        if (_isCbor)
        {
            response.Headers[CborHeader] = Cbor;
        }

        response.ContentType = _isCbor ? "application/cbor" : "application/x-amz-json-1.0";
        response.Headers["x-amzn-RequestId"] = Guid.NewGuid().ToString();
        await response.Body.WriteAsync(_isCbor ? CborJson.Write(answer) : JsonSerializer.SerializeToUtf8Bytes(answer), _context.RequestAborted);
    }

    private async Task<QueryRequest> ReadAsync()
    {
        using var body = new MemoryStream();
        await _context.Request.Body.CopyToAsync(body, _context.RequestAborted);
        var parameters = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            if (body.Length > 0)
            {
                Flatten(_isCbor ? CborJson.Read(body.ToArray()) : JsonNode.Parse(body.ToArray()), "", parameters);
            }
        }
        catch (Exception exception) when (exception is CborContentException or JsonException)
        {
            throw new QueryException("SerializationException", exception.Message);
        }

        return new QueryRequest(parameters);
    }

    private static void Flatten(JsonNode? node, string name, Dictionary<string, string> parameters)
    {
        switch (node)
        {
            case JsonObject structure:
                foreach (var (member, value) in structure)
                {
                    Flatten(value, name.Length == 0 ? member : $"{name}.{member}", parameters);
                }

                break;
            case JsonArray list:
                parameters[name] = ""; // an empty list is one, too
                for (var index = 0; index < list.Count; index++)
                {
                    Flatten(list[index], FormattableString.Invariant($"{name}.member.{index + 1}"), parameters);
                }

                break;
            case not null:
                parameters[name] = node.GetValueKind() is JsonValueKind.True or JsonValueKind.False ? node.ToJsonString() : node.ToString();
                break;
        }
    }
}
