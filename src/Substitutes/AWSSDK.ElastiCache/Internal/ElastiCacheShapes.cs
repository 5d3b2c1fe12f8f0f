using System.Text.Json;
using System.Text.Json.Serialization;
using Amazon.ElastiCache.Model;
using Aws.Protocol;

namespace Amazon.ElastiCache.Internal;

/// <summary>The shapes and typed errors of Amazon ElastiCache.</summary>
[JsonSerializable(typeof(DescribeReplicationGroupsRequest))]
[JsonSerializable(typeof(DescribeReplicationGroupsResponse))]
internal sealed partial class ElastiCacheShapes : JsonSerializerContext
{
    public static Shapes All { get; } = new(new ElastiCacheShapes(), naming: null, new Dictionary<string, ErrorFactory>
    {
        ["ReplicationGroupNotFoundFault"] = (message, inner, type, code, id, status) =>
            new ReplicationGroupNotFoundException(message, inner, type, code, id, status),
    }, (message, inner, type, code, id, status) => new AmazonElastiCacheException(message, inner, type, code, id, status));
}
