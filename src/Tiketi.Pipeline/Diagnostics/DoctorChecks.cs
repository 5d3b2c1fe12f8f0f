using System.ComponentModel;
using System.Text.RegularExpressions;
using Amazon.SecurityToken;
using Amazon.SecurityToken.Model;
using CliWrap;
using CliWrap.Buffered;
using Docker.DotNet;
using Tiketi.Pipeline.Aws;
using Tiketi.Pipeline.Verification;

namespace Tiketi.Pipeline.Diagnostics;

/// <summary>What must be there before a deployment can start, each with how to get it.</summary>
public static partial class DoctorChecks
{
    private const long WantedBytes = 5L << 30;

    /// <summary>A command-line tool, at least of a version.</summary>
    /// <param name="name">The program.</param>
    /// <param name="meaning">What the pipeline needs it for.</param>
    /// <param name="versionArguments">What makes it print its version.</param>
    /// <param name="minimum">The lowest version that will do.</param>
    /// <param name="remedy">How to get it.</param>
    public static ICheck Tool(string name, string meaning, IReadOnlyList<string> versionArguments, Version minimum, string remedy) =>
        Once($"tool-{name}", meaning, async cancellationToken =>
        {
            if (await OutputOfAsync(name, versionArguments, cancellationToken) is not { } output)
            {
                return CheckOutcome.Failed($"{name} is not installed", remedy);
            }

            var match = VersionNumber().Match(output);
            return !match.Success ? CheckOutcome.Failed($"{name} {string.Join(' ', versionArguments)} printed no version: {output.Trim()}", remedy)
                : Version.Parse(match.Value) < minimum ? CheckOutcome.Failed($"{name} is {match.Value}, and {minimum} is needed", remedy)
                : CheckOutcome.Passed($"{name} {match.Value}");
        });

    /// <summary>Room for images and caches.</summary>
    public static ICheck DiskSpace(string directory) => Once("disk-space", "images and caches fit on the disk", _ =>
    {
        var free = new DriveInfo(directory).AvailableFreeSpace;
        var evidence = $"{free / (double)(1 << 30):0.0} GiB free";
        return Task.FromResult(free >= WantedBytes
            ? CheckOutcome.Passed(evidence)
            : CheckOutcome.Failed(evidence, $"Free some space: {WantedBytes >> 30} GiB are needed (docker image prune, ./build.sh Clean)."));
    });

    /// <summary>A Docker engine that answers; only where none is started by itself.</summary>
    public static ICheck DockerEngine(IDockerClient docker) => Once("docker-engine", "images are built on a Docker engine", async cancellationToken =>
    {
        try
        {
            var version = await docker.System.GetVersionAsync(cancellationToken);
            return CheckOutcome.Passed($"engine {version.Version}, {version.Os}/{version.Arch}");
        }
        catch (Exception exception) when (exception is HttpRequestException or DockerApiException or IOException or TimeoutException)
        {
            return CheckOutcome.Failed($"no engine answers: {exception.GetBaseException().Message}", "Start Docker, or name an engine with DOCKER_HOST.");
        }
    });

    /// <summary>Credentials that AWS accepts.</summary>
    public static ICheck AwsIdentity(IAmazonSecurityTokenService sts) => Once("aws-identity", "AWS accepts the credentials", async cancellationToken =>
    {
        try
        {
            var identity = await sts.GetCallerIdentityAsync(new GetCallerIdentityRequest(), cancellationToken);
            return CheckOutcome.Passed($"account {identity.Account}, {identity.Arn}");
        }
        catch (Exception exception) when (AwsFailure.Explain(exception) is { } explained)
        {
            return CheckOutcome.Failed(explained.Message, explained.Remedy);
        }
    });

    private static Check Once(string id, string meaning, Func<CancellationToken, Task<CheckOutcome>> run) =>
        new(id, meaning, run) { Retry = new CheckRetry(1, TimeSpan.Zero) };

    private static async Task<string?> OutputOfAsync(string program, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        try
        {
            var result = await Cli.Wrap(program).WithArguments(arguments).WithValidation(CommandResultValidation.None).ExecuteBufferedAsync(cancellationToken);
            return result.StandardOutput + result.StandardError;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }

    [GeneratedRegex(@"\d+\.\d+(?:\.\d+)?", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex VersionNumber();
}
