using System.Text;
using Tiketi.LocalCloud.Ecr.Scanning;
using Tiketi.LocalCloud.Ecr.Storage;
using Tiketi.LocalCloud.Hosting;

namespace Tiketi.LocalCloud.Ecr.Api;

/// <summary>The operations on images.</summary>
internal sealed class ImageOperations(RepositoryStore store, BlobStore blobs, ImageScanner scanner)
{
    public object Describe(EcrArguments arguments)
    {
        var repository = store.Get(arguments.Repository);
        var ids = arguments.Objects("imageIds");
        var images = ids.Count > 0 ? ids.Select(id => Find(repository, id)).DistinctBy(image => image.Digest) : Filter(repository, arguments);
        var (page, token) = arguments.Page(images.OrderBy(image => image.PushedAt).ThenBy(image => image.Digest, StringComparer.Ordinal).ToList());
        return new
        {
            ImageDetails = page.Select(image => Describe(repository, image)),
            NextToken = token,
        };
    }

    private object Describe(Repository repository, ImageRecord image)
    {
        var scan = scanner.Find(repository, image);
        return new
        {
            RegistryId = LocalCloudSettings.AccountId,
            RepositoryName = repository.Name,
            ImageDigest = image.Digest,
            ImageTags = image.Tags.Count > 0 ? image.Tags : null,
            ImageSizeInBytes = image.Size,
            ImagePushedAt = image.PushedAt,
            ImageScanStatus = scan is null ? null : new { scan.Status, scan.Description },
            ImageScanFindingsSummary = scan?.Findings is null ? null : new { ImageScanCompletedAt = scan.CompletedAt, VulnerabilitySourceUpdatedAt = scan.SourceUpdatedAt, FindingSeverityCounts = scan.Counts },
            ImageManifestMediaType = image.MediaType,
            image.ArtifactMediaType,
            LastRecordedPullTime = image.PulledAt,
            SubjectManifestDigest = image.Subject,
            ImageStatus = "ACTIVE",
        };
    }

    public object List(EcrArguments arguments)
    {
        var all = Filter(store.Get(arguments.Repository), arguments)
            .SelectMany(image => image.Tags.Count > 0
                ? image.Tags.Select(tag => new { ImageDigest = image.Digest, ImageTag = (string?)tag })
                : [new { ImageDigest = image.Digest, ImageTag = (string?)null }])
            .ToList();
        var (page, token) = arguments.Page(all);
        return new { ImageIds = page, NextToken = token };
    }

    /// <summary>What is not there is a failure in the answer, not an exception.</summary>
    public object BatchGet(EcrArguments arguments)
    {
        var repository = store.Get(arguments.Repository);
        List<object> images = [], failures = [];
        foreach (var id in arguments.Objects("imageIds"))
        {
            if (Failure(repository, id) is { } failure)
            {
                failures.Add(failure);
                continue;
            }

            var image = Find(repository, id);
            images.Add(new
            {
                RegistryId = LocalCloudSettings.AccountId,
                RepositoryName = repository.Name,
                ImageId = new { ImageDigest = image.Digest, ImageTag = id.Text("imageTag") },
                ImageManifest = Encoding.UTF8.GetString(blobs.Read(image.Digest)),
                ImageManifestMediaType = image.MediaType,
            });
            store.NotePull(repository.Name, image.Digest);
        }

        return new { Images = images, Failures = failures };
    }

    public object BatchDelete(EcrArguments arguments)
    {
        List<object> deleted = [], failures = [];
        foreach (var id in arguments.Objects("imageIds"))
        {
            var repository = store.Get(arguments.Repository);
            if (Failure(repository, id) is { } failure)
            {
                failures.Add(failure);
                continue;
            }

            var image = Find(repository, id);
            var tag = id.Text("imageDigest") is null ? id.Text("imageTag") : null;
            if ((tag is null || image.Tags.Count == 1) && ReferencedBy(repository, image) is { Count: > 0 } lists)
            {
                failures.Add(Failure(id, "ImageReferencedByManifestList", $"Requested image referenced by manifest list: [{string.Join(", ", lists)}]"));
                continue;
            }

            store.Remove(repository.Name, image, tag);
            deleted.AddRange((tag is null ? image.Tags.DefaultIfEmpty(null) : [tag]).Select(gone => (object)new { ImageDigest = image.Digest, ImageTag = gone }));
        }

