namespace Tiketi.LocalCloud.S3;

/// <summary>Where a request points: path-style (<c>/bucket/key</c>) or virtual-host style (<c>bucket.s3.REGION...</c>, <c>bucket.localhost</c>).</summary>
internal static class S3Address
{
    /// <param name="host">Without the port.</param>
    /// <param name="rawTarget">The request line's target, still percent-encoded: ASP.NET's own path has lost the difference between %2F and /.</param>
    public static (string Bucket, string Key) Parse(string host, string rawTarget)
    {
        var path = rawTarget;
        if (!path.StartsWith('/') && Uri.TryCreate(path, UriKind.Absolute, out var absolute))
        {
            path = absolute.PathAndQuery;
        }

        path = path.Split('?', 2)[0];
        path = path.StartsWith('/') ? path[1..] : path; // one slash only: a key may begin with one itself
        if (BucketOf(host) is { } bucket)
        {
            return (bucket, Uri.UnescapeDataString(path));
        }

        var slash = path.IndexOf('/', StringComparison.Ordinal);
        return slash < 0
            ? (Uri.UnescapeDataString(path), "")
            : (Uri.UnescapeDataString(path[..slash]), Uri.UnescapeDataString(path[(slash + 1)..]));
    }

    /// <summary>The bucket that a host name names: also an origin's domain name ("bucket.s3.ap-northeast-2.amazonaws.com"); null when it names none.</summary>
    public static string? BucketOf(string host)
    {
        var s3 = host.IndexOf(".s3.", StringComparison.Ordinal);
        if (s3 < 0)
        {
            s3 = host.IndexOf(".s3-", StringComparison.Ordinal);
        }

        if (s3 > 0)
        {
            return host[..s3];
        }

        const string local = ".localhost";
        return host.EndsWith(local, StringComparison.Ordinal) && host != "s3.localhost" ? host[..^local.Length] : null;
    }
}
