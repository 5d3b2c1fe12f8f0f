using System.Text.RegularExpressions;
using Docker.DotNet;
using Docker.DotNet.Models;

namespace Tiketi.Pipeline.Registry;

/// <summary>Sends an image to the registry through the Docker engine, which skips layers that are there already.</summary>
internal sealed partial class EnginePush(IDockerClient docker, RegistryLogin login)
{
    /// <returns>The manifest's digest, as the registry reported it.</returns>
    /// <exception cref="RegistryFault">It failed in a way that passes.</exception>
    /// <exception cref="PipelineException">It failed for good.</exception>
    public async Task<string> PushAsync(PublishRequest request, CancellationToken cancellationToken)
    {
        var image = request.Image;
        try
        {
            await docker.Images.TagImageAsync(image.LocalReference, new ImageTagParameters { RepositoryName = request.RepositoryUri, Tag = image.Tag }, cancellationToken);
        }
        catch (DockerImageNotFoundException exception)
        {
            throw new PipelineException($"The engine has no image {image.LocalReference} to push.", "Run './build.sh BuildImages PushEcr'.", exception);
        }

        var credentials = await login.GetAsync(cancellationToken);
        var messages = await SendAsync(request, credentials, cancellationToken);
        if (messages.Error is { } refused && Denied().IsMatch(refused))
        {
            messages = await SendAsync(request, await login.GetAsync(cancellationToken, refused: credentials), cancellationToken);
        }

        return messages switch
        {
            { Error: { } error } when Denied().IsMatch(error) => throw new PipelineException(
                $"The registry refused the push of {request.RepositoryUri}:{image.Tag}: {error}", "The identity in use needs ecr:InitiateLayerUpload, UploadLayerPart, CompleteLayerUpload, BatchCheckLayerAvailability and PutImage."),
            { Error: { } error } when Gone().IsMatch(error) => throw new PipelineException(
                $"The registry has no repository {request.RepositoryUri}: {error}", "Run './build.sh ApplyInfra' first: the stack 'registry' makes it."),
            { Error: { } error } => throw new RegistryFault($"The push of {request.RepositoryUri}:{image.Tag} failed: {error}"),
            { Digest: { } digest } => digest,
            _ => throw new RegistryFault($"The push of {request.RepositoryUri}:{image.Tag} ended without a digest."),
        };
    }

    private async Task<PushMessages> SendAsync(PublishRequest request, RegistryCredentials credentials, CancellationToken cancellationToken)
    {
        var messages = new PushMessages();
        try
        {
            await docker.Images.PushImageAsync(
                request.RepositoryUri,
                new ImagePushParameters { Tag = request.Image.Tag },
                new AuthConfig { Username = credentials.User, Password = credentials.Password, ServerAddress = request.Host },
                messages,
                cancellationToken);
        }
        catch (DockerApiException exception)
        {
            messages.Fail(exception.ResponseBody ?? exception.Message);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException && !cancellationToken.IsCancellationRequested)
        {
            throw new PipelineException($"The Docker engine went away during the push of {request.RepositoryUri}.", "Start the engine again, and run './build.sh PushEcr': what was sent already is kept.", exception);
        }

        return messages;
    }

    [GeneratedRegex("denied|unauthorized|no basic auth|authentication required|authorization token has expired|403 Forbidden", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Denied();

    [GeneratedRegex("name unknown|repository with name .* does not exist", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Gone();

    /// <summary>The engine's answer: a stream of messages in which an error is one more, and the digest another.</summary>
    private sealed class PushMessages : IProgress<JSONMessage>
    {
        public string? Error { get; private set; }

        public string? Digest { get; private set; }

        public void Fail(string error) => Error ??= error;

        public void Report(JSONMessage value)
        {
            Error ??= value.Error?.Message;
            if (value.Aux?.ExtensionData is { } data && data.TryGetValue("Digest", out var digest))
            {
                Digest = digest.ToString();
            }
        }
    }
}
