using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization;
using Tiketi.Pipeline.Images;

namespace Tiketi.Pipeline.Registry;

/// <summary>
/// Brings the layers of base images from their registry to ours before the engine pushes. The engine knows a layer that it
/// pulled by the digest that it has there. A registry that has it under that digest need not get it, and the engine need not
/// compress it anew, which it does slowly, on one core, and on each fresh CI machine again.
/// </summary>
/// <param name="source">Where base images come from.</param>
/// <param name="blobs">Where they go.</param>
/// <param name="directory">Where it is noted what base images are made of; null: nowhere.</param>
internal sealed class BaseLayers(SourceRegistry source, BlobClient blobs, string? directory)
{
    private const int Most = 50;

    /// <summary>The longest that a manifest may take: without it, the engine can push all the same.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private static readonly string[] ImageTypes = ["application/vnd.oci.image.manifest.v1+json", "application/vnd.docker.distribution.manifest.v2+json"];
    private static readonly string[] Types = [.. ImageTypes, "application/vnd.oci.image.index.v1+json", "application/vnd.docker.distribution.manifest.list.v2+json"];

    private readonly Lock _lock = new();
    private readonly ConcurrentDictionary<(string Image, string Platform), Lazy<Task<Parts>>> _parts = new();

    private string? File => directory is null ? null : Path.Combine(directory, "base-layers.json");

    /// <summary>Sees to it that the image's repository has the layers of the base image, of those that the Dockerfile names the one that it was made on.</summary>
    /// <exception cref="RegistryFault">One of the registries could not be asked.</exception>
    /// <exception cref="PipelineException">The registry refuses.</exception>
    public async Task BringAsync(PublishRequest request, CancellationToken cancellationToken)
    {
        // What comes from afar to a registry on this machine takes longer than compressing it does.
        foreach (var image in request.Image.BaseImages.Select(ImageReference.Parse).Where(image => !RegistryClient.IsLoopback(request.Host) || RegistryClient.IsLoopback(image.Registry)))
        {
            var parts = await PartsOf(image, request.Image.Platform, cancellationToken);
            if (request.Image.DiffIds.Take(parts.DiffIds.Count).SequenceEqual(parts.DiffIds, StringComparer.Ordinal))
            {
                await Task.WhenAll(parts.Layers.Select(layer => blobs.PutAsync(request, layer, token => OpenAsync(image, layer, token), cancellationToken)));
            }
        }
    }

    private async Task<Stream> OpenAsync(ImageReference image, Descriptor layer, CancellationToken cancellationToken)
        => await (await source.GetAsync(image, $"blobs/{layer.Digest}", [], cancellationToken)).Content.ReadAsStreamAsync(cancellationToken); // it ends its answer itself

    private Task<Parts> PartsOf(ImageReference image, string platform, CancellationToken cancellationToken)
        => _parts.GetOrAdd((image.ToString(), platform), key => new Lazy<Task<Parts>>(() => ReadAsync(image, platform, cancellationToken))).Value;

    /// <summary>A digest never stands for anything else: what was read once need not be read again, and registries count who reads.</summary>
    private async Task<Parts> ReadAsync(ImageReference image, string platform, CancellationToken cancellationToken)
    {
        if (Kept().FirstOrDefault(kept => kept.Image == image.ToString() && kept.Platform == platform) is { } known)
        {
            return known;
        }

        var manifest = await DocumentAsync<ManifestDocument>(image, $"manifests{image.Version.Replace('@', '/')}", Types, cancellationToken);
        if (manifest.Manifests is { } manifests)
        {
            var own = manifests.FirstOrDefault(one => $"{one.Platform?.Os}/{one.Platform?.Architecture}" == platform) ?? throw new RegistryFault($"{image} is not for {platform}.");
            manifest = await DocumentAsync<ManifestDocument>(image, $"manifests/{own.Digest}", ImageTypes, cancellationToken);
        }

        var config = manifest.Config is null ? null : await DocumentAsync<ConfigDocument>(image, $"blobs/{manifest.Config.Digest}", [], cancellationToken);
        var parts = config?.RootFs is { DiffIds: { } diffIds } && manifest.Layers is { } layers && layers.Count == diffIds.Count
            ? new Parts(image.ToString(), platform, diffIds, layers)
            : throw new RegistryFault($"{image} is no image of layers.");
        Keep(parts);
        return parts;
    }

    private async Task<T> DocumentAsync<T>(ImageReference image, string path, IReadOnlyList<string> accept, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            using var answer = await source.GetAsync(image, path, accept, patience.Token);
            return await answer.Content.ReadFromJsonAsync<T>(Json, patience.Token) ?? throw new RegistryFault($"{image}: {path} is empty.");
        }
        catch (JsonException exception)
        {
            throw new RegistryFault($"{image}: {path} can't be read: {exception.Message}", exception);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new RegistryFault($"{image}: {path} was not answered in {Patience.TotalSeconds:0} s.", exception);
        }
    }

    private Parts[] Kept() => File is null ? [] : KeptJson.Read<Parts[]>(File) ?? [];

    private void Keep(Parts parts)
    {
        if (File is null)
        {
            return;
        }

        lock (_lock)
        {
            Directory.CreateDirectory(directory!);
            KeptJson.Write(File, Kept().Prepend(parts).Take(Most).ToArray());
        }
    }

    /// <summary>What an image is made of.</summary>
    /// <param name="Image">Its name with its digest.</param>
    /// <param name="Platform">"linux/amd64".</param>
    /// <param name="DiffIds">The digests of its layers' tars, the lowest first.</param>
    /// <param name="Layers">The layers as its registry has them.</param>
    private sealed record Parts(string Image, string Platform, IReadOnlyList<string> DiffIds, IReadOnlyList<Descriptor> Layers);

    /// <summary>A manifest: an image's, or a list of images for several platforms.</summary>
    private sealed record ManifestDocument(Descriptor? Config, IReadOnlyList<Descriptor>? Layers, IReadOnlyList<ListedManifest>? Manifests);

    private sealed record ListedManifest(string Digest, Platform? Platform);

    private sealed record Platform(string Os, string Architecture);

    private sealed record ConfigDocument([property: JsonPropertyName("rootfs")] RootFs? RootFs);

    private sealed record RootFs([property: JsonPropertyName("diff_ids")] IReadOnlyList<string>? DiffIds);
}
