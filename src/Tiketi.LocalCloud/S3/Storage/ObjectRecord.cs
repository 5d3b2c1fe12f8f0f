namespace Tiketi.LocalCloud.S3.Storage;

/// <summary>One object without its content. Immutable: a write makes a new record and a new content file.</summary>
internal sealed record ObjectRecord
{
    public required string Key { get; init; }

    /// <summary>Hex MD5 of the content, or <c>MD5(part MD5s)-PARTS</c> after a multipart upload; without quotes.</summary>
    public required string ETag { get; init; }

    /// <summary>Bytes.</summary>
    public required long Size { get; init; }

    public required DateTimeOffset LastModified { get; init; }

    /// <summary>Name of the content file in the bucket's content folder.</summary>
    public required string Content { get; init; }

    public required ObjectHeaders Headers { get; init; }

    public ObjectChecksum? Checksum { get; init; }

    /// <summary>Sizes of the parts in bytes, in order; null when it was put whole.</summary>
    public IReadOnlyList<long>? Parts { get; init; }
}

/// <summary>What a writer says about an object and every reader gets back.</summary>
internal sealed record ObjectHeaders
{
    public const string DefaultContentType = "binary/octet-stream";

    public string ContentType { get; init; } = DefaultContentType;

    public string? CacheControl { get; init; }

    public string? ContentDisposition { get; init; }

    public string? ContentEncoding { get; init; }

    public string? ContentLanguage { get; init; }

    public string? Expires { get; init; }

    public string? WebsiteRedirectLocation { get; init; }

    public string StorageClass { get; init; } = "STANDARD";

    /// <summary>User metadata: names without <c>x-amz-meta-</c>, in lower case.</summary>
    public Dictionary<string, string> Metadata { get; init; } = [];

    public Dictionary<string, string> Tags { get; init; } = [];
}

/// <summary>A checksum that S3 keeps with an object: the algorithm as headers name it ("CRC32"), the value in base64, COMPOSITE or FULL_OBJECT.</summary>
internal sealed record ObjectChecksum(string Algorithm, string Value, string Type = "FULL_OBJECT");
