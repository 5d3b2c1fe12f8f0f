using Docker.DotNet;
using Docker.DotNet.Models;
using Tiketi.LocalCloud.Lifecycle;

namespace Tiketi.LocalCloud.Engine;

/// <summary>Image references that stand for the three public base images.</summary>
/// <param name="Node">Node.js 20 with npm and a user <c>node</c> (uid 1000).</param>
/// <param name="Postgres">PostgreSQL's binaries under /usr/lib/postgresql/N/bin and a user <c>postgres</c>; an entrypoint only in the public image.</param>
/// <param name="Redis"><c>redis-server</c> in PATH.</param>
internal sealed record BaseImageSet(string Node, string Postgres, string Redis);

/// <summary>Sees to it that the engine has base images: its own, pulled, or bootstrapped from Debian's packages.</summary>
internal sealed class BaseImages(IDockerClient client, string stateDirectory, Action<string> say)
{
    private const string Hub = "https://registry-1.docker.io/v2/";
    private static readonly TimeSpan HubAnswer = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan PullTime = TimeSpan.FromMinutes(5);

    /// <exception cref="LocalCloudException">They can be neither pulled nor bootstrapped.</exception>
    public async Task<BaseImageSet> EnsureAsync(CancellationToken cancellationToken)
    {
        var recipe = DebianRecipe.ForThisHost();
        var found = await Task.WhenAll(Base.All.Select(image => FindAsync(image, recipe, cancellationToken)));
        if (found.Contains(null) && await RegistryAnswersAsync(cancellationToken))
        {
            found = await Task.WhenAll(Base.All.Zip(found, (image, reference) => reference is null ? PullAsync(image, cancellationToken) : Task.FromResult<string?>(reference)));
        }

        var missing = Base.All.Where((_, index) => found[index] is null).ToList();
        if (missing.Count > 0)
        {
            await new DebianBootstrap(client, recipe, stateDirectory, say).BuildAsync(missing, cancellationToken);
            found = [.. Base.All.Zip(found, (image, reference) => reference ?? recipe.Tag(image))];
        }

        return new BaseImageSet(found[0]!, found[1]!, found[2]!);
    }

    private async Task<string?> FindAsync(Base image, DebianRecipe recipe, CancellationToken cancellationToken)
        => await HasAsync(image.Reference, cancellationToken) ? image.Reference
            : await HasAsync(recipe.Tag(image), cancellationToken) ? recipe.Tag(image)
            : null;

    private async Task<bool> HasAsync(string reference, CancellationToken cancellationToken)
    {
        try
        {
            await client.Images.InspectImageAsync(reference, cancellationToken);
            return true;
        }
        catch (DockerImageNotFoundException)
        {
            return false;
        }
    }

    /// <summary>Any HTTP answer counts, 401 too: it is the network that is asked about. An engine with mirrors of its own is let try.</summary>
    private async Task<bool> RegistryAnswersAsync(CancellationToken cancellationToken)
    {
        if ((await client.System.GetSystemInfoAsync(cancellationToken)).RegistryConfig?.Mirrors is { Count: > 0 })
        {
            return true;
        }

        using var http = new HttpClient { Timeout = HubAnswer };
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Head, Hub);
            using var response = await http.SendAsync(request, cancellationToken);
            return true;
        }
        catch (HttpRequestException)
        {
            return false;
        }
        catch (TaskCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private async Task<string?> PullAsync(Base image, CancellationToken cancellationToken)
    {
        say($"Pulling {image.Reference}.");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(PullTime);
        string? error = null;
        try
        {
            var (name, tag) = (image.Reference[..image.Reference.IndexOf(':', StringComparison.Ordinal)], image.Reference[(image.Reference.IndexOf(':', StringComparison.Ordinal) + 1)..]);
            await client.Images.CreateImageAsync(
                new ImagesCreateParameters { FromImage = name, Tag = tag },
                new AuthConfig(),
                new InlineProgress<JSONMessage>(message => error ??= message.Error?.Message),
                limit.Token);
        }
        catch (DockerApiException exception)
        {
            error = exception.Message;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            error = $"not done after {PullTime.TotalMinutes:0} minutes";
        }

        if (error is null)
        {
            return image.Reference;
        }

        say($"{image.Reference} could not be pulled ({error}).");
        return null;
    }
}

/// <summary>One of the three base images.</summary>
/// <param name="Name">The last part of the bootstrapped image's name.</param>
/// <param name="Reference">The public image.</param>
internal sealed record Base(string Name, string Reference)
{
    public static readonly Base Node = new("node", "node:20-slim");
    public static readonly Base Postgres = new("postgres", "postgres:15");
    public static readonly Base Redis = new("redis", "redis:7");
    public static readonly IReadOnlyList<Base> All = [Node, Postgres, Redis];
}

/// <summary>Reports in the caller's order: <see cref="Progress{T}"/> posts to the thread pool, and the last message may come after the call has returned.</summary>
internal sealed class InlineProgress<T>(Action<T> report) : IProgress<T>
{
    public void Report(T value) => report(value);
}
