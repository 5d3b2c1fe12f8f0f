using System.Text.Json;
using System.Text.Json.Serialization;
using Amazon.SecretsManager.Model;
using Aws.Protocol;

namespace Amazon.SecretsManager.Internal;

/// <summary>The shapes and typed errors of AWS Secrets Manager.</summary>
[JsonSerializable(typeof(GetSecretValueRequest))]
[JsonSerializable(typeof(GetSecretValueResponse))]
[JsonSerializable(typeof(DescribeSecretRequest))]
[JsonSerializable(typeof(DescribeSecretResponse))]
[JsonSerializable(typeof(ListSecretsRequest))]
[JsonSerializable(typeof(ListSecretsResponse))]
internal sealed partial class SecretsManagerShapes : JsonSerializerContext
{
    public static Shapes All { get; } = new(new SecretsManagerShapes(), naming: null, new Dictionary<string, ErrorFactory>
    {
        ["ResourceNotFoundException"] = (message, inner, type, code, id, status) =>
            new ResourceNotFoundException(message, inner, type, code, id, status),
        ["InvalidParameterException"] = (message, inner, type, code, id, status) =>
            new InvalidParameterException(message, inner, type, code, id, status),
        ["InvalidRequestException"] = (message, inner, type, code, id, status) =>
            new InvalidRequestException(message, inner, type, code, id, status),
        ["DecryptionFailure"] = (message, inner, type, code, id, status) =>
            new DecryptionFailureException(message, inner, type, code, id, status),
        ["InternalServiceError"] = (message, inner, type, code, id, status) =>
            new InternalServiceErrorException(message, inner, type, code, id, status),
        ["InvalidNextTokenException"] = (message, inner, type, code, id, status) =>
            new InvalidNextTokenException(message, inner, type, code, id, status),
    }, (message, inner, type, code, id, status) => new AmazonSecretsManagerException(message, inner, type, code, id, status));
}
