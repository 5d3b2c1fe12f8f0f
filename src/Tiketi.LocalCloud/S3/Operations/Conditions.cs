using System.Globalization;
using Microsoft.AspNetCore.Http;
using Tiketi.LocalCloud.S3.Storage;

namespace Tiketi.LocalCloud.S3.Operations;

/// <summary>Conditional requests: RFC 9110's order of precedence, S3's errors.</summary>
internal static class Conditions
{
    /// <summary>The check of a conditional write: If-Match: ETAG, If-None-Match: *.</summary>
    public static Action<ObjectRecord?>? ForWrite(S3Request request)
    {
        var match = request.Header("If-Match");
        var noneMatch = request.Header("If-None-Match");
        if (noneMatch is not (null or "*"))
        {
            throw S3Errors.NotImplemented("If-None-Match with another value than *");
        }

        if (match is null && noneMatch is null)
        {
            return null;
        }

        return present =>
        {
            if (noneMatch is not null && present is not null)
            {
                throw S3Errors.PreconditionFailed("If-None-Match");
            }

            RequireMatch(match, present, request.Key);
        };
    }

    /// <summary>Requires the present object to have an ETag; null requires nothing.</summary>
    public static void RequireMatch(string? etag, ObjectRecord? present, string key)
    {
        if (etag is null)
        {
            return;
        }

        if (present is null)
        {
            throw S3Errors.NoSuchKey(key);
        }

        if (!Matches(etag, present.ETag))
        {
            throw S3Errors.PreconditionFailed("If-Match");
        }
    }

    /// <summary>
    /// Null: go on; 304 for a reader that has the object already. <paramref name="prefix"/> is "x-amz-copy-source-" where the
    /// conditions are on a copy's source.
    /// </summary>
    /// <exception cref="S3Exception">PreconditionFailed.</exception>
    public static int? ForRead(S3Request request, ObjectRecord record, string prefix = "")
    {
        var modified = new DateTimeOffset(record.LastModified.UtcTicks / TimeSpan.TicksPerSecond * TimeSpan.TicksPerSecond, TimeSpan.Zero);
        if (request.Header(prefix + "If-Match") is { } match)
        {
            if (!Matches(match, record.ETag))
            {
                throw S3Errors.PreconditionFailed("If-Match");
            }
        }
        else if (Date(request, prefix + "If-Unmodified-Since") is { } unmodified && modified > unmodified)
        {
            throw S3Errors.PreconditionFailed("If-Unmodified-Since");
        }

        if (request.Header(prefix + "If-None-Match") is { } noneMatch)
        {
            return Matches(noneMatch, record.ETag) ? NotModified(prefix) : null;
        }

        return Date(request, prefix + "If-Modified-Since") is { } since && modified <= since ? NotModified(prefix) : null;
    }

    private static int NotModified(string prefix) => prefix.Length == 0 ? StatusCodes.Status304NotModified : throw S3Errors.PreconditionFailed("x-amz-copy-source-If-None-Match");

    private static bool Matches(string header, string etag) =>
        header.Split(',', StringSplitOptions.TrimEntries).Any(value => value == "*" || (value.StartsWith("W/", StringComparison.Ordinal) ? value[2..] : value).Trim('"') == etag);

    private static DateTimeOffset? Date(S3Request request, string name) =>
        DateTimeOffset.TryParse(request.Header(name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date) ? date : null;
}
