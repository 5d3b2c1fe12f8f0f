using k8s;
using k8s.Exceptions;
using k8s.KubeConfigModels;

namespace Tiketi.Pipeline.Kubernetes;

/// <summary>A cluster that kubectl knows, instead of the environment's own.</summary>
public static class KubeContext
{
    /// <param name="context">A context of the kubeconfig, as <c>kubectl config get-contexts</c> lists them.</param>
    /// <param name="kubeconfig">What the variable KUBECONFIG says: files, separated as in PATH, of which the first that has the
    /// context is taken; null or empty for ~/.kube/config.</param>
    /// <exception cref="PipelineException">There is no such file or context, or its credentials cannot be used.</exception>
    public static IKubernetes Connect(string context, string? kubeconfig = null)
    {
        try
        {
            return new k8s.Kubernetes(string.IsNullOrEmpty(kubeconfig)
                ? KubernetesClientConfiguration.BuildConfigFromConfigFile(currentContext: context)
                : KubernetesClientConfiguration.BuildConfigFromConfigObject(Find(context, kubeconfig), context));
        }
        catch (Exception unusable) when (unusable is KubeConfigException or KubernetesException or IOException or ArgumentException)
        {
            throw new PipelineException($"The kubeconfig has no usable context '{context}': {unusable.Message}", "'kubectl config get-contexts' lists those that there are.", unusable);
        }
    }

    private static K8SConfiguration Find(string context, string kubeconfig) => kubeconfig.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Where(File.Exists)
        .Select(path => KubernetesClientConfiguration.LoadKubeConfig(new FileInfo(path)))
        .FirstOrDefault(file => file.Contexts?.Any(known => known.Name == context) == true)
        ?? throw new KubeConfigException($"none of the files that KUBECONFIG names ({kubeconfig}) has it");
}
