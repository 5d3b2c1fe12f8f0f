using System.ComponentModel;
using System.Globalization;
using System.Text.RegularExpressions;
using CliWrap;
using CliWrap.Buffered;
using Microsoft.Extensions.Logging;

namespace Tiketi.Pipeline.Kubernetes;

/// <summary>Renders an overlay with the kustomize that is installed: the binary itself, or the one inside kubectl.</summary>
public sealed partial class Kustomize
{
    // Components and labels.includeTemplates as k8s/ uses them; kubectl has it since 1.27.
    private const int OldestMajor = 5;

    private static readonly Renderer[] Known =
    [
        new("kustomize", ["version"], "build"),
        new("kubectl", ["version", "--client", "--output=json"], "kustomize"),
    ];

    private readonly ILogger<Kustomize> _log;
    private readonly IReadOnlyList<Renderer> _renderers;

    public Kustomize(ILogger<Kustomize> log)
        : this(log, Known)
    {
    }

    internal Kustomize(ILogger<Kustomize> log, IReadOnlyList<Renderer> renderers) => (_log, _renderers) = (log, renderers);

    /// <param name="overlayDirectory">A folder with a kustomization.yaml, such as k8s/overlays/local.</param>
    /// <param name="cancellationToken">Ends the renderer too.</param>
    /// <exception cref="PipelineException">No renderer is installed or it is too old, the overlay does not exist, or kustomize refuses it.</exception>
    public async Task<ManifestSet> RenderAsync(string overlayDirectory, CancellationToken cancellationToken = default)
    {
        if (!Directory.Exists(overlayDirectory))
        {
            throw new PipelineException($"There is no overlay '{overlayDirectory}'.", "Add it beside the other overlays, or name one of those as 'overlay' in the environment's file.");
        }

        var tooOld = new List<string>();
        foreach (var renderer in _renderers)
        {
            if (await RunAsync(renderer.Program, renderer.Version, cancellationToken) is not { } version)
            {
                continue;
            }

            if (MajorOf(version.StandardOutput) is { } major && major < OldestMajor)
            {
                tooOld.Add($"{renderer.Program} has kustomize {major}");
                continue;
            }

            _log.LogDebug("Rendering {Overlay} with {Program}", overlayDirectory, renderer.Program);
            var rendered = await RunAsync(renderer.Program, [renderer.Verb, overlayDirectory], cancellationToken);
            return rendered is { IsSuccess: true }
                ? ManifestSet.Parse(rendered.StandardOutput, overlayDirectory)
                : throw new PipelineException($"{renderer.Program} cannot render {overlayDirectory}: {rendered?.StandardError.Trim()}", "Mend the overlay; 'kubectl kustomize' on it shows the same error.");
        }

        throw new PipelineException(
            tooOld.Count == 0
                ? "Neither kustomize nor kubectl is installed; one of them renders the manifests."
                : $"What renders the manifests is too old: {string.Join(" and ", tooOld)}, and {OldestMajor} is needed.",
            "Install kubectl 1.27 or newer (https://kubernetes.io/docs/tasks/tools) or kustomize 5.");
    }

    /// <summary>What it wrote, or null where the program is not installed.</summary>
    private static async Task<BufferedCommandResult?> RunAsync(string program, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        try
        {
            return await Cli.Wrap(program).WithArguments(arguments).WithValidation(CommandResultValidation.None).ExecuteBufferedAsync(cancellationToken);
        }
        catch (Win32Exception)
        {
            return null;
        }
    }

    /// <summary>Null where it does not tell: what a distribution built may say "unknown".</summary>
    private static int? MajorOf(string output) =>
        Version().Match(output) is { Success: true } match ? int.Parse(match.Groups["major"].Value, CultureInfo.InvariantCulture) : null;

    // "v5.5.0", before 5 "{Version:kustomize/v4.5.7 GitCommit:...}", of kubectl "kustomizeVersion": "v5.5.0"
    [GeneratedRegex("""(?:^|kustomize/|"kustomizeVersion":\s*")v(?<major>[0-9]+)\.""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Version();

    internal sealed record Renderer(string Program, IReadOnlyList<string> Version, string Verb);
}
