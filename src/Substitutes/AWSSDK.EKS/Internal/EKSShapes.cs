using System.Text.Json;
using System.Text.Json.Serialization;
using Amazon.EKS.Model;
using Aws.Protocol;

namespace Amazon.EKS.Internal;

/// <summary>The shapes and typed errors of Amazon Elastic Kubernetes Service.</summary>
[JsonSerializable(typeof(DescribeClusterRequest))]
[JsonSerializable(typeof(DescribeClusterResponse))]
[JsonSerializable(typeof(ListNodegroupsRequest))]
[JsonSerializable(typeof(ListNodegroupsResponse))]
[JsonSerializable(typeof(DescribeNodegroupRequest))]
[JsonSerializable(typeof(DescribeNodegroupResponse))]
internal sealed partial class EKSShapes : JsonSerializerContext
{
    public static Shapes All { get; } = new(new EKSShapes(), JsonNamingPolicy.CamelCase, new Dictionary<string, ErrorFactory>
    {
        ["ResourceNotFoundException"] = (message, inner, type, code, id, status) =>
            new ResourceNotFoundException(message, inner, type, code, id, status),
        ["ClientException"] = (message, inner, type, code, id, status) =>
            new ClientException(message, inner, type, code, id, status),
        ["ServerException"] = (message, inner, type, code, id, status) =>
            new ServerException(message, inner, type, code, id, status),
        ["ServiceUnavailableException"] = (message, inner, type, code, id, status) =>
            new ServiceUnavailableException(message, inner, type, code, id, status),
        ["InvalidParameterException"] = (message, inner, type, code, id, status) =>
            new InvalidParameterException(message, inner, type, code, id, status),
    }, (message, inner, type, code, id, status) => new AmazonEKSException(message, inner, type, code, id, status));
}
