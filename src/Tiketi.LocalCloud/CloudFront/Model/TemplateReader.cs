using System.Text.Json.Nodes;
using Tiketi.LocalCloud.CloudFormation;
using Tiketi.LocalCloud.S3;

namespace Tiketi.LocalCloud.CloudFront.Model;

/// <summary>Reads CloudFront's CloudFormation properties.</summary>
internal static class TemplateReader
{
    private const string CorsS3Origin = "88a5eaf4-2fd4-4709-b370-b4c650ea3fcf";

    /// <exception cref="ResourceException">A required property is missing, or one cannot be served.</exception>
    public static DistributionConfig Distribution(JsonObject config)
    {
        var node = new TemplateNode(config, "DistributionConfig");
        node.Ignore("Logging", "Staging");
        var geo = node.Object("Restrictions")?.Object("GeoRestriction");
        if (geo?.Text("RestrictionType") is not (null or "none"))
        {
            throw node.Refuse("Restrictions.GeoRestriction");
        }

        var certificate = node.Object("ViewerCertificate");
        var read = new DistributionConfig
        {
            CallerReference = node.Text("CallerReference") ?? "",
            Comment = node.Text("Comment") ?? "",
            Enabled = node.Flag("Enabled"),
            DefaultRootObject = node.Text("DefaultRootObject") ?? "",
            Aliases = node.Texts("Aliases"),
            Origins = [.. node.Objects("Origins").Select(Origin)],
            DefaultBehavior = Behavior(node.Object("DefaultCacheBehavior") ?? throw new ResourceException("Property DistributionConfig.DefaultCacheBehavior is required.")),
            Behaviors = [.. node.Objects("CacheBehaviors").Select(Behavior)],
            ErrorResponses = [.. node.Objects("CustomErrorResponses").Select(Error)],
            PriceClass = node.Text("PriceClass") ?? "PriceClass_All",
            HttpVersion = node.Text("HttpVersion") ?? "http2",
            Ipv6Enabled = node.Flag("IPV6Enabled") || node.Flag("IsIPV6Enabled"),
            WebAclId = node.Text("WebACLId") ?? "",
            CertificateArn = certificate?.Text("AcmCertificateArn") ?? certificate?.Text("ACMCertificateArn") ?? "",
        };
        node.Done();
        RequireGlobalRegion(read);
        if (read.Behaviors.Append(read.DefaultBehavior).FirstOrDefault(behavior => read.Origins.All(origin => origin.Id != behavior.TargetOriginId)) is { } lost)
        {
            throw new ResourceException($"The specified origin server does not exist or is not valid: TargetOriginId '{lost.TargetOriginId}' names none of the distribution's origins.");
        }

        return read;
    }

    /// <summary>CloudFront takes certificates and web ACLs from one region only.</summary>
    private static void RequireGlobalRegion(DistributionConfig config)
    {
        if (config.CertificateArn.Length > 0 && !config.CertificateArn.StartsWith("arn:aws:acm:us-east-1:", StringComparison.Ordinal))
        {
            throw new ResourceException("Invalid request provided: The specified SSL certificate doesn't exist, isn't in us-east-1 region, isn't valid, or doesn't include a valid certificate chain.");
        }

        if (config.WebAclId.StartsWith("arn:", StringComparison.Ordinal) && !config.WebAclId.StartsWith("arn:aws:wafv2:us-east-1:", StringComparison.Ordinal))
        {
            throw new ResourceException("Invalid request provided: The specified WAF web ACL isn't one of scope CLOUDFRONT in us-east-1.");
        }
    }

    public static CachePolicy CachePolicy(string id, JsonObject config)
    {
        var node = new TemplateNode(config, "CachePolicyConfig");
        node.Ignore("Comment");
        var policy = new CachePolicy(id, node.Required("Name"), node.Number("MinTTL") ?? 0, node.Number("DefaultTTL") ?? 86400, node.Number("MaxTTL") ?? 31536000);
        if (node.Object("ParametersInCacheKeyAndForwardedToOrigin") is { } key)
        {
            // S3 answers the same whatever cookies it is sent, and headers it ignores; but as a part of the key they would count.
            foreach (var (part, kind) in (ReadOnlySpan<(string, string)>)[("CookiesConfig", "CookieBehavior"), ("HeadersConfig", "HeaderBehavior")])
            {
                if (key.Object(part)?.Text(kind) is not (null or "none"))
                {
                    throw key.Refuse(part);
                }
            }

            var queries = key.Object("QueryStringsConfig");
            policy = policy with
            {
                Gzip = key.Flag("EnableAcceptEncodingGzip"),
                Brotli = key.Flag("EnableAcceptEncodingBrotli"),
                QueryStringBehavior = queries?.Text("QueryStringBehavior") ?? "none",
                QueryStrings = queries?.Texts("QueryStrings") ?? [],
            };
            key.Done();
        }

        node.Done();
        return policy;
    }

    public static ResponseHeadersPolicy ResponseHeadersPolicy(string id, JsonObject config)
    {
        var node = new TemplateNode(config, "ResponseHeadersPolicyConfig");
        node.Ignore("Comment");
        if (node.Object("ServerTimingHeadersConfig")?.Flag("Enabled") == true)
        {
            throw node.Refuse("ServerTimingHeadersConfig");
        }

        var custom = node.Object("CustomHeadersConfig")?.Objects("Items") ?? [];
        var policy = new ResponseHeadersPolicy(id, node.Required("Name"))
        {
            Headers = [.. SecurityHeaders(node.Object("SecurityHeadersConfig")), .. custom.Select(item => new PolicyHeader(item.Required("Header"), item.Text("Value") ?? "", item.Flag("Override")))],
            Removed = [.. (node.Object("RemoveHeadersConfig")?.Objects("Items") ?? []).Select(item => item.Required("Header"))],
            Cors = node.Object("CorsConfig") is { } cors ? Cors(cors) : null,
        };
        node.Done();
        return policy;
    }

