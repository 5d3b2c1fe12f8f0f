using System.Globalization;
using System.Net;
using System.Runtime.ExceptionServices;
using System.Security.Cryptography;
using System.Xml.Linq;
using Amazon.Runtime;
using Amazon.Runtime.Credentials;
using Amazon.S3;
using Amazon.S3.Model;

namespace Tiketi.Pipeline.Frontend;

/// <summary>What an object is stored with.</summary>
/// <param name="ContentType">As served.</param>
/// <param name="CacheControl">As served.</param>
internal sealed record PutHeaders(string ContentType, string CacheControl)
{
    /// <summary>As served; null for content that is not encoded.</summary>
    public string? ContentEncoding { get; init; }

    /// <summary>Lower-case hex MD5 of the content, which S3 checks and keeps as metadata.</summary>
    public string? Md5 { get; init; }

    /// <summary>Only if the present object has this ETag.</summary>
    public string? IfMatch { get; init; }

    /// <summary>"*": only if there is no such object.</summary>
    public string? IfNoneMatch { get; init; }
}

/// <summary>An object as read.</summary>
/// <param name="ETag">Quoted.</param>
internal sealed record ReadObject(byte[] Body, string? ETag, DateTimeOffset? LastModified);

/// <summary>An object of a listing.</summary>
/// <param name="ETag">Quoted.</param>
internal sealed record ListedObject(string Key, long Size, string ETag);

/// <summary>A part of a listing.</summary>
/// <param name="Next">The token of the next page; null after the last.</param>
internal sealed record ListedPage(IReadOnlyList<ListedObject> Objects, string? Next);

/// <summary>
/// The requests that nearly every sync consists of: PutObject for many small objects, GetObject for the manifest, ListObjectsV2.
/// The SDK's pipeline takes four times the CPU time that such a request itself takes, and as much again to be compiled for the
/// first. Endpoint, region, credentials, HTTP settings and retry rules are the SDK client's own; so are the exceptions.
/// </summary>
/// <param name="s3">Its credentials are those of its configuration (<see cref="IClientConfig.DefaultAWSCredentials"/>), else the SDK's default chain.</param>
internal sealed class S3Lane(IAmazonS3 s3, string bucket)
{
    public const string Md5Header = "x-amz-meta-md5";

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(20);

    private static readonly Lazy<HttpMessageInvoker> Shared = new(() => Invoker(proxy: null));

    private readonly Lazy<Target> _target = new(() => Target.Of(s3, bucket));

    /// <summary>Called when S3 asks for less.</summary>
    public Action Throttled { get; set; } = () => { };

    /// <summary>Stores one object, in one request.</summary>
    /// <returns>Its ETag, quoted.</returns>
    /// <exception cref="AmazonS3Exception">S3 refused.</exception>
    /// <exception cref="HttpRequestException">S3 could not be reached.</exception>
    public Task<string?> PutAsync(string key, ReadOnlyMemory<byte> content, PutHeaders headers, CancellationToken cancellationToken) => RepeatAsync(
        () => SendAsync(HttpMethod.Put, key, "", headers, content, (response, _) => Task.FromResult(response.Headers.ETag?.ToString()), cancellationToken), cancellationToken);

    /// <summary>Reads one object, whole.</summary>
    /// <inheritdoc cref="PutAsync" path="/exception"/>
    public Task<ReadObject> GetAsync(string key, CancellationToken cancellationToken) => RepeatAsync(
        () => SendAsync(
            HttpMethod.Get, key, "", put: null, ReadOnlyMemory<byte>.Empty,
            async (response, token) => new ReadObject(await response.Content.ReadAsByteArrayAsync(token), response.Headers.ETag?.ToString(), response.Content.Headers.LastModified),
            cancellationToken),
        cancellationToken);

