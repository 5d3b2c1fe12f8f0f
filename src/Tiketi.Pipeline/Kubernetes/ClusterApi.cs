using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using k8s;
using Polly;

namespace Tiketi.Pipeline.Kubernetes;

/// <summary>
/// The Kubernetes API for objects of any kind, as JSON. Goes through the client's own HTTP stack and credentials, but not
/// through its typed models: these would drop fields they do not know, and cannot server-side apply any kind.
/// </summary>
internal sealed class ClusterApi
{
    /// <summary>Who owns the fields we apply (the field manager).</summary>
    public const string FieldManager = "tiketi-pipeline";

    private readonly k8s.Kubernetes _client;
    private readonly ResiliencePipeline<HttpResponseMessage> _retries;
    private readonly ConcurrentDictionary<string, Task<IReadOnlyDictionary<string, Resource>?>> _discovered = new(StringComparer.Ordinal);

    /// <exception cref="ArgumentException">The client is not the published <see cref="k8s.Kubernetes"/>.</exception>
    public ClusterApi(IKubernetes client, TimeProvider time)
    {
        _client = client as k8s.Kubernetes ?? throw new ArgumentException($"needs {typeof(k8s.Kubernetes)}, not {client.GetType()}", nameof(client));
        _retries = ClusterRetries.Create(time);
    }

    /// <summary>The fields that this pipeline has applied, or null where the object is none of ours.</summary>
    public static JsonNode? OwnFields(JsonNode live) => live.Items("metadata", "managedFields").FirstOrDefault(entry =>
        entry.Text("manager") == FieldManager && entry.Text("operation") == "Apply").At("fieldsV1");