        return new { ImageIds = deleted, Failures = failures };
    }

    public object CheckLayers(EcrArguments arguments)
    {
        var repository = store.Get(arguments.Repository);
        return new
        {
            Layers = arguments.Texts("layerDigests").Where(BlobStore.IsDigest).Select(digest =>
            {
                var file = blobs.Find(repository.Name, digest);
                return new { LayerDigest = digest, LayerAvailability = file is null ? "UNAVAILABLE" : "AVAILABLE", LayerSize = file?.Length };
            }),
            Failures = arguments.Texts("layerDigests").Where(digest => !BlobStore.IsDigest(digest)).Select(digest =>
                new { LayerDigest = digest, FailureCode = "InvalidLayerDigest", FailureReason = "Invalid layer digest" }),
        };
    }

    public object Put(EcrArguments arguments)
    {
        var text = arguments.Required("imageManifest");
        Manifest manifest;
        try
        {
            manifest = Manifest.Parse(Encoding.UTF8.GetBytes(text), arguments.Text("imageManifestMediaType"));
        }
        catch (FormatException error)
        {
            throw EcrException.InvalidParameter($"Invalid parameter at 'ImageManifest' failed to satisfy constraint: 'Invalid JSON syntax: {error.Message}'");
        }

        if (arguments.Text("imageDigest") is { } stated && stated != manifest.Digest)
        {
            throw new EcrException("ImageDigestDoesNotMatchException", $"The provided digest '{stated}' does not match the calculated digest '{manifest.Digest}'");
        }

        var tag = arguments.Text("imageTag");
        var (image, isNew) = store.Put(arguments.Repository, manifest, tag);
        if (!isNew)
        {
            throw EcrException.ImageExists(arguments.Repository, image.Digest, tag);
        }

        return new
        {
            Image = new
            {
                RegistryId = LocalCloudSettings.AccountId,
                RepositoryName = arguments.Repository,
                ImageId = new { ImageDigest = image.Digest, ImageTag = tag },
                ImageManifest = text,
                ImageManifestMediaType = image.MediaType,
            },
        };
    }

    private static ImageRecord Find(Repository repository, EcrArguments id) =>
        repository.Find(id.Text("imageDigest"), id.Text("imageTag")) ?? throw EcrException.ImageNotFound(repository.Name, id.Text("imageDigest"), id.Text("imageTag"));

    private static IEnumerable<ImageRecord> Filter(Repository repository, EcrArguments arguments) => arguments.Object("filter").Text("tagStatus") switch
    {
        "TAGGED" => repository.Images.Where(image => image.Tags.Count > 0),
        "UNTAGGED" => repository.Images.Where(image => image.Tags.Count == 0),
        _ => repository.Images,
    };

    private IReadOnlyList<string> ReferencedBy(Repository repository, ImageRecord image) =>
        [.. repository.Images.Where(other => other.Size is null && store.ReadManifest(other).Children.Contains(image.Digest, StringComparer.Ordinal)).Select(other => other.Digest)];

    private static object? Failure(Repository repository, EcrArguments id)
    {
        var (digest, tag) = (id.Text("imageDigest"), id.Text("imageTag"));
        if (digest is null && tag is null)
        {
            return Failure(id, "MissingDigestAndTag", "Invalid request parameters: both tag and digest cannot be null");
        }

        if (digest is not null && !BlobStore.IsDigest(digest))
        {
            return Failure(id, "InvalidImageDigest", "Invalid request parameters: image digest should satisfy the regex '[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+'");
        }

        if (repository.Find(digest, tag) is not null)
        {
            return null;
        }

        return digest is not null && tag is not null && repository.Find(digest, tag: null) is not null
            ? Failure(id, "ImageTagDoesNotMatchDigest", "Requested image tag does not match the digest")
            : Failure(id, "ImageNotFound", "Requested image not found");
    }

    private static object Failure(EcrArguments id, string code, string reason) =>
        new { ImageId = new { ImageDigest = id.Text("imageDigest"), ImageTag = id.Text("imageTag") }, FailureCode = code, FailureReason = reason };
}
