using System.Collections.Concurrent;
using System.ComponentModel;
using System.Globalization;
using System.Text.RegularExpressions;
using CliWrap;

namespace Tiketi.Pipeline.Images;

/// <summary>The client for Dockerfiles that need BuildKit: <c>docker buildx</c>, speaking to the same engine as everything else.</summary>
/// <param name="DockerHost">The engine's address, as in DOCKER_HOST.</param>
/// <param name="Docker">The client's file; a bare name is looked for on PATH.</param>
public sealed record Buildx(string DockerHost, string Docker = "docker")
{
    private static readonly string[] Needed = ["PATH", "HOME", "USER", "USERPROFILE", "TMPDIR", "TEMP", "TMP", "SystemRoot", "ComSpec", "PATHEXT", "APPDATA", "LOCALAPPDATA"];

    /// <summary>Why it can't be used; null when it can.</summary>
    internal async Task<string?> MissingAsync(CancellationToken cancellationToken)
    {
        var lines = new ConcurrentQueue<string>();
        try
        {
            var exitCode = await RunAsync(["version"], new Dictionary<string, string>(StringComparer.Ordinal), lines.Enqueue, cancellationToken);
            return exitCode == 0 ? null : lines.FirstOrDefault(line => line.Length > 0) ?? $"'docker buildx version' ended with {exitCode}";
        }
        catch (Win32Exception exception)
        {
            return $"{Docker} can't be started: {exception.Message}";
        }
    }

    internal async Task<int> RunAsync(IEnumerable<string> arguments, IReadOnlyDictionary<string, string> variables, Action<string> onLine, CancellationToken cancellationToken)
    {
        var environment = variables.ToDictionary(variable => variable.Key, variable => (string?)variable.Value, StringComparer.Ordinal);
        environment["DOCKER_HOST"] = DockerHost;
        var output = PipeTarget.ToDelegate(onLine);
        var result = await Cli.Wrap(Docker).WithArguments(["buildx", .. arguments]).WithEnvironmentVariables(environment)
            .WithStandardOutputPipe(output).WithStandardErrorPipe(output).WithValidation(CommandResultValidation.None)
            .ExecuteAsync(cancellationToken);
        return result.ExitCode;
    }

    /// <summary>Whether a variable of this name steers the client itself, so that a build argument can't go by it.</summary>
    internal static bool IsReserved(string name)
        => Needed.Contains(name, StringComparer.OrdinalIgnoreCase) || name.StartsWith("DOCKER_", StringComparison.Ordinal) || name.StartsWith("BUILD", StringComparison.Ordinal);
}

/// <summary>Builds through <c>docker buildx build</c>; the image goes to the engine's own store, where the rest finds it.</summary>
internal sealed partial class BuildxBuild(Buildx buildx) : IImageBuild
{
    /// <summary>Name and version, as the engine's API counts.</summary>
    public const string Name = "docker-buildkit 2";

    /// <inheritdoc/>
    public async Task<string> BuildAsync(ImageBuildJob job, BuildTranscript transcript, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("tiketi-buildx-");
        try
        {
            // BuildKit asks for the files that it needs, so it gets the folder, not a stream. The Dockerfile is the one to be
            // built, which need not be the one in the context, and takes its ignore rules along.
            var dockerfile = Path.Combine(folder.FullName, "Dockerfile");
            await File.WriteAllTextAsync(dockerfile, job.Context.DockerfileToBuild, cancellationToken);
            if (File.Exists(job.Context.RulesFile))
            {
                File.Copy(job.Context.RulesFile, dockerfile + ".dockerignore");
            }

            var idFile = Path.Combine(folder.FullName, "id");
            var exitCode = await buildx.RunAsync(Arguments(job, dockerfile, idFile), Variables(job), line => Follow(line, transcript), cancellationToken);
            transcript.ThrowIfFailed(error => OutdatedRemedy(error, job));
            return exitCode == 0 && File.Exists(idFile)
                ? await File.ReadAllTextAsync(idFile, cancellationToken)
                : throw new PipelineException($"docker buildx ended with {exitCode} while it built {job.Request.Service}, and did not say why.", $"Run 'docker buildx build -f {job.Request.Dockerfile} {job.Request.Context}' to see more.");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>An engine reads only what was known when it was made, unless the Dockerfile names a newer reader.</summary>
    private static string? OutdatedRemedy(string error, ImageBuildJob job)
        => error.Contains("dockerfile parse error", StringComparison.OrdinalIgnoreCase) && job.Syntax is null
            ? $"Mend {job.Request.Dockerfile}. If nothing is wrong with it, the engine is older than what it uses (here-documents and COPY --link need Docker 23): update the engine, or make '# syntax=docker/dockerfile:1' the first line."
            : null;

    /// <summary>The command line. Values of build arguments may be secret: they go by the environment, which no other user can see.</summary>
    private static IEnumerable<string> Arguments(ImageBuildJob job, string dockerfile, string idFile)
    {
        // "default" is the engine itself; a builder in a container of its own would not find images that were made here
        string[] fixedPart = ["build", "--builder", "default", "--load", "--provenance=false", "--progress", "plain", "--iidfile", idFile, "--file", dockerfile, "--platform", job.Request.Platform];
        return
        [
            .. fixedPart,
            .. job.Request.Target is { } target ? ["--target", target] : Array.Empty<string>(),
            .. job.NoCache ? ["--no-cache"] : Array.Empty<string>(),
            .. job.Labels.OrderBy(label => label.Key, StringComparer.Ordinal).SelectMany(label => new[] { "--label", $"{label.Key}={label.Value}" }),
            .. BuildArguments(job).OrderBy(argument => argument.Key, StringComparer.Ordinal)
                .SelectMany(argument => new[] { "--build-arg", Buildx.IsReserved(argument.Key) ? $"{argument.Key}={argument.Value}" : argument.Key }),
            job.Context.Root,
        ];
    }

    private static Dictionary<string, string> Variables(ImageBuildJob job)
        => BuildArguments(job).Where(argument => !Buildx.IsReserved(argument.Key)).ToDictionary(StringComparer.Ordinal);

    /// <summary>To BuildKit SOURCE_DATE_EPOCH is one, whether or not the Dockerfile asks for it.</summary>
    private static IEnumerable<KeyValuePair<string, string>> BuildArguments(ImageBuildJob job)
        => (job.SourceDate is { } date ? job.Request.At(date) : job.Request).BuildArguments;

    private static void Follow(string line, BuildTranscript transcript)
    {
        lock (transcript)
        {
            if (Step().Match(line) is { Success: true } step)
            {
                transcript.Begin(step.Groups["id"].Value, Number(step, "n"), Number(step, "of"), step.Groups["what"].Value);
            }
            else if (StepError().Match(line) is { Success: true } failure)
            {
                transcript.Fail(failure.Groups["id"].Value, failure.Groups["error"].Value);
            }
            else if (Output().Match(line) is { Success: true } output)
            {
                transcript.Print(output.Groups["id"].Value, output.Groups["text"].Value);
            }
            else if (line.StartsWith("ERROR: ", StringComparison.Ordinal))
            {
                transcript.Fail(id: null, line["ERROR: ".Length..]);
            }
        }
    }

    private static int Number(Match match, string group) => int.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^#(?<id>\d+) \[([^\]]* )?(?<n>\d+)/(?<of>\d+)\] (?<what>.*)$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Step();

    [GeneratedRegex(@"^#(?<id>\d+) ERROR: (?<error>.*)$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex StepError();

    [GeneratedRegex(@"^#(?<id>\d+) \d+\.\d+ (?<text>.*)$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Output();
}
