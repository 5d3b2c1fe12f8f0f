using System.Text.Json;
using System.Text.Json.Serialization;
using Amazon.CloudFront.Model;
using Aws.Protocol;

namespace Amazon.CloudFront.Internal;

/// <summary>The shapes and typed errors of Amazon CloudFront.</summary>
[JsonSerializable(typeof(CreateInvalidationRequest))]
[JsonSerializable(typeof(CreateInvalidationResponse))]
[JsonSerializable(typeof(GetInvalidationRequest))]
[JsonSerializable(typeof(GetInvalidationResponse))]
[JsonSerializable(typeof(ListDistributionsRequest))]
[JsonSerializable(typeof(ListDistributionsResponse))]
[JsonSerializable(typeof(GetDistributionRequest))]
[JsonSerializable(typeof(GetDistributionResponse))]
internal sealed partial class CloudFrontShapes : JsonSerializerContext
{
    public static Shapes All { get; } = new(new CloudFrontShapes(), naming: null, new Dictionary<string, ErrorFactory>
    {
        ["NoSuchDistribution"] = (message, inner, type, code, id, status) =>
            new NoSuchDistributionException(message, inner, type, code, id, status),
        ["AccessDenied"] = (message, inner, type, code, id, status) =>
            new AccessDeniedException(message, inner, type, code, id, status),
        ["TooManyInvalidationsInProgress"] = (message, inner, type, code, id, status) =>
            new TooManyInvalidationsInProgressException(message, inner, type, code, id, status),
        ["MissingBody"] = (message, inner, type, code, id, status) =>
            new MissingBodyException(message, inner, type, code, id, status),
        ["InconsistentQuantities"] = (message, inner, type, code, id, status) =>
            new InconsistentQuantitiesException(message, inner, type, code, id, status),
        ["BatchTooLarge"] = (message, inner, type, code, id, status) =>
            new BatchTooLargeException(message, inner, type, code, id, status),
        ["InvalidArgument"] = (message, inner, type, code, id, status) =>
            new InvalidArgumentException(message, inner, type, code, id, status),
        ["NoSuchInvalidation"] = (message, inner, type, code, id, status) =>
            new NoSuchInvalidationException(message, inner, type, code, id, status),
    }, (message, inner, type, code, id, status) => new AmazonCloudFrontException(message, inner, type, code, id, status));
}
