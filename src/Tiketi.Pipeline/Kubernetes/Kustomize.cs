using System.ComponentModel;
using CliWrap;
using CliWrap.Buffered;
using Microsoft.Extensions.Logging;

namespace Tiketi.Pipeline.Kubernetes;

/// <summary>Renders an overlay with the kustomize that is installed: the binary itself, or the one inside kubectl.</summary>
public sealed class Kustomize(ILogger<Kustomize> log)
{
    private static readonly (string Program, string Verb)[] Renderers = [("kustomize", "build"), ("kubectl", "kustomize")];

    /// <param name="overlayDirectory">A folder with a kustomization.yaml, such as k8s/overlays/local.</param>
    /// <param name="cancellationToken">Ends the renderer too.</param>
    /// <exception cref="PipelineException">No renderer is installed, the overlay does not exist, or kustomize refuses it.</exception>
    public async Task<ManifestSet> RenderAsync(string overlayDirectory, CancellationToken cancellationToken = default)
    {
        if (!Directory.Exists(overlayDirectory))
        {
            throw new PipelineException($"There is no overlay '{overlayDirectory}'.", "Add it beside the other overlays, or name one of those as 'overlay' in the environment's file.");
        }

        foreach (var (program, verb) in Renderers)
        {
            if (await RunAsync(program, verb, overlayDirectory, cancellationToken) is { } yaml)
            {
                log.LogDebug("Rendered {Overlay} with {Program}", overlayDirectory, program);
                return ManifestSet.Parse(yaml, overlayDirectory);
            }
        }

        throw new PipelineException(
            "Neither kustomize nor kubectl is installed; one of them renders the manifests.",
            "Install kubectl 1.27 or newer (https://kubernetes.io/docs/tasks/tools) or kustomize 5.");
    }

    /// <summary>The output, or null where the program is not installed.</summary>
    private static async Task<string?> RunAsync(string program, string verb, string directory, CancellationToken cancellationToken)
    {
        try
        {
            var result = await Cli.Wrap(program).WithArguments([verb, directory]).WithValidation(CommandResultValidation.None).ExecuteBufferedAsync(cancellationToken);
            return result.IsSuccess
                ? result.StandardOutput
                : throw new PipelineException($"{program} cannot render {directory}: {result.StandardError.Trim()}", "Mend the overlay; 'kubectl kustomize' on it shows the same error.");
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
