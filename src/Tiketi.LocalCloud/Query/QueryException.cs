using Microsoft.AspNetCore.Http;

namespace Tiketi.LocalCloud.Query;

/// <summary>A refusal that an AWS client understands: its error code, message and HTTP status.</summary>
internal sealed class QueryException(string code, string message, int statusCode = StatusCodes.Status400BadRequest) : Exception(message)
{
    public string Code { get; } = code;

    public int StatusCode { get; } = statusCode;

    /// <summary>AWS's general refusal of the Query services.</summary>
    public static QueryException Validation(string message) => new("ValidationError", message);
}
