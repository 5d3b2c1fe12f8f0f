using System.Text.Json.Nodes;
using Tiketi.LocalCloud.Hosting;

namespace Tiketi.LocalCloud.CloudFormation.Templates;

/// <summary>The values that every stack has without declaring them.</summary>
internal sealed record PseudoParameters(string Region, string StackName, string StackId, IReadOnlyList<string> NotificationArns)
{
    /// <summary>What "AWS::NoValue" evaluates to: its holder leaves the property out.</summary>
    public static JsonNode NoValue { get; } = JsonValue.Create("AWS::NoValue");

    public static bool IsPseudo(string name) => name.StartsWith("AWS::", StringComparison.Ordinal);

    public JsonNode? Value(string name) => name switch
    {
        "AWS::Region" => Region,
        "AWS::AccountId" => LocalCloudSettings.AccountId,
        "AWS::StackName" => StackName,
        "AWS::StackId" => StackId,
        "AWS::Partition" => "aws",
        "AWS::URLSuffix" => "amazonaws.com",
        "AWS::NotificationARNs" => new JsonArray([.. NotificationArns.Select(arn => (JsonNode)arn)]),
        "AWS::NoValue" => NoValue,
        _ => null,
    };
}
