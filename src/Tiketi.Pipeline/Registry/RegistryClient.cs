using System.Net;
using System.Net.Http.Headers;

namespace Tiketi.Pipeline.Registry;

/// <summary>
/// The registry's own protocol (OCI distribution), request by request: with the login, asked for anew when it is refused, and
/// with every answer told apart into done, passing and for good.
/// </summary>
/// <param name="http">Its own time-out must not be shorter than the longest upload: a transfer that stalls is noticed here.</param>
/// <param name="login">The user and password.</param>
internal sealed class RegistryClient(HttpClient http, RegistryLogin login)
{
    private int _requests;

    public int Requests => _requests;

    /// <summary>How long nothing may move before a request counts as lost.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(100);

    /// <summary>The address of something in an image's repository: "manifests/latest".</summary>
    public static Uri AddressOf(PublishRequest image, string path) => AddressOf(image.Host, image.RepositoryName, path);

    /// <summary>The same of any repository. A registry on loopback speaks plain HTTP, which is what Docker takes it for, too.</summary>
    public static Uri AddressOf(string host, string repository, string path) => new($"{(IsLoopback(host) ? "http" : "https")}://{host}/v2/{repository}/{path}");

    /// <summary>Whether a registry ("127.0.0.1:4566") is on this machine.</summary>
    public static bool IsLoopback(string host) => host.Split(':')[0] is var name && (name == "localhost" || (IPAddress.TryParse(name, out var address) && IPAddress.IsLoopback(address)));

    /// <returns>An answer with one of the expected states; the caller disposes it.</returns>
    /// <exception cref="RegistryFault">It failed in a way that passes.</exception>
    /// <exception cref="PipelineException">The registry refuses.</exception>
    public async Task<HttpResponseMessage> SendAsync(PublishRequest image, RegistryCall call, CancellationToken cancellationToken)
    {
        var credentials = await login.GetAsync(cancellationToken);
        for (var attempt = 1; ; attempt++)
        {
            var response = await SendOnceAsync(image, call, credentials, cancellationToken);
            if (call.Expected.Contains(response.StatusCode))
            {
                return response;
            }

            using (response)
            {
                var body = call.Method == HttpMethod.Head ? "" : await response.Content.ReadAsStringAsync(cancellationToken);
                if (attempt > 1 || !IsLoginRefused(response, body))
                {
                    throw Failure(image, call, response, body.Trim());
                }
            }

            credentials = await login.GetAsync(cancellationToken, refused: credentials);
        }
    }

    private async Task<HttpResponseMessage> SendOnceAsync(PublishRequest image, RegistryCall call, RegistryCredentials credentials, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        using var request = new HttpRequestMessage(call.Method, call.Address) { Content = call.Content?.Invoke(() => patience.CancelAfter(Patience)) };
        if (call.Address.Authority == AddressOf(image, "").Authority)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", credentials.Basic); // an upload may go to another host, which must not learn it
        }

        foreach (var type in call.Accept)
        {
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(type));
        }

        Interlocked.Increment(ref _requests);
        try
        {
            return await http.SendAsync(request, patience.Token);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new RegistryFault($"{call.Method} {Show(call.Address)}: nothing moved for {Patience.TotalSeconds:0} s.", exception);
        }
    }

    /// <summary>A 401, or ECR's word for a token that ended: it refuses that as it refuses what one may not do.</summary>
    private static bool IsLoginRefused(HttpResponseMessage response, string body) =>
        response.StatusCode == HttpStatusCode.Unauthorized || (response.StatusCode == HttpStatusCode.Forbidden && body.Contains("token has expired", StringComparison.OrdinalIgnoreCase));

    private static Exception Failure(PublishRequest image, RegistryCall call, HttpResponseMessage response, string body)
    {
        var said = $"{call.Method} {Show(call.Address)}: {(int)response.StatusCode} {body}".TrimEnd();
        return (int)response.StatusCode switch
        {
            404 when body.Contains("NAME_UNKNOWN", StringComparison.Ordinal) => new PipelineException(
                $"The registry has no repository {image.RepositoryUri}: {said}", "Run './build.sh ApplyInfra' first: the stack 'registry' makes it."),
            < 300 or 429 or >= 500 => new RegistryFault($"{said}."),
            401 or 403 => new PipelineException($"The registry refused {said}", $"The identity in use needs {call.Permissions} on the repository."),
            _ when body.Contains("IMMUTABLE", StringComparison.OrdinalIgnoreCase) || body.Contains("TAG_INVALID", StringComparison.Ordinal) => new PipelineException(
                $"The registry refused {said}", "The repository's tags are immutable: choose another --image-tag, and let 'latest' be the exception (MUTABLE_WITH_EXCLUSION)."),
            _ => new PipelineException($"The registry refused {said}", $"The identity in use needs {call.Permissions} on the repository."),
        };
    }

    /// <summary>Without the query: an upload's address may carry a signature.</summary>
    private static string Show(Uri address) => address.GetLeftPart(UriPartial.Path);
}

/// <summary>One request of the protocol.</summary>
internal sealed record RegistryCall(HttpMethod Method, Uri Address)
{
    /// <summary>Makes the body, for each try; given what to call whenever a piece of it has gone out.</summary>
    public Func<Action, HttpContent>? Content { get; init; }

    public IReadOnlyList<string> Accept { get; init; } = [];

    /// <summary>Only these say that it was done: a proxy's empty 200 is no 201.</summary>
    public required IReadOnlyList<HttpStatusCode> Expected { get; init; }

    /// <summary>What an identity needs for it.</summary>
    public required string Permissions { get; init; }
}
