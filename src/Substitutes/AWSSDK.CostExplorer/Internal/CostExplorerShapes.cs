using System.Text.Json;
using System.Text.Json.Serialization;
using Amazon.CostExplorer.Model;
using Aws.Protocol;

namespace Amazon.CostExplorer.Internal;

/// <summary>The shapes and typed errors of AWS Cost Explorer.</summary>
[JsonSerializable(typeof(GetCostAndUsageRequest))]
[JsonSerializable(typeof(GetCostAndUsageResponse))]
internal sealed partial class CostExplorerShapes : JsonSerializerContext
{
    public static Shapes All { get; } = new(new CostExplorerShapes(), naming: null, new Dictionary<string, ErrorFactory>
    {
        ["DataUnavailableException"] = (message, inner, type, code, id, status) =>
            new DataUnavailableException(message, inner, type, code, id, status),
    }, (message, inner, type, code, id, status) => new AmazonCostExplorerException(message, inner, type, code, id, status));
}
