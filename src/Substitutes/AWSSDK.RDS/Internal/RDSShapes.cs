using System.Text.Json;
using System.Text.Json.Serialization;
using Amazon.RDS.Model;
using Aws.Protocol;

namespace Amazon.RDS.Internal;

/// <summary>The shapes and typed errors of Amazon RDS.</summary>
[JsonSerializable(typeof(DescribeDBInstancesRequest))]
[JsonSerializable(typeof(DescribeDBInstancesResponse))]
internal sealed partial class RDSShapes : JsonSerializerContext
{
    public static Shapes All { get; } = new(new RDSShapes(), naming: null, new Dictionary<string, ErrorFactory>
    {
        ["DBInstanceNotFound"] = (message, inner, type, code, id, status) =>
            new DBInstanceNotFoundException(message, inner, type, code, id, status),
    }, (message, inner, type, code, id, status) => new AmazonRDSException(message, inner, type, code, id, status));
}
