using Tiketi.LocalCloud.Hosting;

namespace Tiketi.LocalCloud.CloudFront.Model;

/// <summary>One distribution as it is stored. Immutable: a change makes a new one.</summary>
internal sealed record Distribution
{
    public required string Id { get; init; }

    /// <summary>The loopback port that serves it.</summary>
    public required int Port { get; init; }

    /// <summary>Changes with the configuration; what If-Match refers to.</summary>
    public required string ETag { get; init; }

    public required DateTimeOffset LastModified { get; init; }

    public required DistributionConfig Config { get; init; }

    /// <summary>Newest first.</summary>
    public IReadOnlyList<Invalidation> Invalidations { get; init; } = [];

    public string Arn => $"arn:aws:cloudfront::{LocalCloudSettings.AccountId}:distribution/{Id}";

    public string DomainName => $"localhost:{Port}";
}

internal sealed record Invalidation(string Id, DateTimeOffset CreateTime, string CallerReference, IReadOnlyList<string> Paths);

internal sealed record DistributionConfig
{
    public string CallerReference { get; init; } = "";

    public string Comment { get; init; } = "";

    public bool Enabled { get; init; }

    /// <summary>Without a leading slash; empty: none.</summary>
    public string DefaultRootObject { get; init; } = "";

    public IReadOnlyList<string> Aliases { get; init; } = [];

    public IReadOnlyList<Origin> Origins { get; init; } = [];

    public required CacheBehavior DefaultBehavior { get; init; }

    /// <summary>In order: the first whose pattern fits a path is the one.</summary>
    public IReadOnlyList<CacheBehavior> Behaviors { get; init; } = [];

    public IReadOnlyList<ErrorResponse> ErrorResponses { get; init; } = [];

    public string PriceClass { get; init; } = "PriceClass_All";

    public string HttpVersion { get; init; } = "http2";

    public bool Ipv6Enabled { get; init; }

    public string WebAclId { get; init; } = "";

    /// <summary>The certificate of the aliases; empty: CloudFront's own.</summary>
    public string CertificateArn { get; init; } = "";

    public CacheBehavior BehaviorOf(string path) => Behaviors.FirstOrDefault(behavior => behavior.IsFor(path)) ?? DefaultBehavior;
}

/// <summary>An S3 bucket behind a distribution.</summary>
internal sealed record Origin(string Id, string DomainName, string Path, string AccessControlId);

internal sealed record CacheBehavior
{
    /// <summary>Empty: the default behaviour.</summary>
    public string PathPattern { get; init; } = "";

    public required string TargetOriginId { get; init; }

    public string ViewerProtocolPolicy { get; init; } = "allow-all";

    public IReadOnlyList<string> AllowedMethods { get; init; } = ["GET", "HEAD"];

    public bool Compress { get; init; }

    public required string CachePolicyId { get; init; }

    public string OriginRequestPolicyId { get; init; } = "";

    public string ResponseHeadersPolicyId { get; init; } = "";

    public bool IsFor(string path) => Wildcard.IsMatch(PathPattern.StartsWith('/') || PathPattern.StartsWith('*') ? PathPattern : "/" + PathPattern, path);
}

/// <summary>What answers an origin's error: status and page to give instead (null: the error itself), and how long the error is kept, in seconds.</summary>
internal sealed record ErrorResponse(int ErrorCode, int? ResponseCode, string? PagePath, double MinTtl)
{
    /// <summary>CloudFront's own where a distribution says nothing.</summary>
    public const double DefaultMinTtl = 10;
}