    private static IEnumerable<PolicyHeader> SecurityHeaders(TemplateNode? node)
    {
        if (node is null)
        {
            yield break;
        }

        if (node.Object("ContentSecurityPolicy") is { } csp)
        {
            yield return new PolicyHeader("Content-Security-Policy", csp.Required("ContentSecurityPolicy"), csp.Flag("Override"));
        }

        if (node.Object("ContentTypeOptions") is { } sniff)
        {
            yield return new PolicyHeader("X-Content-Type-Options", "nosniff", sniff.Flag("Override"));
        }

        if (node.Object("FrameOptions") is { } frame)
        {
            yield return new PolicyHeader("X-Frame-Options", frame.Required("FrameOption"), frame.Flag("Override"));
        }

        if (node.Object("ReferrerPolicy") is { } referrer)
        {
            yield return new PolicyHeader("Referrer-Policy", referrer.Required("ReferrerPolicy"), referrer.Flag("Override"));
        }

        if (node.Object("StrictTransportSecurity") is { } hsts)
        {
            var value = $"max-age={hsts.Required("AccessControlMaxAgeSec")}{(hsts.Flag("IncludeSubdomains") ? "; includeSubDomains" : "")}{(hsts.Flag("Preload") ? "; preload" : "")}";
            yield return new PolicyHeader("Strict-Transport-Security", value, hsts.Flag("Override"));
        }

        if (node.Object("XSSProtection") is { } xss)
        {
            var report = xss.Text("ReportUri") is { Length: > 0 } uri ? $"; report={uri}" : "";
            var value = xss.Flag("Protection") ? $"1{(xss.Flag("ModeBlock") ? "; mode=block" : "")}{report}" : "0";
            yield return new PolicyHeader("X-XSS-Protection", value, xss.Flag("Override"));
        }

        node.Done();
    }

    private static CorsPolicy Cors(TemplateNode node) => new()
    {
        AllowCredentials = node.Flag("AccessControlAllowCredentials"),
        AllowHeaders = node.Object("AccessControlAllowHeaders")?.Texts("Items") ?? [],
        AllowMethods = node.Object("AccessControlAllowMethods")?.Texts("Items") ?? [],
        AllowOrigins = node.Object("AccessControlAllowOrigins")?.Texts("Items") ?? [],
        ExposeHeaders = node.Object("AccessControlExposeHeaders")?.Texts("Items") ?? [],
        MaxAgeSeconds = (int?)node.Number("AccessControlMaxAgeSec"),
        OriginOverride = node.Flag("OriginOverride"),
    };

    private static Origin Origin(TemplateNode node)
    {
        node.Ignore("ConnectionAttempts", "ConnectionTimeout", "S3OriginConfig", "OriginShield", "OriginCustomHeaders", "CustomHeaders");
        var domain = node.Required("DomainName");
        if (S3Address.BucketOf(domain) is null || node.Has("CustomOriginConfig"))
        {
            throw new ResourceException($"The local cloud's CloudFront serves S3 origins only (BUCKET.s3.REGION.amazonaws.com); the origin '{domain}' is none.");
        }

        var origin = new Origin(node.Required("Id"), domain, (node.Text("OriginPath") ?? "").TrimEnd('/'), node.Text("OriginAccessControlId") ?? "");
        node.Done();
        return origin;
    }

    private static CacheBehavior Behavior(TemplateNode node)
    {
        node.Ignore("SmoothStreaming", "CachedMethods");
        foreach (var name in (ReadOnlySpan<string>)["FunctionAssociations", "LambdaFunctionAssociations", "TrustedSigners", "TrustedKeyGroups"])
        {
            if (node.Objects(name).Count > 0)
            {
                throw node.Refuse(name);
            }
        }

        var methods = node.Texts("AllowedMethods");
        if (methods.FirstOrDefault(method => method is not ("GET" or "HEAD" or "OPTIONS")) is { } method)
        {
            throw node.Refuse($"AllowedMethods ({method})");
        }

        if (node.Text("OriginRequestPolicyId") is not (null or "" or CorsS3Origin))
        {
            throw node.Refuse($"OriginRequestPolicyId (only Managed-CORS-S3Origin, {CorsS3Origin})");
        }

        var behavior = new CacheBehavior
        {
            PathPattern = node.Text("PathPattern") ?? "",
            TargetOriginId = node.Required("TargetOriginId"),
            ViewerProtocolPolicy = node.Required("ViewerProtocolPolicy"),
            AllowedMethods = methods.Count > 0 ? methods : ["GET", "HEAD"],
            Compress = node.Flag("Compress"),
            CachePolicyId = node.Required("CachePolicyId"),
            OriginRequestPolicyId = node.Text("OriginRequestPolicyId") ?? "",
            ResponseHeadersPolicyId = node.Text("ResponseHeadersPolicyId") ?? "",
        };
        node.Done();
        return behavior;
    }

    private static ErrorResponse Error(TemplateNode node)
    {
        var code = node.Number("ErrorCode") ?? throw new ResourceException("Property ErrorCode of a custom error response is required.");
        var page = node.Text("ResponsePagePath") is { Length: > 0 } path ? path : null;
        var response = node.Text("ResponseCode") is { Length: > 0 } ? (int?)node.Number("ResponseCode") : null;
        var read = new ErrorResponse((int)code, response, page, node.Number("ErrorCachingMinTTL") ?? ErrorResponse.DefaultMinTtl);
        node.Done();
        return page is null == response is null ? read : throw new ResourceException("A custom error response needs both of ResponsePagePath and ResponseCode, or neither.");
    }
}