    /// <summary>Up to 1,000 objects.</summary>
    /// <param name="prefix">Of their keys; empty for all.</param>
    /// <param name="token">What the page before said; null for the first.</param>
    /// <inheritdoc cref="PutAsync" path="/exception"/>
    public Task<ListedPage> ListAsync(string prefix, string? token, CancellationToken cancellationToken)
    {
        var query = (token is null ? "" : $"continuation-token={Uri.EscapeDataString(token)}&") + "list-type=2" + (prefix.Length == 0 ? "" : $"&prefix={Uri.EscapeDataString(prefix)}");
        return RepeatAsync(
            () => SendAsync(HttpMethod.Get, "", query, put: null, ReadOnlyMemory<byte>.Empty, async (response, limit) => Page(await response.Content.ReadAsByteArrayAsync(limit)), cancellationToken), cancellationToken);
    }

    private async Task<T> RepeatAsync<T>(Func<Task<T>> send, CancellationToken cancellationToken)
    {
        for (var attempt = 0; ; attempt++)
        {
            ExceptionDispatchInfo failure;
            try
            {
                return await send();
            }
            catch (Exception exception) when (attempt < s3.Config.MaxErrorRetry && IsTransient(exception, cancellationToken))
            {
                failure = ExceptionDispatchInfo.Capture(exception);
            }

            if (failure.SourceException is AmazonS3Exception { ErrorCode: "SlowDown" or "ServiceUnavailable" or "Throttling" or "RequestLimitExceeded" })
            {
                Throttled();
            }

            // The SDK's standard mode: exponential, with full jitter.
            await Task.Delay(Random.Shared.NextDouble() * TimeSpan.FromSeconds(Math.Min(LongestPause.TotalSeconds, Math.Pow(2, attempt) / 4)), cancellationToken);
        }
    }

    private async Task<T> SendAsync<T>(
        HttpMethod method, string key, string query, PutHeaders? put, ReadOnlyMemory<byte> content, Func<HttpResponseMessage, CancellationToken, Task<T>> read, CancellationToken cancellationToken)
    {
        var target = _target.Value;
        using var request = new HttpRequestMessage(method, target.Of(key, query)) { Version = HttpVersion.Version11 };
        if (put is not null)
        {
            request.Content = new ReadOnlyMemoryContent(content);
        }

        Sign(request, query, put, content, await target.Credentials.GetCredentialsAsync(), target.Region);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(target.Timeout);
        try
        {
            using var response = await target.Http.SendAsync(request, limit.Token);
            return response.IsSuccessStatusCode ? await read(response, limit.Token) : throw await RefusalAsync(response, limit.Token);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new HttpRequestException($"no answer within {target.Timeout.TotalSeconds:0} s", exception);
        }
    }

    private static void Sign(HttpRequestMessage request, string query, PutHeaders? put, ReadOnlyMemory<byte> content, ImmutableCredentials credentials, string region)
    {
        var time = DateTime.UtcNow.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        var payload = Convert.ToHexStringLower(SHA256.HashData(content.Span));
        (string Name, string? Value)[] headers =
        [
            // In the order in which they are signed.
            ("cache-control", put?.CacheControl),
            ("content-encoding", put?.ContentEncoding),
            ("content-md5", put?.Md5 is { } md5 ? Convert.ToBase64String(Convert.FromHexString(md5)) : null),
            ("content-type", put?.ContentType),
            ("host", request.RequestUri!.Authority),
            ("if-match", put?.IfMatch),
            ("if-none-match", put?.IfNoneMatch),
            ("x-amz-content-sha256", payload),
            ("x-amz-date", time),
            (Md5Header, put?.Md5),
            ("x-amz-security-token", credentials.UseToken ? credentials.Token : null),
        ];
        foreach (var (name, value) in headers)
        {
            if (value is not null)
            {
                _ = name.StartsWith("content-", StringComparison.Ordinal) ? request.Content!.Headers.TryAddWithoutValidation(name, value) : request.Headers.TryAddWithoutValidation(name, value);
            }
        }

        request.Headers.TryAddWithoutValidation(
            "authorization", S3Signature.Authorization(request.Method.Method, request.RequestUri.AbsolutePath, query, headers, payload, time, region, credentials.AccessKey, credentials.SecretKey));
    }

