using System.Text.RegularExpressions;
using Tiketi.LocalCloud.Hosting;

namespace Tiketi.LocalCloud.Ecr.Storage;

/// <summary>All repositories and what images are in them; the bytes are in the <see cref="BlobStore"/>.</summary>
internal sealed partial class RepositoryStore
{
    private const string Document = "ecr";

    private readonly StateStore _state;
    private readonly BlobStore _blobs;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, Repository> _repositories;

    public RepositoryStore(StateStore state, BlobStore blobs, TimeProvider time)
    {
        (_state, _blobs, _time) = (state, blobs, time);
        _repositories = new(state.Load<RegistryDocument>(Document).Repositories.ToDictionary(repository => repository.Name, StringComparer.Ordinal), StringComparer.Ordinal);
    }

    public IReadOnlyList<Repository> All
    {
        get
        {
            lock (_lock)
            {
                return [.. _repositories.Values];
            }
        }
    }

    public Repository? Find(string name)
    {
        lock (_lock)
        {
            return _repositories.GetValueOrDefault(name);
        }
    }

    /// <exception cref="EcrException">RepositoryNotFoundException.</exception>
    public Repository Get(string name) => Find(name) ?? throw EcrException.RepositoryNotFound(name);

    /// <exception cref="EcrException">InvalidParameterException, RepositoryAlreadyExistsException.</exception>
    public Repository Create(string name, RepositorySettings settings, Dictionary<string, string> tags)
    {
        if (!NamePattern().IsMatch(name) || name.Length is < 2 or > 256)
        {
            throw EcrException.InvalidParameter($"Invalid parameter at 'repositoryName' failed to satisfy constraint: 'must satisfy regular expression '{NamePattern().ToString().Trim('^', '$')}''");
        }

        lock (_lock)
        {
            if (_repositories.ContainsKey(name))
            {
                throw EcrException.RepositoryExists(name);
            }

            var repository = new Repository { Name = name, CreatedAt = _time.GetUtcNow(), Settings = settings, Tags = tags };
            _repositories[name] = repository;
            Save();
            return repository;
        }
    }

    /// <exception cref="EcrException">RepositoryNotFoundException, RepositoryNotEmptyException unless forced.</exception>
    public Repository Delete(string name, bool force)
    {
        lock (_lock)
        {
            var repository = Get(name);
            if (repository.Images.Count > 0 && !force)
            {
                throw EcrException.RepositoryNotEmpty(name);
            }

            _repositories.Remove(name);
            Save();
            var digests = _blobs.In(name).Concat(repository.Images.Select(image => image.Digest)).ToList();
            _blobs.Forget(name);
            digests.ForEach(digest => _blobs.DeleteIfUnused(digest, _repositories.Values));
            return repository;
        }
    }

    /// <summary>Replaces a repository by what <paramref name="change"/> makes of it.</summary>
    /// <exception cref="EcrException">RepositoryNotFoundException, and what the change throws.</exception>
    public Repository Change(string name, Func<Repository, Repository> change)
    {
        lock (_lock)
        {
            var changed = change(Get(name));
            _repositories[name] = changed;
            Save();
            return changed;
        }
    }

    /// <summary>Notes a pull. Kept with the next change that is saved: a pull writes nothing.</summary>
    public void NotePull(string name, string digest)
    {
        lock (_lock)
        {
            if (_repositories.GetValueOrDefault(name) is { } repository && repository.Find(digest, tag: null) is { } image)
            {
                _repositories[name] = repository.With(image with { PulledAt = _time.GetUtcNow() });
            }
        }
    }

    /// <summary>Stores a manifest whose blobs are all there, under a tag or under its digest alone.</summary>
    /// <returns>The image, and whether it is new (or newly tagged).</returns>
    /// <exception cref="EcrException">LayersNotFoundException, ReferencedImagesNotFoundException, ImageTagAlreadyExistsException.</exception>
    public (ImageRecord Image, bool IsNew) Put(string name, Manifest manifest, string? tag)
    {
        lock (_lock)
        {
            var repository = Get(name);
            RequireReferences(repository, manifest);
            var present = repository.Find(manifest.Digest, tag: null);
            if (tag is not null && repository.Find(digest: null, tag) is { } holder)
            {
                if (holder.Digest == manifest.Digest)
                {
                    return (holder, false);
                }

                if (repository.Settings.IsImmutable(tag))
                {
                    throw EcrException.TagImmutable(name, tag);
                }

                repository = repository.With(holder with { Tags = [.. holder.Tags.Where(other => other != tag)] });
            }
            else if (tag is null && present is not null)
            {
                return (present, false);
            }

            _blobs.Write(manifest.Digest, manifest.Bytes.Span);
            var image = (present ?? Describe(manifest)) with { Tags = tag is null ? present?.Tags ?? [] : [.. present?.Tags ?? [], tag] };
            _repositories[name] = repository.With(image);
            Save();
            return (image, true);
        }
    }

    /// <summary>Removes a tag, and its image with the last one; without a tag the image with all its tags.</summary>
    public void Remove(string name, ImageRecord image, string? tag)
    {
        lock (_lock)
        {
            var repository = Get(name);
            var left = tag is null ? [] : image.Tags.Where(other => other != tag).ToList();
            if (left.Count > 0)
            {
                _repositories[name] = repository.With(image with { Tags = left });
                Save();
                return;
            }

            var kept = repository.Images.Where(other => other.Digest != image.Digest).ToList();
            var needed = kept.SelectMany(other => ReadManifest(other).Blobs).Select(blob => blob.Digest).ToHashSet(StringComparer.Ordinal);
            var freed = ReadManifest(image).Blobs.Select(blob => blob.Digest).Where(digest => !needed.Contains(digest)).ToList();
            _repositories[name] = repository with { Images = kept };
            Save();
            freed.ForEach(digest => _blobs.Unlink(name, digest));
            freed.ForEach(digest => _blobs.DeleteIfUnused(digest, _repositories.Values));
            _blobs.DeleteIfUnused(image.Digest, _repositories.Values);
        }
    }

    public Manifest ReadManifest(ImageRecord image) => Manifest.Parse(_blobs.Read(image.Digest), image.MediaType);

    private void RequireReferences(Repository repository, Manifest manifest)
    {
        var missing = manifest.Blobs.Where(blob => _blobs.Find(repository.Name, blob.Digest) is null).Select(blob => blob.Digest).ToList();
        if (missing.Count > 0)
        {
            throw EcrException.LayersNotFound(repository.Name, missing);
        }

        missing = [.. manifest.Children.Where(child => repository.Find(child, tag: null) is null)];
        if (missing.Count > 0)
        {
            throw EcrException.ReferencedImagesNotFound(repository.Name, missing);
        }
    }

    private ImageRecord Describe(Manifest manifest) => new()
    {
        Digest = manifest.Digest,
        MediaType = manifest.MediaType,
        ArtifactMediaType = manifest.ArtifactMediaType,
        Size = manifest.IsIndex ? null : manifest.Blobs.Sum(blob => blob.Size),
        PushedAt = _time.GetUtcNow(),
        Subject = manifest.Subject,
    };

    private void Save() => _state.Save(Document, new RegistryDocument { Repositories = [.. _repositories.Values] });

    [GeneratedRegex("^(?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*$", RegexOptions.NonBacktracking)]
    private static partial Regex NamePattern();
}

internal sealed record RegistryDocument
{
    public IReadOnlyList<Repository> Repositories { get; init; } = [];
}
