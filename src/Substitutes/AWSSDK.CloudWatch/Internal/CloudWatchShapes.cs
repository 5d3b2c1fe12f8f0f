using System.Text.Json;
using System.Text.Json.Serialization;
using Amazon.CloudWatch.Model;
using Aws.Protocol;

namespace Amazon.CloudWatch.Internal;

/// <summary>The shapes and typed errors of Amazon CloudWatch.</summary>
[JsonSerializable(typeof(DescribeAlarmsRequest))]
[JsonSerializable(typeof(DescribeAlarmsResponse))]
[JsonSerializable(typeof(GetMetricDataRequest))]
[JsonSerializable(typeof(GetMetricDataResponse))]
internal sealed partial class CloudWatchShapes : JsonSerializerContext
{
    public static Shapes All { get; } = new(new CloudWatchShapes(), naming: null, new Dictionary<string, ErrorFactory>(), (message, inner, type, code, id, status) => new AmazonCloudWatchException(message, inner, type, code, id, status));
}
