using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;

namespace Tiketi.Pipeline.Registry;

/// <summary>The registry's own protocol (OCI distribution), as far as tags are moved with it: the engine can only send whole images.</summary>
internal sealed class ManifestClient(HttpClient http, RegistryLogin login)
{
    private static readonly string[] MediaTypes =
    [
        "application/vnd.oci.image.manifest.v1+json",
        "application/vnd.docker.distribution.manifest.v2+json",
        "application/vnd.oci.image.index.v1+json",
        "application/vnd.docker.distribution.manifest.list.v2+json",
    ];

    private int _requests;

    public int Requests => _requests;

    /// <summary>Lets each tag name the manifest with this digest. Blobs are not touched.</summary>
    public async Task TagAsync(PublishRequest image, string digest, IEnumerable<string> tags, CancellationToken cancellationToken)
    {
        using var manifest = await SendAsync(image, digest, () => new HttpRequestMessage(HttpMethod.Get, (Uri?)null), cancellationToken);
        var content = await manifest.Content.ReadAsByteArrayAsync(cancellationToken);
        if ("sha256:" + Convert.ToHexStringLower(SHA256.HashData(content)) != digest)
        {
            throw new RegistryFault($"{image.RepositoryUri}@{digest} came back with another content."); // a tag must not name that
        }

        foreach (var tag in tags)
        {
            using var answer = await SendAsync(
                image, tag, () => new HttpRequestMessage(HttpMethod.Put, (Uri?)null) { Content = new ByteArrayContent(content) { Headers = { ContentType = manifest.Content.Headers.ContentType } } }, cancellationToken);
        }
    }

    private async Task<HttpResponseMessage> SendAsync(PublishRequest image, string reference, Func<HttpRequestMessage> create, CancellationToken cancellationToken)
    {
        var credentials = await login.GetAsync(cancellationToken);
        for (var attempt = 1; ; attempt++)
        {
            using var request = create();
            request.RequestUri = new Uri($"{Scheme(image.Host)}://{image.Host}/v2/{image.RepositoryName}/manifests/{reference}");
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", credentials.Basic);
            foreach (var type in MediaTypes)
            {
                request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(type));
            }

            Interlocked.Increment(ref _requests);
            var response = await SendAsync(request, cancellationToken);
            var body = response.IsSuccessStatusCode ? "" : await response.Content.ReadAsStringAsync(cancellationToken);
            if (attempt == 1 && (response.StatusCode == HttpStatusCode.Unauthorized || HasExpired(response, body)))
            {
                response.Dispose();
                credentials = await login.GetAsync(cancellationToken, refused: credentials);
                continue;
            }

            if (response.StatusCode == (request.Method == HttpMethod.Put ? HttpStatusCode.Created : HttpStatusCode.OK))
            {
                return response; // only 201 says that a manifest was stored: a proxy's empty 200 does not
            }

            using (response)
            {
                throw (int)response.StatusCode is < 300 or 429 or >= 500
                    ? new RegistryFault($"{request.Method} {request.RequestUri} answered {(int)response.StatusCode}.")
                    : new PipelineException($"The registry refused {request.Method} {request.RequestUri}: {(int)response.StatusCode} {body.Trim()}", Remedy(body));
            }
        }
    }

    /// <summary>ECR's word for a token that ended: it refuses it as it refuses what one may not do.</summary>
    private static bool HasExpired(HttpResponseMessage response, string body) =>
        response.StatusCode == HttpStatusCode.Forbidden && body.Contains("token has expired", StringComparison.OrdinalIgnoreCase);

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await http.SendAsync(request, cancellationToken);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new RegistryFault($"{request.Method} {request.RequestUri} was not answered in {http.Timeout.TotalSeconds:0} s.", exception);
        }
    }

    private static string Remedy(string body)
        => body.Contains("IMMUTABLE", StringComparison.OrdinalIgnoreCase) || body.Contains("TAG_INVALID", StringComparison.Ordinal)
            ? "The repository's tags are immutable: choose another --image-tag, and let 'latest' be the exception (MUTABLE_WITH_EXCLUSION)."
            : "The identity in use needs ecr:BatchGetImage and ecr:PutImage on the repository.";

    /// <summary>A registry on loopback speaks plain HTTP, which is what Docker takes it for, too.</summary>
    private static string Scheme(string host)
    {
        var name = host.Split(':')[0];
        return name == "localhost" || (IPAddress.TryParse(name, out var address) && IPAddress.IsLoopback(address)) ? "http" : "https";
    }
}
