using System.Globalization;
using System.IO.Pipelines;
using System.Text.RegularExpressions;
using Docker.DotNet;
using Docker.DotNet.Models;

namespace Tiketi.Pipeline.Images;

/// <summary>Builds with the builder that every Docker engine has; the context goes to it as a stream.</summary>
internal sealed partial class ClassicBuild(IDockerClient docker) : IImageBuild
{
    /// <summary>Name and version, as the engine's API counts: 1 is this one, 2 is BuildKit.</summary>
    public const string Name = "docker-classic 1";

    /// <inheritdoc/>
    public async Task<string> BuildAsync(ImageBuildJob job, BuildTranscript transcript, CancellationToken cancellationToken)
    {
        var request = job.Request;
        var parameters = new ImageBuildParameters
        {
            Dockerfile = job.Context.DockerfileInTar,
            BuildArgs = request.BuildArguments.ToDictionary(StringComparer.Ordinal),
            Labels = job.Labels.ToDictionary(StringComparer.Ordinal),
            Target = request.Target,
            Platform = job.IsNative ? null : request.Platform,
            NoCache = job.NoCache,
            Remove = true,
            ForceRemove = true,
            Version = "1",
        };

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var messages = new Messages(transcript);
        var pipe = new Pipe();
        var sending = SendAsync(job, pipe.Writer, stop.Token);
        try
        {
            await using var contents = pipe.Reader.AsStream();
            await docker.Images.BuildImageFromDockerfileAsync(parameters, contents, authConfigs: [], headers: new Dictionary<string, string>(StringComparer.Ordinal), messages, cancellationToken);
        }
        catch (DockerApiException exception)
        {
            var error = exception.ResponseBody ?? exception.Message;
            throw new PipelineException($"The Docker engine refused to build {request.Service}: {error}", BuildTranscript.EngineRemedy(error) ?? $"Mend {request.Dockerfile}, or see the engine's own log.", exception);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException && !cancellationToken.IsCancellationRequested)
        {
            stop.Cancel();
            await sending; // when the context could not be read, that is the cause, and it is thrown here
            throw Gone(request, exception.GetBaseException().Message, exception);
        }
        finally
        {
            stop.Cancel(); // an engine that has seen enough (a Dockerfile that it can't read) leaves the rest of the stream
        }

        await sending;
        transcript.ThrowIfFailed();
        return messages.ImageId ?? throw Gone(request, "its answer ended in the middle", inner: null);
    }

    private static PipelineException Gone(ImageRequest request, string reason, Exception? inner)
        => new($"The Docker engine went away while it built {request.Service}: {reason}", "Start the engine again, and run './build.sh BuildImages'.", inner);

    private static async Task SendAsync(ImageBuildJob job, PipeWriter writer, CancellationToken cancellationToken)
    {
        try
        {
            await job.Context.WriteTarAsync(writer.AsStream(leaveOpen: true), job.SourceDate, cancellationToken);
            await writer.CompleteAsync();
        }
        catch (OperationCanceledException exception)
        {
            await writer.CompleteAsync(exception);
        }
        catch (Exception exception)
        {
            await writer.CompleteAsync(exception);
            throw;
        }
    }

    /// <summary>The engine's answer: a stream of messages, most of them what a console would show.</summary>
    private sealed partial class Messages(BuildTranscript transcript) : IProgress<JSONMessage>
    {
        private string _step = "";

        public string? ImageId { get; private set; }

        public void Report(JSONMessage value)
        {
            if (value.Aux?.ExtensionData is { } data && data.TryGetValue("ID", out var id))
            {
                ImageId = id.ToString();
            }

            if (value.Error?.Message is { } error)
            {
                transcript.Fail(_step, error);
            }

            foreach (var line in (value.Stream ?? "").Split('\n').Select(line => line.TrimEnd('\r', ' ')))
            {
                if (Step().Match(line) is { Success: true } step)
                {
                    _step = step.Groups["n"].Value;
                    transcript.Begin(_step, Number(step, "n"), Number(step, "of"), step.Groups["what"].Value);
                }
                else if (!line.StartsWith(" --->", StringComparison.Ordinal) && !line.StartsWith("Removing intermediate container ", StringComparison.Ordinal))
                {
                    transcript.Print(_step, line);
                }
            }
        }

        private static int Number(Match match, string group) => int.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);

        [GeneratedRegex(@"^Step (?<n>\d+)/(?<of>\d+) : (?<what>.*)$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
        private static partial Regex Step();
    }
}
