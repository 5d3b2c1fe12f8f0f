using System.Globalization;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using Tiketi.LocalCloud.CloudFront.Model;

namespace Tiketi.LocalCloud.CloudFront.Api;

/// <summary>CloudFront's XML. Lists are <c>Quantity</c> and <c>Items</c>.</summary>
internal static class CloudFrontXml
{
    public static readonly XNamespace Namespace = "http://cloudfront.amazonaws.com/doc/2020-05-31/";

    public static XElement Distribution(Distribution distribution) => Element(
        "Distribution",
        [.. Identity(distribution),
        Element("InProgressInvalidationBatches", 0),
        Element("ActiveTrustedSigners", Element("Enabled", false), Element("Quantity", 0)),
        Element("ActiveTrustedKeyGroups", Element("Enabled", false), Element("Quantity", 0)),
        Config(distribution.Config)]);

    public static XElement Summary(Distribution distribution) => Element(
        "DistributionSummary",
        [.. Identity(distribution), Element("ETag", distribution.ETag), .. Common(distribution.Config), Element("Staging", false)]);

    public static XElement Config(DistributionConfig config) => Element(
        "DistributionConfig",
        [Element("CallerReference", config.CallerReference), Element("DefaultRootObject", config.DefaultRootObject), .. Common(config)]);

    public static XElement Invalidation(Invalidation invalidation) => Element(
        "Invalidation",
        Element("Id", invalidation.Id),
        Element("Status", "Completed"),
        Element("CreateTime", Time(invalidation.CreateTime)),
        Element("InvalidationBatch", List("Paths", "Path", invalidation.Paths), Element("CallerReference", invalidation.CallerReference)));

    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    public static XElement Element(string name, params object[] content) => new(Namespace + name, content);

    /// <summary>
    /// A request's XML as the object that CloudFormation would state for it, so that one reader serves both: lists become
    /// arrays, everything else keeps its name.
    /// </summary>
    public static JsonNode ToTemplate(XElement element)
    {
        if (element.Element("Quantity") is not null)
        {
            return new JsonArray([.. element.Element("Items")?.Elements().Select(item => (JsonNode?)ToTemplate(item)) ?? []]);
        }

        if (!element.HasElements)
        {
            return JsonValue.Create(element.Value)!;
        }

        var node = new JsonObject();
        foreach (var child in element.Elements())
        {
            node[child.Name.LocalName] = ToTemplate(child);
        }

        return node;
    }

    private static object[] Identity(Distribution distribution) =>
    [
        Element("Id", distribution.Id),
        Element("ARN", distribution.Arn),
        Element("Status", "Deployed"),
        Element("LastModifiedTime", Time(distribution.LastModified)),
        Element("DomainName", distribution.DomainName),
    ];

    private static object[] Common(DistributionConfig config) =>
    [
        List("Aliases", "CNAME", config.Aliases),
        List("Origins", config.Origins.Select(Origin)),
        List("OriginGroups", []),
        Behavior("DefaultCacheBehavior", config.DefaultBehavior),
        List("CacheBehaviors", config.Behaviors.Select(behavior => Behavior("CacheBehavior", behavior))),
        List("CustomErrorResponses", config.ErrorResponses.Select(Error)),
        Element("Comment", config.Comment),
        Element("PriceClass", config.PriceClass),
        Element("Enabled", config.Enabled),
        ViewerCertificate(config),
        Element("Restrictions", Element("GeoRestriction", Element("RestrictionType", "none"), Element("Quantity", 0))),
        Element("WebACLId", config.WebAclId),
        Element("HttpVersion", config.HttpVersion),
        Element("IsIPV6Enabled", config.Ipv6Enabled),
    ];

    private static XElement ViewerCertificate(DistributionConfig config) => config.CertificateArn.Length > 0
        ? Element("ViewerCertificate", Element("CloudFrontDefaultCertificate", false), Element("ACMCertificateArn", config.CertificateArn))
        : Element("ViewerCertificate", Element("CloudFrontDefaultCertificate", true));

    private static XElement Origin(Origin origin) => Element(
        "Origin",
        Element("Id", origin.Id),
        Element("DomainName", origin.DomainName),
        Element("OriginPath", origin.Path),
        List("CustomHeaders", []),
        Element("S3OriginConfig", Element("OriginAccessIdentity", "")),
        Element("OriginAccessControlId", origin.AccessControlId));

    private static XElement Behavior(string name, CacheBehavior behavior)
    {
        var methods = List("AllowedMethods", "Method", behavior.AllowedMethods);
        methods.Add(List("CachedMethods", "Method", ["HEAD", "GET"]));
        var element = Element(
            name,
            Element("TargetOriginId", behavior.TargetOriginId),
            Element("ViewerProtocolPolicy", behavior.ViewerProtocolPolicy),
            methods,
            Element("Compress", behavior.Compress),
            Element("CachePolicyId", behavior.CachePolicyId));
        if (behavior.PathPattern.Length > 0)
        {
            element.AddFirst(Element("PathPattern", behavior.PathPattern));
        }

        foreach (var (policy, id) in (ReadOnlySpan<(string, string)>)[("OriginRequestPolicyId", behavior.OriginRequestPolicyId), ("ResponseHeadersPolicyId", behavior.ResponseHeadersPolicyId)])
        {
            if (id.Length > 0)
            {
                element.Add(Element(policy, id));
            }
        }

        return element;
    }

    private static XElement Error(ErrorResponse response) => Element(
        "CustomErrorResponse",
        Element("ErrorCode", response.ErrorCode),
        Element("ResponsePagePath", response.PagePath ?? ""),
        Element("ResponseCode", response.ResponseCode?.ToString() ?? ""),
        Element("ErrorCachingMinTTL", response.MinTtl));

    private static XElement List(string name, string item, IEnumerable<string> texts) => List(name, texts.Select(text => Element(item, text)));

    private static XElement List(string name, IEnumerable<XElement> items)
    {
        var list = items.ToList();
        return list.Count == 0 ? Element(name, Element("Quantity", 0)) : Element(name, Element("Quantity", list.Count), Element("Items", [.. list]));
    }
}
