using System.Net;
using System.Text.Json;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Transform;
using Amazon.Runtime.Internal.Util;

namespace Aws.Protocol;

/// <summary>The JSON-RPC wire format: every call a POST to /, the operation in <c>X-Amz-Target</c>.</summary>
public sealed class JsonRpc(Shapes shapes, string serviceName, string target)
{
    public Operation Op<TRequest, TResponse>()
        where TRequest : AmazonWebServiceRequest
        where TResponse : AmazonWebServiceResponse, new()
    {
        var operation = typeof(TRequest).Name[..^"Request".Length];
        return new Operation(input =>
        {
            var request = new DefaultRequest(input, serviceName) { HttpMethod = "POST", ResourcePath = "/" };
            request.Headers["Content-Type"] = "application/x-amz-json-1.1";
            request.Headers["X-Amz-Target"] = $"{target}.{operation}";
            request.Content = JsonSerializer.SerializeToUtf8Bytes(input, shapes.Of(typeof(TRequest)));
            return request;
        }, new JsonReader<TResponse>(shapes));
    }
}

/// <summary>The REST-JSON wire format: path and query carry members, the answer is a JSON document.</summary>
public sealed class RestJson(Shapes shapes, string serviceName)
{
    /// <param name="line">"GET /path/{Member}?Member=wireName&amp;Member".</param>
    public Operation Op<TRequest, TResponse>(string line)
        where TRequest : AmazonWebServiceRequest
        where TResponse : AmazonWebServiceResponse, new()
    {
        var rest = new RestLine(line, typeof(TRequest), shapes);
        return new Operation(input => rest.Request(input, serviceName), new JsonReader<TResponse>(shapes));
    }
}

internal sealed class JsonReader<TResponse>(Shapes shapes) : JsonResponseUnmarshaller
    where TResponse : AmazonWebServiceResponse, new()
{
    public override AmazonWebServiceResponse Unmarshall(JsonUnmarshallerContext input) =>
        (TResponse?)JsonSerializer.Deserialize(input.Stream, shapes.Of(typeof(TResponse))) ?? new TResponse();

    public override AmazonServiceException UnmarshallException(JsonUnmarshallerContext input, Exception innerException, HttpStatusCode statusCode)
    {
        var reader = new StreamingUtf8JsonReader(input.Stream);
        return shapes.Error(JsonErrorResponseUnmarshaller.GetInstance().Unmarshall(input, ref reader), innerException, statusCode);
    }
}
