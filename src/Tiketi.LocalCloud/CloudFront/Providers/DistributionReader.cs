using System.Text.Json.Nodes;
using Tiketi.LocalCloud.CloudFront.Model;

namespace Tiketi.LocalCloud.CloudFront.Providers;

/// <summary>A distribution's configuration as the properties of AWS::CloudFront::Distribution.</summary>
internal static class DistributionReader
{
    /// <param name="config">What the distribution has.</param>
    /// <param name="stated">What the template states; what is not kept here (logging, certificates' details) stands as it says.</param>
    public static JsonObject Read(DistributionConfig config, JsonObject stated)
    {
        var read = (JsonObject)stated.DeepClone();
        read["Comment"] = config.Comment;
        read["Enabled"] = config.Enabled;
        read["DefaultRootObject"] = config.DefaultRootObject;
        read["Aliases"] = List(config.Aliases);
        read["PriceClass"] = config.PriceClass;
        read["HttpVersion"] = config.HttpVersion;
        read["IPV6Enabled"] = config.Ipv6Enabled;
        read["WebACLId"] = config.WebAclId;
        read["Origins"] = new JsonArray([.. config.Origins.Select(origin => (JsonNode)Over(At(stated, "Origins", "Id", origin.Id), new JsonObject
        {
            ["Id"] = origin.Id, ["DomainName"] = origin.DomainName, ["OriginPath"] = origin.Path, ["OriginAccessControlId"] = origin.AccessControlId,
        }))]);
        read["DefaultCacheBehavior"] = Behavior(config.DefaultBehavior, stated["DefaultCacheBehavior"] as JsonObject);
        read["CacheBehaviors"] = new JsonArray([.. config.Behaviors.Select(behavior => (JsonNode)Behavior(behavior, At(stated, "CacheBehaviors", "PathPattern", behavior.PathPattern)))]);
        read["CustomErrorResponses"] = new JsonArray([.. config.ErrorResponses.Select(response => (JsonNode)new JsonObject
        {
            ["ErrorCode"] = response.ErrorCode, ["ResponseCode"] = response.ResponseCode, ["ResponsePagePath"] = response.PagePath, ["ErrorCachingMinTTL"] = response.MinTtl,
        })]);
        return read;
    }

    private static JsonObject Behavior(CacheBehavior behavior, JsonObject? stated) => Over(stated, new JsonObject
    {
        ["PathPattern"] = behavior.PathPattern,
        ["TargetOriginId"] = behavior.TargetOriginId,
        ["ViewerProtocolPolicy"] = behavior.ViewerProtocolPolicy,
        ["AllowedMethods"] = List(behavior.AllowedMethods),
        ["Compress"] = behavior.Compress,
        ["CachePolicyId"] = behavior.CachePolicyId,
        ["OriginRequestPolicyId"] = behavior.OriginRequestPolicyId,
        ["ResponseHeadersPolicyId"] = behavior.ResponseHeadersPolicyId,
    });

    private static JsonObject? At(JsonObject stated, string list, string key, string value) =>
        (stated[list] as JsonArray ?? []).OfType<JsonObject>().FirstOrDefault(item => item[key]?.ToString() == value);

    private static JsonObject Over(JsonObject? stated, JsonObject live)
    {
        foreach (var (name, value) in stated ?? [])
        {
            if (!live.ContainsKey(name))
            {
                live[name] = value?.DeepClone();
            }
        }

        return live;
    }

    private static JsonArray List(IEnumerable<string> texts) => new([.. texts.Select(text => (JsonNode)text)]);
}
