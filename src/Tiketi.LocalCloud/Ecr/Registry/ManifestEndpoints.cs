using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Tiketi.LocalCloud.Ecr.Storage;

namespace Tiketi.LocalCloud.Ecr.Registry;

/// <summary>Manifests by tag or digest, the list of tags, the referrers of a manifest.</summary>
internal sealed partial class ManifestEndpoints(RepositoryStore store, BlobStore blobs)
{
    public Task HandleAsync(HttpContext context, Repository repository, string reference) => context.Request.Method switch
    {
        "GET" or "HEAD" => GetAsync(context, repository, reference),
        "PUT" => PutAsync(context, repository, reference),
        "DELETE" => DeleteAsync(context, repository, reference),
        _ => throw RegistryException.Unsupported(),
    };

    public Task ListTagsAsync(HttpContext context, Repository repository)
    {
        var last = context.Request.Query["last"].ToString();
        var all = repository.Images.SelectMany(image => image.Tags).Order(StringComparer.Ordinal)
            .Where(tag => last.Length == 0 || string.CompareOrdinal(tag, last) > 0).ToList();
        var tags = int.TryParse(context.Request.Query["n"], out var n) && n >= 0 ? all.Take(n).ToList() : all;
        if (tags.Count is > 0 && tags.Count < all.Count)
        {
            context.Response.Headers.Link = $"</v2/{repository.Name}/tags/list?n={n}&last={Uri.EscapeDataString(tags[^1])}>; rel=\"next\"";
        }

        return context.Response.WriteAsJsonAsync(new { name = repository.Name, tags }, context.RequestAborted);
    }

    public Task ListReferrersAsync(HttpContext context, Repository repository, string digest)
    {
        var wanted = context.Request.Query["artifactType"].ToString();
        var manifests = repository.Images
            .Where(image => image.Subject == digest && (wanted.Length == 0 || image.ArtifactMediaType == wanted))
            .Select(image => new { mediaType = image.MediaType, digest = image.Digest, size = blobs.Read(image.Digest).Length, artifactType = image.ArtifactMediaType });
        if (wanted.Length > 0)
        {
            context.Response.Headers["OCI-Filters-Applied"] = "artifactType";
        }

        return context.Response.WriteAsJsonAsync(new { schemaVersion = 2, mediaType = Manifest.OciIndex, manifests }, options: null, Manifest.OciIndex, context.RequestAborted);
    }

    private async Task GetAsync(HttpContext context, Repository repository, string reference)
    {
        var image = Find(repository, reference);
        var bytes = blobs.Read(image.Digest);
        context.Response.ContentType = image.MediaType;
        context.Response.ContentLength = bytes.Length;
        context.Response.Headers["Docker-Content-Digest"] = image.Digest;
        context.Response.Headers.ETag = $"\"{image.Digest}\"";
        if (HttpMethods.IsGet(context.Request.Method))
        {
            store.NotePull(repository.Name, image.Digest);
            await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
        }
    }

    private async Task PutAsync(HttpContext context, Repository repository, string reference)
    {
        var isDigest = reference.Contains(':', StringComparison.Ordinal);
        if (!isDigest && !Tag().IsMatch(reference))
        {
            throw new RegistryException(400, "TAG_INVALID", $"'{reference}' is no valid tag");
        }

        var manifest = await ReadAsync(context);
        if (isDigest && manifest.Digest != reference)
        {
            throw RegistryException.DigestInvalid(reference);
        }

        var (image, _) = store.Put(repository.Name, manifest, isDigest ? null : reference);
        context.Response.StatusCode = StatusCodes.Status201Created;
        context.Response.Headers.Location = $"/v2/{repository.Name}/manifests/{image.Digest}";
        context.Response.Headers["Docker-Content-Digest"] = image.Digest;
        if (manifest.Subject is { } subject)
        {
            context.Response.Headers["OCI-Subject"] = subject;
        }
    }

    private Task DeleteAsync(HttpContext context, Repository repository, string reference)
    {
        var image = Find(repository, reference);
        store.Remove(repository.Name, image, image.Digest == reference ? null : reference);
        context.Response.StatusCode = StatusCodes.Status202Accepted;
        return Task.CompletedTask;
    }

    private static ImageRecord Find(Repository repository, string reference)
    {
        var image = reference.Contains(':', StringComparison.Ordinal) ? repository.Find(reference, tag: null) : repository.Find(digest: null, reference);
        return image ?? throw new RegistryException(404, "MANIFEST_UNKNOWN", "Requested image not found");
    }

    private static async Task<Manifest> ReadAsync(HttpContext context)
    {
        using var memory = new MemoryStream();
        var buffer = new byte[32 * 1024];
        int read;
        while ((read = await context.Request.Body.ReadAsync(buffer, context.RequestAborted)) > 0)
        {
            memory.Write(buffer, 0, read);
            if (memory.Length > Manifest.LargestBytes)
            {
                throw new RegistryException(413, "SIZE_INVALID", $"a manifest has at most {Manifest.LargestBytes} bytes");
            }
        }

        try
        {
            return Manifest.Parse(memory.ToArray(), context.Request.ContentType?.Split(';')[0].Trim());
        }
        catch (FormatException error)
        {
            throw new RegistryException(400, "MANIFEST_INVALID", error.Message);
        }
    }

    [GeneratedRegex("^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$", RegexOptions.NonBacktracking)]
    private static partial Regex Tag();
}
