using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Docker.DotNet;
using Docker.DotNet.Models;
using Tiketi.LocalCloud.Hosting;

namespace Tiketi.LocalCloud.Kubernetes.Kubelet;

/// <summary>An image that could not be had: the reason as the kubelet names it, and the engine's words.</summary>
internal sealed class ImageException(string reason, string message) : Exception(message)
{
    public string Reason { get; } = reason;
}

/// <summary>Pulls images; for the local ECR with the credentials that ECR itself gives out, as a node with the registry policy would.</summary>
internal sealed class ImagePuller(IDockerClient docker, LocalCloudSettings settings) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = new Uri($"http://127.0.0.1:{settings.AwsPort}/") };
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _pulling = new(StringComparer.Ordinal);

    /// <param name="image">A reference, by tag or digest.</param>
    /// <param name="policy">Always, IfNotPresent or Never.</param>
    /// <param name="pulling">Called when a pull begins.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>The image's id, and how long a pull took (null: it was there).</returns>
    /// <exception cref="ImageException">It is not there and can't be pulled.</exception>
    public async Task<(string Id, TimeSpan? Pulled)> EnsureAsync(string image, string policy, Action pulling, CancellationToken cancellationToken)
    {
        if (!IsReference(image))
        {
            throw new ImageException("InvalidImageName", $"Failed to apply default image tag \"{image}\": couldn't parse image name \"{image}\": invalid reference format");
        }

        var gate = _pulling.GetOrAdd(image, _ => new SemaphoreSlim(1, 1));
        await gate.WaitAsync(cancellationToken);
        try
        {
            var present = await FindAsync(image, cancellationToken);
            if (present is not null && policy != "Always")
            {
                return (present, null);
            }

            if (policy == "Never")
            {
                throw new ImageException("ErrImageNeverPull", $"Container image \"{image}\" is not present with pull policy of Never");
            }

            pulling();
            var watch = System.Diagnostics.Stopwatch.StartNew();
            try
            {
                await PullAsync(image, cancellationToken);
            }
            catch (ImageException) when (present is not null && !IsRegistryNamed(image))
            {
                return (present, null); // an image without a registry that the engine has was built there: there is nothing newer to pull
            }

            return (await FindAsync(image, cancellationToken) ?? throw new ImageException("ErrImagePull", $"the engine pulled \"{image}\" but does not know it"), watch.Elapsed);
        }
        finally
        {
            gate.Release();
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<string?> FindAsync(string image, CancellationToken cancellationToken)
    {
        try
        {
            return (await docker.Images.InspectImageAsync(image, cancellationToken)).ID;
        }
        catch (DockerImageNotFoundException)
        {
            return null;
        }
    }

    private async Task PullAsync(string image, CancellationToken cancellationToken)
    {
        var failure = string.Empty;
        var progress = new InlineProgress(message => failure = message.Error?.Message ?? failure);
        var (name, tag) = Split(image);
        try
        {
            var auth = name.StartsWith($"127.0.0.1:{settings.AwsPort}/", StringComparison.Ordinal) ? await EcrCredentialsAsync(cancellationToken) : null;
            await docker.Images.CreateImageAsync(new ImagesCreateParameters { FromImage = name, Tag = tag }, auth, progress, cancellationToken);
        }
        catch (Exception e) when (e is DockerApiException or HttpRequestException)
        {
            failure = e is DockerApiException { ResponseBody: { Length: > 0 } body } && Parse(body) is { } said ? said : e.Message;
        }

        if (failure.Length > 0)
        {
            throw new ImageException("ErrImagePull", $"failed to pull and unpack image \"{image}\": {failure}");
        }
    }

    private async Task<AuthConfig> EcrCredentialsAsync(CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, string.Empty) { Content = new StringContent("{}", new MediaTypeHeaderValue("application/x-amz-json-1.1")) };
        request.Headers.TryAddWithoutValidation("X-Amz-Target", "AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken");
        request.Headers.TryAddWithoutValidation("Authorization", $"AWS4-HMAC-SHA256 Credential=kubelet/20200101/{settings.Region}/ecr/aws4_request, SignedHeaders=host, Signature=unchecked");
        using var response = await _http.SendAsync(request, cancellationToken);
        response.EnsureSuccessStatusCode();
        var data = (await response.Content.ReadFromJsonAsync<JsonObject>(cancellationToken)).Items("authorizationData").First();
        var pair = Encoding.UTF8.GetString(Convert.FromBase64String(data.Text("authorizationToken")!)).Split(':', 2);
        return new AuthConfig { Username = pair[0], Password = pair[1], ServerAddress = $"127.0.0.1:{settings.AwsPort}" };
    }

    private static (string Name, string Tag) Split(string image)
    {
        if (image.IndexOf('@') is > 0 and var at)
        {
            return (image[..at], image[(at + 1)..]);
        }

        var colon = image.LastIndexOf(':');
        return colon > image.LastIndexOf('/') ? (image[..colon], image[(colon + 1)..]) : (image, "latest");
    }

    private static bool IsRegistryNamed(string image) => image.Split('/')[0] is var host && image.Contains('/') && (host.Contains('.') || host.Contains(':') || host == "localhost");

    private static bool IsReference(string image) => image.Length > 0 && !image.Any(character => char.IsWhiteSpace(character)) && Split(image).Name is var name
        && name[(name.IndexOf('/') + 1)..].All(character => !char.IsAsciiLetterUpper(character)) && !image.EndsWith(':') && !image.StartsWith('/') && !image.Contains("//", StringComparison.Ordinal);

    private static string? Parse(string body)
    {
        try
        {
            return JsonNode.Parse(body).Text("message");
        }
        catch (System.Text.Json.JsonException)
        {
            return null;
        }
    }

    /// <summary>Reports at once; Progress&lt;T&gt; would report on another thread, after the pull has returned.</summary>
    private sealed class InlineProgress(Action<JSONMessage> report) : IProgress<JSONMessage>
    {
        public void Report(JSONMessage value) => report(value);
    }
}
