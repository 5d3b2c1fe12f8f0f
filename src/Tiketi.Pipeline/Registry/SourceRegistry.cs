using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Docker.DotNet.Models;
using Tiketi.Pipeline.Images;

namespace Tiketi.Pipeline.Registry;

/// <summary>
/// A registry that base images come from, as far as one reads there: without a login or with the one that is known for it, and
/// with the token that it wants instead (https://distribution.github.io/distribution/spec/auth/token/).
/// </summary>
/// <param name="http">Its own time-out must not be shorter than the longest download.</param>
/// <param name="login">User and password for a registry (its host); null where none is known.</param>
internal sealed partial class SourceRegistry(HttpClient http, Func<string, CancellationToken, Task<AuthConfig?>> login)
{
    private readonly ConcurrentDictionary<string, AuthenticationHeaderValue> _authorizations = new(StringComparer.Ordinal);

    /// <param name="image">The repository; its version is not looked at.</param>
    /// <param name="path">What of it: "manifests/sha256:...", "blobs/sha256:...".</param>
    /// <param name="accept">Media types.</param>
    /// <param name="cancellationToken">Ends the question.</param>
    /// <returns>A good answer, its body still to be read; the caller disposes it.</returns>
    /// <exception cref="RegistryFault">It gives none.</exception>
    public async Task<HttpResponseMessage> GetAsync(ImageReference image, string path, IReadOnlyList<string> accept, CancellationToken cancellationToken)
    {
        var repository = $"{image.Registry}/{image.Path}";
        for (var attempt = 1; ; attempt++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, RegistryClient.AddressOf(Host(image), image.Path, path));
            request.Headers.Authorization = _authorizations.GetValueOrDefault(repository);
            foreach (var type in accept)
            {
                request.Headers.Accept.ParseAdd(type);
            }

            var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            if (answer.IsSuccessStatusCode)
            {
                return answer;
            }

            using (answer)
            {
                if (attempt > 1 || answer.StatusCode != HttpStatusCode.Unauthorized)
                {
                    throw new RegistryFault($"GET {request.RequestUri}: {(int)answer.StatusCode} {(await answer.Content.ReadAsStringAsync(cancellationToken)).Trim()}");
                }

                _authorizations[repository] = await AuthorizeAsync(image.Registry, answer.Headers.WwwAuthenticate, cancellationToken);
            }
        }
    }

    /// <summary>Docker Hub's registry is not called as its images are.</summary>
    private static string Host(ImageReference image) => image.Registry == ImageReference.DockerHub ? "registry-1.docker.io" : image.Registry;

    private async Task<AuthenticationHeaderValue> AuthorizeAsync(string registry, HttpHeaderValueCollection<AuthenticationHeaderValue> challenges, CancellationToken cancellationToken)
    {
        var known = await login(registry, cancellationToken);
        var basic = known is null ? null : new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{known.Username}:{known.Password}")));
        if (challenges.FirstOrDefault(challenge => challenge.Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase)) is not { Parameter: { } parameter })
        {
            return basic ?? throw new RegistryFault($"{registry} wants a login, and none is known.");
        }

        var values = Value().Matches(parameter).ToDictionary(match => match.Groups["name"].Value, match => match.Groups["value"].Value, StringComparer.OrdinalIgnoreCase);
        if (!Uri.TryCreate(values.GetValueOrDefault("realm"), UriKind.Absolute, out var realm) || (realm.Scheme != Uri.UriSchemeHttps && !realm.IsLoopback))
        {
            throw new RegistryFault($"{registry} wants a token from '{values.GetValueOrDefault("realm")}', which is no safe address.");
        }

        var query = string.Join('&', values.Where(value => value.Key is "service" or "scope").Select(value => $"{value.Key}={Uri.EscapeDataString(value.Value)}"));
        using var request = new HttpRequestMessage(HttpMethod.Get, new UriBuilder(realm) { Query = query }.Uri) { Headers = { Authorization = basic } };
        using var answer = await http.SendAsync(request, cancellationToken);
        var token = answer.IsSuccessStatusCode ? await answer.Content.ReadFromJsonAsync<TokenAnswer>(cancellationToken) : null;
        return new AuthenticationHeaderValue("Bearer", token?.Token ?? token?.AccessToken ?? throw new RegistryFault($"{realm.GetLeftPart(UriPartial.Path)} gives no token: {(int)answer.StatusCode}."));
    }

    [GeneratedRegex("(?<name>[a-z]+)=\"(?<value>[^\"]*)\"", RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Value();

    /// <summary>Registries use one name or the other.</summary>
    private sealed record TokenAnswer(string? Token, [property: JsonPropertyName("access_token")] string? AccessToken);
}
