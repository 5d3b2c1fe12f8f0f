using System.Collections.Concurrent;
using Docker.DotNet;
using Docker.DotNet.Models;

namespace Tiketi.Pipeline.Images;

/// <summary>Finds out what the images that Dockerfiles name stand for, and gets them onto the engine; each is asked for once a run.</summary>
/// <param name="docker">The engine.</param>
/// <param name="mirrors">Where public images come from instead.</param>
/// <param name="login">User and password for a registry (its host); null where none is needed.</param>
internal sealed class BaseImages(IDockerClient docker, ImageMirrors mirrors, Func<string, CancellationToken, Task<AuthConfig?>> login)
{
    private readonly ConcurrentDictionary<string, Lazy<Task<BaseImage>>> _resolved = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string Source, string Platform), Lazy<Task>> _pulled = new();

    /// <summary>What an image stands for now: on the engine where it is there, else in its registry.</summary>
    /// <exception cref="PipelineException">It is nowhere to be had.</exception>
    public Task<BaseImage> ResolveAsync(string image, string platform, CancellationToken cancellationToken)
        => _resolved.GetOrAdd(image, name => new Lazy<Task<BaseImage>>(() => ResolveOnceAsync(name, platform, cancellationToken))).Value;

    /// <summary>Pulls an image that the engine lacks: exactly what was resolved, even if the registry's tag has moved on since.</summary>
    /// <exception cref="PipelineException">The pull fails.</exception>
    public Task PullAsync(BaseImage image, string platform, CancellationToken cancellationToken)
        => image.IsOnEngine ? Task.CompletedTask
            : _pulled.GetOrAdd((image.Source, platform), _ => new Lazy<Task>(() => PullOnceAsync(image.Name, image.Source, image.Digest, platform, cancellationToken))).Value;

    private async Task<BaseImage> ResolveOnceAsync(string image, string platform, CancellationToken cancellationToken)
    {
        var local = await InspectAsync(image, cancellationToken);
        var isMadeHere = local is not null && DigestOf(image, local) is null;
        var source = isMadeHere ? image : mirrors.Find(image) ?? image;
        local = source == image ? local : await InspectAsync(source, cancellationToken);
        if (local is null && await login(ImageReference.Parse(source).Registry, cancellationToken) is not null)
        {
            // the engine answers questions about a registry without the login, but pulls with it
            await PullOnceAsync(image, source, digest: null, platform, cancellationToken);
            local = await InspectAsync(source, cancellationToken);
        }

        return local is null ? new BaseImage(image, source, await AskRegistryAsync(image, source, cancellationToken), IsOnEngine: false)
            : DigestOf(source, local) is { } digest ? new BaseImage(image, source, digest, IsOnEngine: true)
            : new BaseImage(image, source, local.ID, IsOnEngine: true) { IsMadeHere = true };
    }

    private async Task<string> AskRegistryAsync(string image, string source, CancellationToken cancellationToken)
    {
        try
        {
            return (await docker.Distribution.InspectAsync(source, cancellationToken)).Descriptor.Digest;
        }
        catch (DockerApiException exception)
        {
            throw NotToBeHad(image, source, exception.ResponseBody ?? exception.Message, exception);
        }
    }

    private async Task PullOnceAsync(string image, string source, string? digest, string platform, CancellationToken cancellationToken)
    {
        var reference = ImageReference.Parse(source);
        var repository = $"{reference.Registry}/{reference.Path}";
        var problems = new Problems();
        try
        {
            await docker.Images.CreateImageAsync(
                new ImagesCreateParameters { FromImage = digest is null ? source : $"{repository}@{digest}", Platform = platform }, await login(reference.Registry, cancellationToken), problems, cancellationToken);
            if (digest is not null && !source.Contains('@', StringComparison.Ordinal))
            {
                await docker.Images.TagImageAsync($"{repository}@{digest}", new ImageTagParameters { RepositoryName = repository, Tag = reference.Version[1..] }, cancellationToken);
            }
        }
        catch (DockerApiException exception)
        {
            throw NotToBeHad(image, source, problems.First ?? exception.ResponseBody ?? exception.Message, exception);
        }

        if (problems.First is { } problem)
        {
            throw NotToBeHad(image, source, problem, inner: null);
        }
    }

    private static PipelineException NotToBeHad(string image, string source, string reason, Exception? inner) => new(
        $"The base image {image} is neither on the Docker engine nor to be had from {(source == image ? "its registry" : $"its mirror ({source})")}: {reason}",
        source == image
            ? "Correct the FROM line or the build argument in it, make the registry reachable, or name a mirror in the environment's 'imageMirrors'."
            : "Correct the environment's 'imageMirrors', or see that the mirror can be reached and has the image.",
        inner);

    /// <summary>The digest by which the image's own registry knows it; null for an image that was made here.</summary>
    private static string? DigestOf(string name, ImageInspectResponse image)
    {
        var wanted = ImageReference.Parse(name);
        return image.RepoDigests?.FirstOrDefault(digest => ImageReference.Parse(digest) is var known && known.Registry == wanted.Registry && known.Path == wanted.Path) is { } found
            ? found[(found.IndexOf('@', StringComparison.Ordinal) + 1)..]
            : null;
    }

    private async Task<ImageInspectResponse?> InspectAsync(string reference, CancellationToken cancellationToken)
    {
        try
        {
            return await docker.Images.InspectImageAsync(reference, cancellationToken);
        }
        catch (DockerImageNotFoundException)
        {
            return null;
        }
    }

    /// <summary>The engine's answer to a pull: a stream of messages in which an error is one more.</summary>
    private sealed class Problems : IProgress<JSONMessage>
    {
        public string? First { get; private set; }

        public void Report(JSONMessage value) => First ??= value.Error?.Message;
    }
}

/// <summary>An image that a Dockerfile names.</summary>
/// <param name="Name">As the Dockerfile names it.</param>
/// <param name="Source">Where it comes from: the same, or its mirror's name.</param>
/// <param name="Digest">In its registry; the engine's id where it was made here.</param>
/// <param name="IsOnEngine">Whether it need not be pulled.</param>
internal sealed record BaseImage(string Name, string Source, string Digest, bool IsOnEngine)
{
    /// <summary>Whether no registry is known to have it.</summary>
    public bool IsMadeHere { get; init; }

    /// <summary>Its name in its registry, with its digest.</summary>
    public string Reference => (ImageReference.Parse(Source) with { Version = $"@{Digest}" }).ToString();
}
