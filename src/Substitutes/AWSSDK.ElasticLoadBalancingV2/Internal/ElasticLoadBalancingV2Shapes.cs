using System.Text.Json;
using System.Text.Json.Serialization;
using Amazon.ElasticLoadBalancingV2.Model;
using Aws.Protocol;

namespace Amazon.ElasticLoadBalancingV2.Internal;

/// <summary>The shapes and typed errors of Elastic Load Balancing.</summary>
[JsonSerializable(typeof(DescribeLoadBalancersRequest))]
[JsonSerializable(typeof(DescribeLoadBalancersResponse))]
[JsonSerializable(typeof(DescribeTargetGroupsRequest))]
[JsonSerializable(typeof(DescribeTargetGroupsResponse))]
[JsonSerializable(typeof(DescribeTargetHealthRequest))]
[JsonSerializable(typeof(DescribeTargetHealthResponse))]
[JsonSerializable(typeof(DescribeTagsRequest))]
[JsonSerializable(typeof(DescribeTagsResponse))]
internal sealed partial class ElasticLoadBalancingV2Shapes : JsonSerializerContext
{
    public static Shapes All { get; } = new(new ElasticLoadBalancingV2Shapes(), naming: null, new Dictionary<string, ErrorFactory>
    {
        ["LoadBalancerNotFound"] = (message, inner, type, code, id, status) =>
            new LoadBalancerNotFoundException(message, inner, type, code, id, status),
        ["TargetGroupNotFound"] = (message, inner, type, code, id, status) =>
            new TargetGroupNotFoundException(message, inner, type, code, id, status),
        ["InvalidTarget"] = (message, inner, type, code, id, status) =>
            new InvalidTargetException(message, inner, type, code, id, status),
        ["HealthUnavailable"] = (message, inner, type, code, id, status) =>
            new HealthUnavailableException(message, inner, type, code, id, status),
        ["ListenerNotFound"] = (message, inner, type, code, id, status) =>
            new ListenerNotFoundException(message, inner, type, code, id, status),
        ["RuleNotFound"] = (message, inner, type, code, id, status) =>
            new RuleNotFoundException(message, inner, type, code, id, status),
        ["TrustStoreNotFound"] = (message, inner, type, code, id, status) =>
            new TrustStoreNotFoundException(message, inner, type, code, id, status),
    }, (message, inner, type, code, id, status) => new AmazonElasticLoadBalancingV2Exception(message, inner, type, code, id, status));
}
