using System.Text.Json;
using System.Text.Json.Nodes;
using Tiketi.LocalCloud.Hosting;
using Tiketi.LocalCloud.Query;

namespace Tiketi.LocalCloud.CloudFormation.Stacks;

/// <summary>A stack policy: which changes an update may make to which resources of the stack.</summary>
internal static class StackPolicy
{
    /// <summary>The policy as it is stored.</summary>
    /// <exception cref="QueryException">ValidationError: it is no policy.</exception>
    public static string Check(string policy)
    {
        try
        {
            return JsonNode.Parse(policy)?["Statement"] is JsonArray ? policy : throw QueryException.Validation("Error validating stack policy: Invalid stack policy");
        }
        catch (JsonException)
        {
            throw QueryException.Validation("Error validating stack policy: Invalid stack policy");
        }
    }

    /// <summary>Why the policy forbids a change, worded as AWS words it; null: it allows it. What no statement names is forbidden.</summary>
    /// <param name="policy">The stack's; null allows everything.</param>
    /// <param name="action">Modify, Replace, Delete.</param>
    /// <param name="resource">The resource to be changed.</param>
    public static string? Denial(string? policy, string action, ResourceRecord resource)
    {
        if (policy is null)
        {
            return null;
        }

        var statements = ((JsonArray)JsonNode.Parse(policy)!["Statement"]!).OfType<JsonObject>().ToList();
        var matching = statements.Where(statement => Names(statement, action, resource)).ToList();
        if (matching.Exists(statement => statement["Effect"]?.ToString() == "Allow") && !matching.Exists(IsDenial))
        {
            return null;
        }

        var denial = statements.FindIndex(statement => IsDenial(statement) && matching.Contains(statement));
        return denial >= 0
            ? $"Action denied by stack policy: Statement [#{denial + 1}] denies [Update:{action}] for resource [LogicalResourceId/{resource.LogicalId}]"
            : $"Action denied by stack policy: no statement allows [Update:{action}] for resource [LogicalResourceId/{resource.LogicalId}]";
    }

    private static bool IsDenial(JsonObject statement) => statement["Effect"]?.ToString() == "Deny";

    private static bool Names(JsonObject statement, string action, ResourceRecord resource)
    {
        var types = Texts((statement["Condition"]?["StringEquals"] ?? statement["Condition"]?["StringLike"])?["ResourceType"]);
        return Texts(statement["Action"]).Any(pattern => Wildcard.IsMatch(pattern, "Update:" + action))
            && Texts(statement["Resource"]).Any(pattern => Wildcard.IsMatch(pattern, "LogicalResourceId/" + resource.LogicalId))
            && (types.Count == 0 || types.Any(pattern => Wildcard.IsMatch(pattern, resource.Type)));
    }

    private static List<string> Texts(JsonNode? node) => node switch
    {
        null => [],
        JsonArray list => [.. list.Select(item => item!.ToString())],
        _ => [node.ToString()],
    };
}