    /// <summary>The live object, or null where there is none.</summary>
    public async Task<JsonObject?> GetAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(HttpMethod.Get, await PathAsync(key, cancellationToken), null, cancellationToken);
        return response.StatusCode == HttpStatusCode.NotFound ? null : await ReadAsync(response, key.ToString(), cancellationToken);
    }

    /// <summary>Server-side apply: the object as it is afterwards, or, in a dry run, as it would be.</summary>
    /// <param name="manifest">What is wanted.</param>
    /// <param name="dryRun">Nothing is stored.</param>
    /// <param name="force">Take fields over from other managers instead of failing.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <param name="fieldManager">Who shall own the fields.</param>
    /// <exception cref="FieldConflictException">Another manager owns a field, and <paramref name="force"/> is not given.</exception>
    public async Task<JsonObject> ApplyAsync(
        Manifest manifest, bool dryRun, bool force, CancellationToken cancellationToken, string fieldManager = FieldManager)
    {
        var query = $"?fieldManager={fieldManager}&force={(force ? "true" : "false")}{(dryRun ? "&dryRun=All" : "")}";
        using var response = await SendAsync(
            HttpMethod.Patch, await PathAsync(manifest.Key, cancellationToken) + query, manifest.Body.ToJsonString(), cancellationToken);
        return await ReadAsync(response, manifest.Key.ToString(), cancellationToken);
    }

    /// <summary>Creates the object, unless one of its name is there.</summary>
    /// <returns>False where there is one, perhaps from this very call: a request whose answer is lost is sent again.</returns>
    public async Task<bool> TryCreateAsync(JsonObject body, CancellationToken cancellationToken)
    {
        var key = new Manifest(body).Key;
        var path = $"{await CollectionAsync(key.ApiVersion, key.Kind, key.Namespace, cancellationToken)}?fieldManager={FieldManager}";
        using var response = await SendAsync(HttpMethod.Post, path, body.ToJsonString(), cancellationToken, "application/json");
        if (response.StatusCode != HttpStatusCode.Conflict)
        {
            await ReadAsync(response, key.ToString(), cancellationToken);
        }

        return response.StatusCode != HttpStatusCode.Conflict;
    }

    /// <summary>Changes the fields that the patch names (RFC 7396), whoever owns them.</summary>
    public async Task<JsonObject> MergeAsync(ObjectKey key, JsonObject patch, CancellationToken cancellationToken)
    {
        using var response = await SendMergeAsync(key, patch, cancellationToken);
        return await ReadAsync(response, key.ToString(), cancellationToken);
    }

    /// <summary>As <see cref="MergeAsync"/>, on condition: the patch names the resourceVersion that the object must have.</summary>
    /// <returns>The object as it is now; null where it has another version, or is gone.</returns>
    public async Task<JsonObject?> TryMergeAsync(ObjectKey key, JsonObject patch, CancellationToken cancellationToken)
    {
        using var response = await SendMergeAsync(key, patch, cancellationToken);
        return response.StatusCode is HttpStatusCode.Conflict or HttpStatusCode.NotFound ? null : await ReadAsync(response, key.ToString(), cancellationToken);
    }

    public async Task<IReadOnlyList<JsonObject>> ListAsync(
        string apiVersion, string kind, string namespaceName, string query, CancellationToken cancellationToken)
    {
        var path = await CollectionAsync(apiVersion, kind, namespaceName, cancellationToken);
        using var response = await SendAsync(HttpMethod.Get, $"{path}?{query}", null, cancellationToken);
        var list = await ReadAsync(response, $"{kind} list", cancellationToken);
        var items = list.Items("items").OfType<JsonObject>().ToList();
        foreach (var item in items)
        {
            (item["apiVersion"], item["kind"]) = (apiVersion, kind); // which in a list they do not say themselves
        }

        return items;
    }

    /// <summary>Deletes the object and, first, what it owns. Absent is fine.</summary>
    public async Task DeleteAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        var path = await PathAsync(key, cancellationToken) + "?propagationPolicy=Foreground";
        using var response = await SendAsync(HttpMethod.Delete, path, null, cancellationToken);
        if (response.StatusCode != HttpStatusCode.NotFound)
        {
            await ReadAsync(response, key.ToString(), cancellationToken);
        }
    }

    /// <summary>The last lines of a container's log; null where there is none (it never started, or it is gone).</summary>
    public async Task<string?> LogAsync(string namespaceName, string pod, string container, bool previous, int lines, CancellationToken cancellationToken)
    {
        var path = $"/api/v1/namespaces/{namespaceName}/pods/{pod}/log?container={container}&tailLines={lines}&previous={(previous ? "true" : "false")}";
        using var response = await SendAsync(HttpMethod.Get, path, null, cancellationToken);
        return response.IsSuccessStatusCode ? (await response.Content.ReadAsStringAsync(cancellationToken)).TrimEnd() : null;
    }

    /// <summary>Makes sure that the cluster serves these kinds, before anything is applied.</summary>
    /// <exception cref="PipelineException">It does not serve one of them.</exception>
    public async Task RequireAsync(IEnumerable<ObjectKey> keys, CancellationToken cancellationToken)
    {
        foreach (var key in keys.DistinctBy(key => (key.ApiVersion, key.Kind)))
        {
            await ResourceAsync(key.ApiVersion, key.Kind, cancellationToken);
        }
    }

    private async Task<HttpResponseMessage> SendMergeAsync(ObjectKey key, JsonObject patch, CancellationToken cancellationToken) => await SendAsync(
        HttpMethod.Patch, await PathAsync(key, cancellationToken) + $"?fieldManager={FieldManager}", patch.ToJsonString(), cancellationToken, "application/merge-patch+json");

    private async Task<string> PathAsync(ObjectKey key, CancellationToken cancellationToken) =>
        $"{await CollectionAsync(key.ApiVersion, key.Kind, key.Namespace, cancellationToken)}/{Uri.EscapeDataString(key.Name)}";

    private async Task<string> CollectionAsync(string apiVersion, string kind, string? namespaceName, CancellationToken cancellationToken)
    {
        var resource = await ResourceAsync(apiVersion, kind, cancellationToken);
        return resource.Namespaced
            ? $"{Root(apiVersion)}/namespaces/{namespaceName ?? "default"}/{resource.Plural}"
            : $"{Root(apiVersion)}/{resource.Plural}";
    }

    /// <summary>Whether the cluster serves this kind.</summary>
    /// <param name="apiVersion">"apps/v1".</param>
    /// <param name="kind">"Deployment".</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <param name="anew">Ask even if it has answered before: a definition may have been applied since.</param>
    public async Task<bool> ServesAsync(string apiVersion, string kind, CancellationToken cancellationToken, bool anew = false)
    {
        if (anew)
        {
            _discovered.TryRemove(apiVersion, out _);
        }

        return (await _discovered.GetOrAdd(apiVersion, DiscoverAsync).WaitAsync(cancellationToken))?.ContainsKey(kind) == true;
    }

    private async Task<Resource> ResourceAsync(string apiVersion, string kind, CancellationToken cancellationToken)
    {
        // The answer is shared by concurrent callers, so it does not depend on the token of the one that came first.
        var served = await _discovered.GetOrAdd(apiVersion, DiscoverAsync).WaitAsync(cancellationToken);
        return served?.GetValueOrDefault(kind) ?? throw new PipelineException(
            $"The cluster does not serve {kind} in {apiVersion}.",
            $"Use an apiVersion that it serves ('kubectl api-resources' lists them), update the cluster, or install what defines {kind}.");
    }

    private async Task<IReadOnlyDictionary<string, Resource>?> DiscoverAsync(string apiVersion)
    {
        using var response = await SendAsync(HttpMethod.Get, Root(apiVersion), null, CancellationToken.None);
        if (response.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }

        var list = await ReadAsync(response, $"discovery of {apiVersion}", CancellationToken.None);
        return list.Items("resources")
            .Where(resource => !resource.Text("name")!.Contains('/', StringComparison.Ordinal))
            .ToDictionary(resource => resource.Text("kind")!, resource => new Resource(resource.Text("name")!, resource.Text("namespaced") == "true"), StringComparer.Ordinal);
    }

    private static string Root(string apiVersion) => apiVersion.Contains('/', StringComparison.Ordinal) ? $"/apis/{apiVersion}" : $"/api/{apiVersion}";

    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, string? body, CancellationToken cancellationToken, string mediaType = "application/apply-patch+yaml")
    {
        try
        {
            return await _retries.ExecuteAsync(
                async token =>
                {
                    using var request = new HttpRequestMessage(method, _client.BaseUri.AbsoluteUri.TrimEnd('/') + path) { Version = HttpVersion.Version20 };
                    if (body is not null)
                    {
                        request.Content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue(mediaType));
                    }

                    if (_client.Credentials is { } credentials)
                    {
                        await credentials.ProcessHttpRequestAsync(request, token);
                    }

                    return await _client.HttpClient.SendAsync(request, token);
                },
                cancellationToken);
        }
        catch (HttpRequestException unreachable)
        {
            throw new PipelineException(
                $"The cluster's API at {_client.BaseUri} does not answer: {unreachable.InnerException?.Message ?? unreachable.Message}",
                "Check that the cluster runs and that this machine may reach it (kubectl cluster-info).",
                unreachable);
        }
    }

    private static async Task<JsonObject> ReadAsync(HttpResponseMessage response, string what, CancellationToken cancellationToken)
    {
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        JsonNode? body;
        try
        {
            body = JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            body = null;
        }

        if (response.IsSuccessStatusCode && body is JsonObject result)
        {
            return result;
        }

        if (response.StatusCode == HttpStatusCode.Conflict && FieldConflictException.Of(what, body) is { } conflict)
        {
            throw conflict;
        }

        var message = body.Text("message") ?? $"status {(int)response.StatusCode}: {text[..Math.Min(text.Length, 200)]}";
        throw new PipelineException($"{what}: {message}", response.StatusCode switch
        {
            HttpStatusCode.Conflict => "Somebody else changed it at the same moment. Run it again.",
            HttpStatusCode.Unauthorized => "The cluster does not know these credentials. For EKS: add an access entry for this role.",
            HttpStatusCode.Forbidden => "Give this identity the right in the cluster (EKS access entry with AmazonEKSClusterAdminPolicy, or RBAC).",
            HttpStatusCode.UnprocessableEntity or HttpStatusCode.BadRequest => "Mend the manifest in k8s/. An immutable field needs the object deleted first.",
            _ => "Look at the cluster's API server; the same call with kubectl shows the same answer.",
        })
        {
            IsAccessRefused = response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden,
        };
    }

    private sealed record Resource(string Plural, bool Namespaced);
}
