using System.Text.RegularExpressions;

namespace Tiketi.Pipeline.Frontend;

/// <summary>What a site file is to its visitors. The order of the values is the order in which a release uploads them.</summary>
public enum SiteFileKind
{
    /// <summary>Its name carries a hash of its content: it never changes and may be cached for ever.</summary>
    Hashed,

    /// <summary>Any other file that pages refer to (icons, robots.txt, asset-manifest.json).</summary>
    Asset,

    /// <summary>An HTML page or service worker: it refers to the assets, so it goes up after them.</summary>
    Page,

    /// <summary>The root index.html: the switch from one release to the next, always last.</summary>
    Index,
}

/// <summary>Says for a key of the site what kind of file it is, and the Content-Type and Cache-Control to serve it with.</summary>
public static partial class SiteCacheRules
{
    /// <summary>A year, for names that change with their content.</summary>
    public const string Immutable = "public, max-age=31536000, immutable";

    /// <summary>Ask the origin each time: pages, manifests and service workers decide which release a visitor sees.</summary>
    public const string NoCache = "no-cache";

    /// <summary>Five minutes, for files that may change under the same name.</summary>
    public const string Short = "public, max-age=300";

    public const string IndexKey = "index.html";

    public static SiteFileKind KindOf(string key) =>
        key == IndexKey ? SiteFileKind.Index
        : IsPage(key) ? SiteFileKind.Page
        : HashedName().IsMatch(key) ? SiteFileKind.Hashed
        : SiteFileKind.Asset;

    public static string CacheControlOf(string key) => KindOf(key) switch
    {
        SiteFileKind.Hashed => Immutable,
        SiteFileKind.Page or SiteFileKind.Index => NoCache,
        _ => IsManifest(key) ? NoCache : Short,
    };

    /// <summary>The media type by extension, with the charset for text; unknown extensions are plain bytes.</summary>
    public static string ContentTypeOf(string key) => Path.GetExtension(key).ToLowerInvariant() switch
    {
        ".html" or ".htm" => "text/html; charset=utf-8",
        ".js" or ".mjs" => "text/javascript; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".txt" => "text/plain; charset=utf-8",
        ".xml" => "application/xml; charset=utf-8",
        ".json" or ".map" => "application/json; charset=utf-8",
        ".webmanifest" => "application/manifest+json; charset=utf-8",
        ".svg" => "image/svg+xml; charset=utf-8",
        ".png" => "image/png",
        ".jpg" or ".jpeg" => "image/jpeg",
        ".gif" => "image/gif",
        ".webp" => "image/webp",
        ".avif" => "image/avif",
        ".ico" => "image/x-icon",
        ".woff" => "font/woff",
        ".woff2" => "font/woff2",
        ".ttf" => "font/ttf",
        ".otf" => "font/otf",
        ".wasm" => "application/wasm",
        ".pdf" => "application/pdf",
        ".mp3" => "audio/mpeg",
        ".mp4" => "video/mp4",
        ".webm" => "video/webm",
        _ => "application/octet-stream",
    };

    private static bool IsPage(string key) => Path.GetExtension(key) is ".html" or ".htm" || ServiceWorkerName().IsMatch(key);

    private static bool IsManifest(string key) =>
        Path.GetFileName(key) is "manifest.json" or "asset-manifest.json" or "site.webmanifest" or "manifest.webmanifest";

    // A false positive would pin a changing file in every browser for a year; a false negative only costs a few requests.
    // Hence only inside the bundlers' own folders, and only hashes that no word or date looks like: lower-case hex with a
    // letter and a digit (webpack), upper-case base32 with a digit (esbuild), base64url with a digit or three capitals (Vite).
    [GeneratedRegex(
        @"^(?:static|assets)/(?:[^/]+/)*[^/]*[.-](?:(?=[0-9a-f]*[0-9])(?=[0-9a-f]*[a-f])[0-9a-f]{8,32}|(?=[A-Z]*[2-7])[A-Z2-7]{8}|(?=[\w-]*[A-Z])(?=[\w-]*[a-z])(?=[\w-]*[0-9_-]|(?:[\w-]*[A-Z]){3})[\w-]{8})\.[^/]+$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex HashedName();

    [GeneratedRegex(@"(?:^|/)(?:service-worker|sw|firebase-messaging-sw)\.js$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ServiceWorkerName();
}
