using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Tiketi.LocalCloud.Hosting;

namespace Tiketi.LocalCloud.Ecr.Api;

/// <summary>The ECR API: JSON-RPC, the operation in <c>X-Amz-Target: AmazonEC2ContainerRegistry_V20150921.NAME</c>.</summary>
internal sealed class EcrService(RepositoryOperations repositories, ImageOperations images, ScanOperations scans, ILogger<EcrService> logger) : IAwsService
{
    private const string TargetPrefix = "AmazonEC2ContainerRegistry_V20150921.";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new EpochSeconds() },
        DictionaryKeyPolicy = null,
    };

    private readonly Dictionary<string, Func<EcrArguments, object>> _operations = new(StringComparer.Ordinal)
    {
        ["GetAuthorizationToken"] = repositories.GetAuthorizationToken,
        ["CreateRepository"] = repositories.Create,
        ["DescribeRepositories"] = repositories.Describe,
        ["DeleteRepository"] = repositories.Delete,
        ["PutImageTagMutability"] = repositories.PutTagMutability,
        ["PutImageScanningConfiguration"] = repositories.PutScanning,
        ["PutLifecyclePolicy"] = repositories.PutLifecyclePolicy,
        ["GetLifecyclePolicy"] = repositories.GetLifecyclePolicy,
        ["DeleteLifecyclePolicy"] = repositories.DeleteLifecyclePolicy,
        ["SetRepositoryPolicy"] = repositories.SetPolicy,
        ["GetRepositoryPolicy"] = repositories.GetPolicy,
        ["DeleteRepositoryPolicy"] = repositories.DeletePolicy,
        ["TagResource"] = repositories.Tag,
        ["UntagResource"] = repositories.Untag,
        ["ListTagsForResource"] = repositories.ListTags,
        ["DescribeImages"] = images.Describe,
        ["ListImages"] = images.List,
        ["BatchGetImage"] = images.BatchGet,
        ["BatchDeleteImage"] = images.BatchDelete,
        ["BatchCheckLayerAvailability"] = images.CheckLayers,
        ["PutImage"] = images.Put,
        ["StartImageScan"] = scans.Start,
        ["DescribeImageScanFindings"] = scans.DescribeFindings,
    };

    public string SigningName => "ecr";

    public async Task HandleAsync(HttpContext context)
    {
        try
        {
            var target = context.Request.Headers["X-Amz-Target"].ToString();
            if (!target.StartsWith(TargetPrefix, StringComparison.Ordinal) || !_operations.TryGetValue(target[TargetPrefix.Length..], out var run))
            {
                throw new EcrException("UnknownOperationException", $"The local cloud's ECR has no operation '{target}'. It has: {string.Join(", ", _operations.Keys.Order())}.");
            }

            var arguments = new EcrArguments(await ReadAsync(context));
            arguments.RequireOwnRegistry();
            await AnswerAsync(context, StatusCodes.Status200OK, run(arguments));
        }
        catch (EcrException error)
        {
            await FailAsync(context, StatusCodes.Status400BadRequest, error.Code, error.Message);
        }
        catch (Exception error) when (!context.Response.HasStarted && !context.RequestAborted.IsCancellationRequested)
        {
            logger.LogError(error, "ECR {Target} failed", context.Request.Headers["X-Amz-Target"].ToString());
            await FailAsync(context, StatusCodes.Status500InternalServerError, "ServerException", "The local cloud's ECR failed; its log says why.");
        }
    }

    private static async Task<JsonObject> ReadAsync(HttpContext context)
    {
        try
        {
            return await JsonSerializer.DeserializeAsync<JsonObject>(context.Request.Body, Json, context.RequestAborted) ?? [];
        }
        catch (JsonException)
        {
            throw new EcrException("SerializationException", "The request body is not a JSON object.");
        }
    }

    private static Task FailAsync(HttpContext context, int status, string code, string message)
    {
        context.Response.Headers["x-amzn-ErrorType"] = code;
        return AnswerAsync(context, status, new Dictionary<string, string>(StringComparer.Ordinal) { ["__type"] = code, ["message"] = message });
    }

    private static async Task AnswerAsync(HttpContext context, int status, object document)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(document, Json);
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/x-amz-json-1.1";
        context.Response.ContentLength = bytes.Length;
        context.Response.Headers["x-amzn-RequestId"] = Guid.NewGuid().ToString();
        await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
    }

    private sealed class EpochSeconds : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            DateTimeOffset.FromUnixTimeMilliseconds((long)(reader.GetDouble() * 1000));

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
            writer.WriteNumberValue(value.ToUnixTimeMilliseconds() / 1000.0);
    }
}