    private static ListedPage Page(byte[] body)
    {
        using var stream = new MemoryStream(body);
        var page = XElement.Load(stream);
        var ns = page.Name.Namespace;
        string Of(XElement item, string name) => item.Element(ns + name)?.Value ?? "";
        var objects = page.Elements(ns + "Contents").Select(item => new ListedObject(Of(item, "Key"), long.Parse(Of(item, "Size"), CultureInfo.InvariantCulture), Of(item, "ETag"))).ToList();
        return new ListedPage(objects, Of(page, "IsTruncated") == "true" ? Of(page, "NextContinuationToken") : null);
    }

    private static async Task<AmazonS3Exception> RefusalAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var body = await response.Content.ReadAsStringAsync(cancellationToken);
        XElement? error = null;
        try
        {
            error = body.Length == 0 ? null : XElement.Parse(body);
        }
        catch (System.Xml.XmlException)
        {
            // Not S3's own words but those of something in between: the status has to say it.
        }

        string? Said(string name) => error?.Elements().FirstOrDefault(element => element.Name.LocalName == name)?.Value;
        return new AmazonS3Exception(Said("Message") ?? response.ReasonPhrase ?? "", ErrorType.Unknown, Said("Code") ?? "", Said("RequestId") ?? "", response.StatusCode);
    }

    // What the SDK's standard retry mode repeats.
    private static bool IsTransient(Exception exception, CancellationToken cancellationToken) => exception switch
    {
        AmazonS3Exception refused => (int)refused.StatusCode is 429 or 500 or 502 or 503 or 504 || refused.ErrorCode is "RequestTimeout" or "RequestTimeTooSkewed" or "SlowDown",
        _ => exception is HttpRequestException or IOException && !cancellationToken.IsCancellationRequested,
    };

    private static HttpMessageInvoker Invoker(IWebProxy? proxy)
    {
        var handler = new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false, ActivityHeadersPropagator = null, PooledConnectionLifetime = TimeSpan.FromMinutes(5) };
        if (proxy is not null)
        {
            handler.Proxy = proxy;
        }

        return new HttpMessageInvoker(handler);
    }

    /// <summary>Which bucket, and as whom.</summary>
    private sealed record Target(string Base, string Region, AWSCredentials Credentials, HttpMessageInvoker Http, TimeSpan Timeout)
    {
        public static Target Of(IAmazonS3 s3, string bucket)
        {
            var config = (AmazonS3Config)s3.Config;

            // Where an endpoint is given there is nothing to determine, and the SDK's rules for it take longer than many requests.
            var address = config is { ForcePathStyle: true, ServiceURL: { Length: > 0 } given }
                ? $"{given.TrimEnd('/')}/{bucket}"
                : s3.DetermineServiceOperationEndpoint(new PutObjectRequest { BucketName = bucket, Key = "key" }).URL.TrimEnd('/');
            var credentials = config.DefaultAWSCredentials ?? DefaultAWSCredentialsIdentityResolver.GetCredentials(config);
            HttpMessageInvoker http = config.HttpClientFactory?.CreateHttpClient(config) ?? (config.GetWebProxy() is { } proxy ? Invoker(proxy) : Shared.Value);
            return new Target(address, config.AuthenticationRegion ?? config.RegionEndpoint.SystemName, credentials, http, config.Timeout ?? TimeSpan.FromSeconds(100));
        }

        // Unreserved characters stay, and all others are escaped once: as S3 wants it for the signature.
        public Uri Of(string key, string query) =>
            new($"{Base}/{string.Join('/', key.Split('/').Select(Uri.EscapeDataString))}{(query.Length == 0 ? "" : "?" + query)}");
    }
}
