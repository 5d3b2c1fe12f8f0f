using System.Text.Json.Nodes;
using Tiketi.LocalCloud.CloudFormation;
using Tiketi.LocalCloud.CloudFormation.Records;
using Tiketi.LocalCloud.Query;
using static Tiketi.LocalCloud.Query.QueryXml;

namespace Tiketi.LocalCloud.Network;

/// <summary>Opening and closing a security group by hand: what drift most often is.</summary>
internal sealed class SecurityGroupRules(RecordStore records)
{
    private const string Ingress = "SecurityGroupIngress";

    public object Authorize(QueryRequest request)
    {
        Change(request, (present, rules) => [.. present, .. rules]);
        return Element("return", true);
    }

    public object Revoke(QueryRequest request)
    {
        Change(request, (present, rules) =>
        {
            var gone = rules.Select(Key).ToHashSet(StringComparer.Ordinal);
            var left = present.Where(rule => !gone.Contains(Key(rule))).ToList();
            return left.Count < present.Count ? left : throw new QueryException("InvalidPermission.NotFound", "The specified rule does not exist in this security group.");
        });
        return Element("return", true);
    }

    private static IEnumerable<JsonObject> Rules(QueryRequest request)
    {
        var permissions = request.Structures("IpPermissions") is { Count: > 0 } listed ? listed : [request];
        foreach (var permission in permissions)
        {
            foreach (var block in permission["CidrIp"] is { } one ? [one] : (permission.Structures("IpRanges") ?? []).Select(range => range.Required("CidrIp")))
            {
                yield return new JsonObject { ["IpProtocol"] = permission.Required("IpProtocol"), ["FromPort"] = permission.Number("FromPort"), ["ToPort"] = permission.Number("ToPort"), ["CidrIp"] = block };
            }
        }
    }

    private static string Key(JsonObject rule) => $"{rule.Text("IpProtocol")} {rule.Text("FromPort")}-{rule.Text("ToPort")} {rule.Text("CidrIp")}";

    private void Change(QueryRequest request, Func<IReadOnlyList<JsonObject>, List<JsonObject>, IEnumerable<JsonObject>> change)
    {
        var id = request.Required("GroupId");
        var group = records.Find(NetworkTypes.SecurityGroup, id) ?? throw new QueryException("InvalidGroup.NotFound", $"The security group '{id}' does not exist");
        var rules = Rules(request).ToList();
        if (rules.Count == 0)
        {
            throw new QueryException("MissingParameter", "The local cloud changes rules that name an address block (CidrIp).");
        }

        var properties = (JsonObject)group.Properties.DeepClone();
        properties[Ingress] = new JsonArray([.. change(group.Properties.Objects(Ingress), rules).Select(rule => rule.DeepClone())]);
        records.Put(group with { Properties = properties });
    }
}
