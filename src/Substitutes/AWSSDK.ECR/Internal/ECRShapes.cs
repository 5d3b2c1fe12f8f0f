using System.Text.Json;
using System.Text.Json.Serialization;
using Amazon.ECR.Model;
using Aws.Protocol;

namespace Amazon.ECR.Internal;

/// <summary>The shapes and typed errors of Amazon Elastic Container Registry.</summary>
[JsonSerializable(typeof(GetAuthorizationTokenRequest))]
[JsonSerializable(typeof(GetAuthorizationTokenResponse))]
[JsonSerializable(typeof(DescribeRepositoriesRequest))]
[JsonSerializable(typeof(DescribeRepositoriesResponse))]
[JsonSerializable(typeof(CreateRepositoryRequest))]
[JsonSerializable(typeof(CreateRepositoryResponse))]
[JsonSerializable(typeof(DescribeImagesRequest))]
[JsonSerializable(typeof(DescribeImagesResponse))]
[JsonSerializable(typeof(BatchGetImageRequest))]
[JsonSerializable(typeof(BatchGetImageResponse))]
[JsonSerializable(typeof(DescribeImageScanFindingsRequest))]
[JsonSerializable(typeof(DescribeImageScanFindingsResponse))]
[JsonSerializable(typeof(BatchDeleteImageRequest))]
[JsonSerializable(typeof(BatchDeleteImageResponse))]
internal sealed partial class ECRShapes : JsonSerializerContext
{
    public static Shapes All { get; } = new(new ECRShapes(), JsonNamingPolicy.CamelCase, new Dictionary<string, ErrorFactory>
    {
        ["ServerException"] = (message, inner, type, code, id, status) =>
            new ServerException(message, inner, type, code, id, status),
        ["InvalidParameterException"] = (message, inner, type, code, id, status) =>
            new InvalidParameterException(message, inner, type, code, id, status),
        ["RepositoryNotFoundException"] = (message, inner, type, code, id, status) =>
            new RepositoryNotFoundException(message, inner, type, code, id, status),
        ["InvalidTagParameterException"] = (message, inner, type, code, id, status) =>
            new InvalidTagParameterException(message, inner, type, code, id, status),
        ["TooManyTagsException"] = (message, inner, type, code, id, status) =>
            new TooManyTagsException(message, inner, type, code, id, status),
        ["RepositoryAlreadyExistsException"] = (message, inner, type, code, id, status) =>
            new RepositoryAlreadyExistsException(message, inner, type, code, id, status),
        ["LimitExceededException"] = (message, inner, type, code, id, status) =>
            new LimitExceededException(message, inner, type, code, id, status),
        ["KmsException"] = (message, inner, type, code, id, status) =>
            new KmsException(message, inner, type, code, id, status),
        ["ImageNotFoundException"] = (message, inner, type, code, id, status) =>
            new ImageNotFoundException(message, inner, type, code, id, status),
        ["UnableToGetUpstreamImageException"] = (message, inner, type, code, id, status) =>
            new UnableToGetUpstreamImageException(message, inner, type, code, id, status),
        ["ScanNotFoundException"] = (message, inner, type, code, id, status) =>
            new ScanNotFoundException(message, inner, type, code, id, status),
        ["ValidationException"] = (message, inner, type, code, id, status) =>
            new ValidationException(message, inner, type, code, id, status),
    }, (message, inner, type, code, id, status) => new AmazonECRException(message, inner, type, code, id, status));
}
