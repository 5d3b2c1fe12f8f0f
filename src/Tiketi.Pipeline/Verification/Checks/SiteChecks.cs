using System.Net;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Amazon.S3.Model;
using Tiketi.Pipeline.Frontend;

namespace Tiketi.Pipeline.Verification.Checks;

/// <summary>The site, as a visitor's browser loads it.</summary>
internal static partial class SiteChecks
{
    private static readonly string[] SecurityHeaders = ["Strict-Transport-Security", "X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy"];

    public static IEnumerable<ICheck> For(SmokeTestTarget target, HttpClient http)
    {
        yield return new Check("site", "the site loads, with every file that its start page refers to", token => LoadAsync(http, target.SiteUrl, token));
        yield return new Check("site-deep-link", "a link into the application opens it", token => DeepLinkAsync(http, target.SiteUrl, token));
        yield return new Check("site-headers", "browsers are told to protect the site's visitors", token => HeadersAsync(http, target.SiteUrl, token)) { Severity = CheckSeverity.Warning };
        yield return new Check("site-newest", "the CDN serves the newest release", token => target is { S3: not null, SiteBucket: not null }
            ? NewestAsync(http, target, token)
            : Task.FromResult(CheckOutcome.Skipped("no bucket was given to compare with")))
        {
            Retry = new CheckRetry(5, TimeSpan.FromSeconds(2)),
        };
    }

    private static async Task<CheckOutcome> LoadAsync(HttpClient http, Uri site, CancellationToken cancellationToken)
    {
        var (html, address) = await PageAsync(http, site, cancellationToken);
        var assets = Reference().Matches(html)
            .Select(match => new Uri(address, WebUtility.HtmlDecode(match.Groups["address"].Value)))
            .Where(asset => asset.Host == address.Host && asset.Port == address.Port && asset.Scheme == address.Scheme && Path.HasExtension(asset.AbsolutePath))
            .Distinct()
            .ToList();
        var problems = (await Task.WhenAll(assets.Select(asset => ProblemOfAsync(http, asset, cancellationToken)))).Where(problem => problem is not null).ToList();
        return problems.Count > 0 ? CheckOutcome.Failed(string.Join("; ", problems), "Run ./build.sh SyncS3 InvalidateCdn: the page and its files are of different releases, or were uploaded by hand.")
            : assets.Any(asset => asset.AbsolutePath.EndsWith(".js", StringComparison.Ordinal)) ? CheckOutcome.Passed($"{address} and its {assets.Count} files")
            : CheckOutcome.Failed($"{address} refers to no script, so it is not the application", "Run ./build.sh SyncS3 InvalidateCdn.");
    }

    /// <summary>A missing file is answered with the start page and status 200 (SPA routing), so the media type has to be looked at.</summary>
    private static async Task<string?> ProblemOfAsync(HttpClient http, Uri asset, CancellationToken cancellationToken)
    {
        using var response = await http.GetAsync(asset, cancellationToken);
        var expected = SiteCacheRules.ContentTypeOf(asset.AbsolutePath).Split(';')[0];
        var actual = response.Content.Headers.ContentType?.MediaType;
        return response.StatusCode != HttpStatusCode.OK ? $"{asset.AbsolutePath}: {(int)response.StatusCode}"
            : actual != expected ? $"{asset.AbsolutePath} is served as {actual ?? "no type"} instead of {expected}"
            : null;
    }

    private static async Task<CheckOutcome> DeepLinkAsync(HttpClient http, Uri site, CancellationToken cancellationToken)
    {
        var (index, _) = await PageAsync(http, site, cancellationToken);
        var link = new Uri(site, $"/smoke-test/{Guid.NewGuid():n}");
        using var response = await http.GetAsync(link, cancellationToken);
        var page = await response.Content.ReadAsStringAsync(cancellationToken);
        return response.StatusCode == HttpStatusCode.OK && page == index
            ? CheckOutcome.Passed($"{link.AbsolutePath} is answered with the start page")
            : CheckOutcome.Failed($"GET {link}: {(int)response.StatusCode}, {(page == index ? "with the start page" : "not with the start page")}",
                "Let the distribution answer 403 and 404 with /index.html and status 200 (infra/frontend.yaml, CustomErrorResponses; run ./build.sh ApplyInfra).");
    }

    private static async Task<CheckOutcome> HeadersAsync(HttpClient http, Uri site, CancellationToken cancellationToken)
    {
        using var response = await http.GetAsync(site, cancellationToken);
        var missing = SecurityHeaders.Where(header => !response.Headers.Contains(header) && !response.Content.Headers.Contains(header)).ToList();

        // Over plain HTTP, which only the local cloud serves, browsers ignore HSTS and CloudFront does not send it.
        missing.RemoveAll(header => header == "Strict-Transport-Security" && response.RequestMessage!.RequestUri!.Scheme == Uri.UriSchemeHttp);
        return missing.Count == 0 ? CheckOutcome.Passed($"{site} sends them all")
            : CheckOutcome.Failed($"{site} does not send {string.Join(", ", missing)}", "Attach the response headers policy to the distribution (infra/frontend.yaml; run ./build.sh ApplyInfra).");
    }

    private static async Task<CheckOutcome> NewestAsync(HttpClient http, SmokeTestTarget target, CancellationToken cancellationToken)
    {
        string stored;
        try
        {
            using var newest = await target.S3!.GetObjectAsync(new GetObjectRequest { BucketName = target.SiteBucket, Key = SiteCacheRules.IndexKey }, cancellationToken);
            stored = Convert.ToHexStringLower(await SHA256.HashDataAsync(newest.ResponseStream, cancellationToken));
        }
        catch (Amazon.S3.AmazonS3Exception exception) when (exception.StatusCode == HttpStatusCode.NotFound)
        {
            return CheckOutcome.Failed($"{target.SiteBucket} holds no {SiteCacheRules.IndexKey}: {exception.ErrorCode}", "Run ./build.sh SyncS3.");
        }

        foreach (var address in new[] { target.SiteUrl, new Uri(target.SiteUrl, "/" + SiteCacheRules.IndexKey) })
        {
            var served = Convert.ToHexStringLower(SHA256.HashData(await http.GetByteArrayAsync(address, cancellationToken)));
            if (served != stored)
            {
                return CheckOutcome.Failed($"{address} is {served[..12]}, the bucket holds {stored[..12]}", "Run ./build.sh InvalidateCdn.");
            }
        }

        return CheckOutcome.Passed($"{target.SiteUrl} serves {stored[..12]}, as the bucket does");
    }

    private static async Task<(string Html, Uri Address)> PageAsync(HttpClient http, Uri url, CancellationToken cancellationToken)
    {
        using var response = await http.GetAsync(url, cancellationToken);
        var (status, type) = (response.StatusCode, response.Content.Headers.ContentType?.MediaType);
        return status == HttpStatusCode.OK && type == "text/html"
            ? (await response.Content.ReadAsStringAsync(cancellationToken), response.RequestMessage!.RequestUri!)
            : throw new PipelineException($"GET {url}: {(int)status}, {type ?? "no content type"}", "Run ./build.sh SyncS3; if the bucket holds the site, look at the distribution's origin and the bucket policy.");
    }

    [GeneratedRegex("""<(?:script|link|img)\b[^>]*?\b(?:src|href)\s*=\s*["']?(?<address>[^"'\s>]+)""", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 2000)]
    private static partial Regex Reference();
}
