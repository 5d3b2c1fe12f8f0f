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

    /// <param name="key">The object key.</param>
    /// <param name="bundled">Whether the bundler's own manifest names the file: then any hash-like part of the name is a hash.</param>
    public static SiteFileKind KindOf(string key, bool bundled = false) =>
        key == IndexKey ? SiteFileKind.Index
        : IsPage(key) ? SiteFileKind.Page
        : IsHashed(key) || (bundled && HashCandidate().IsMatch(Path.GetFileName(key))) ? SiteFileKind.Hashed
        : SiteFileKind.Asset;

    public static string CacheControlOf(string key) => CacheControlOf(key, KindOf(key));

    internal static string CacheControlOf(string key, SiteFileKind kind) => kind switch
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
    // Hence only inside the bundlers' own folders, and only what no person would write: lower-case hex with letters and
    // digits (webpack), or 8 characters with a capital that do not read as words and numbers (Vite, esbuild).
    private static bool IsHashed(string key) =>
        (key.StartsWith("static/", StringComparison.Ordinal) || key.StartsWith("assets/", StringComparison.Ordinal))
        && HashCandidate().Matches(Path.GetFileName(key)).Select(match => match.Groups["hash"].Value).Any(hash =>
            Hex().IsMatch(hash) || (hash.Length == 8 && hash.Any(char.IsAsciiLetterUpper) && !Readable().IsMatch(hash)));

    [GeneratedRegex(@"[.-](?<hash>[0-9a-f]{8,32}|[\w-]{8})(?=\.)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex HashCandidate();

    [GeneratedRegex("^(?=.*[0-9])(?=.*[a-f])[0-9a-f]{8,32}$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Hex();

    [GeneratedRegex("^(?:[a-z]?(?:[A-Z]?[a-z]{2,}|[A-Z]?[0-9]+|[_-])+|[A-Z]+[_-]?[0-9]*)$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Readable();

    [GeneratedRegex(@"(?:^|/)(?:service-worker|sw|firebase-messaging-sw)\.js$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ServiceWorkerName();
}
