using Amazon.Runtime;

namespace Tiketi.Pipeline.Aws;

/// <summary>Where AWS is and who calls it.</summary>
public sealed record AwsSettings
{
    /// <summary>The region's system name, for example "ap-northeast-2".</summary>
    public required string Region { get; init; }

    /// <summary>
    /// One URL for every API, as the local cloud has. Null: AWS itself, or what the SDK's own variables say
    /// (<c>AWS_ENDPOINT_URL</c>, <c>AWS_ENDPOINT_URL_S3</c> ...).
    /// </summary>
    public Uri? EndpointUrl { get; init; }

    /// <summary>Null: the SDK's own chain (variables, profile, SSO, web identity, instance role).</summary>
    public AWSCredentials? Credentials { get; init; }

    /// <summary>How often a request that failed in a way that passes is sent again. Null: 4 times, to CloudFormation 10 times.</summary>
    public int? Retries { get; init; }
}
