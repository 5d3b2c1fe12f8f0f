using Microsoft.AspNetCore.Http;
using Tiketi.LocalCloud.CloudFront.Model;

namespace Tiketi.LocalCloud.CloudFront.Edge;

/// <summary>Makes the response that the cache lacks: from the origin, from an error page, or by finding that the stale one still holds.</summary>
internal sealed class EdgeFetcher(S3Origin origin, TimeProvider time)
{
    public DateTimeOffset Now => time.GetUtcNow();

    public async Task<CachedResponse> FetchAsync(Distribution distribution, CachePolicy policy, string path, string encoding, CachedResponse? stale)
    {
        var source = OriginOf(distribution, path);
        var answer = origin.Get(distribution, source, path);
        if (answer is { Object: { } found, Content: { } content })
        {
            var lifetime = Freshness.Lifetime(policy, found.Headers.CacheControl, found.Headers.Expires, Now);
            if (stale is { IsError: false } && stale.OriginETag == found.ETag && stale.LastModified == found.LastModified)
            {
                content.Dispose();
                return stale with { FetchedAt = Now, FreshUntil = Now + lifetime };
            }

            return await Compression.ApplyAsync(await DescribeAsync(found, content, lifetime), encoding, CancellationToken.None);
        }

        return await ErrorAsync(distribution, answer, encoding);
    }

    private async Task<CachedResponse> DescribeAsync(S3.Storage.ObjectRecord found, Microsoft.Win32.SafeHandles.SafeFileHandle content, TimeSpan lifetime) => new()
    {
        Status = StatusCodes.Status200OK,
        Headers = S3Origin.HeadersOf(found),
        Body = await CachedBody.ReadAsync(content, found.Size, CancellationToken.None),
        OriginETag = found.ETag,
        ETag = $"\"{found.ETag}\"",
        LastModified = found.LastModified,
        FetchedAt = Now,
        FreshUntil = Now + lifetime,
    };

    /// <summary>An error is kept for its minimum time. With a custom page it is the page that is kept under the path asked for, as CloudFront does.</summary>
    private async Task<CachedResponse> ErrorAsync(Distribution distribution, OriginResponse answer, string encoding)
    {
        var rule = distribution.Config.ErrorResponses.FirstOrDefault(response => response.ErrorCode == answer.Status);
        var lifetime = TimeSpan.FromSeconds(rule?.MinTtl ?? ErrorResponse.DefaultMinTtl);
        if (rule is { PagePath: { } page, ResponseCode: { } status }
            && origin.Get(distribution, OriginOf(distribution, page), page) is { Object: { } found, Content: { } content })
        {
            var response = await DescribeAsync(found, content, lifetime);
            return await Compression.ApplyAsync(response with { Status = status, IsError = true }, encoding, CancellationToken.None);
        }

        return new CachedResponse
        {
            Status = answer.Status,
            Headers = [("Content-Type", "application/xml"), ("Server", "AmazonS3")],
            Body = new CachedBody(answer.ErrorBody),
            IsError = true,
            FetchedAt = Now,
            FreshUntil = Now + lifetime,
        };
    }

    private static Origin OriginOf(Distribution distribution, string path)
    {
        var id = distribution.Config.BehaviorOf(path).TargetOriginId;
        return distribution.Config.Origins.First(candidate => candidate.Id == id);
    }
}
