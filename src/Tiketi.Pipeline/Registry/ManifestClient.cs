using System.Net;
using System.Security.Cryptography;

namespace Tiketi.Pipeline.Registry;

/// <summary>A registry's manifests, as far as tags are moved: the engine can only send whole images.</summary>
internal sealed class ManifestClient(RegistryClient registry)
{
    private static readonly string[] MediaTypes =
    [
        "application/vnd.oci.image.manifest.v1+json",
        "application/vnd.docker.distribution.manifest.v2+json",
        "application/vnd.oci.image.index.v1+json",
        "application/vnd.docker.distribution.manifest.list.v2+json",
    ];

    /// <summary>Lets each tag name the manifest with this digest. Blobs are not touched.</summary>
    public async Task TagAsync(PublishRequest image, string digest, IEnumerable<string> tags, CancellationToken cancellationToken)
    {
        var get = new RegistryCall(HttpMethod.Get, RegistryClient.AddressOf(image, $"manifests/{digest}")) { Accept = MediaTypes, Expected = [HttpStatusCode.OK], Permissions = "ecr:BatchGetImage and ecr:PutImage" };
        using var manifest = await registry.SendAsync(image, get, cancellationToken);
        var content = await manifest.Content.ReadAsByteArrayAsync(cancellationToken);
        if ("sha256:" + Convert.ToHexStringLower(SHA256.HashData(content)) != digest)
        {
            throw new RegistryFault($"{image.RepositoryUri}@{digest} came back with another content."); // a tag must not name that
        }

        foreach (var tag in tags)
        {
            var put = new RegistryCall(HttpMethod.Put, RegistryClient.AddressOf(image, $"manifests/{tag}"))
            {
                Content = _ => new ByteArrayContent(content) { Headers = { ContentType = manifest.Content.Headers.ContentType } },
                Expected = [HttpStatusCode.Created],
                Permissions = "ecr:BatchGetImage and ecr:PutImage",
            };
            using var answer = await registry.SendAsync(image, put, cancellationToken);
        }
    }
}
