using k8s;
using k8s.Exceptions;

namespace Tiketi.Pipeline.Kubernetes;

/// <summary>A cluster that kubectl knows, instead of the environment's own.</summary>
public static class KubeContext
{
    /// <param name="context">A context of the kubeconfig, as <c>kubectl config get-contexts</c> lists them.</param>
    /// <param name="kubeconfig">The file; null for where kubectl looks (KUBECONFIG, ~/.kube/config).</param>
    /// <exception cref="PipelineException">There is no such file or context, or its credentials cannot be used.</exception>
    public static IKubernetes Connect(string context, string? kubeconfig = null)
    {
        try
        {
            return new k8s.Kubernetes(KubernetesClientConfiguration.BuildConfigFromConfigFile(kubeconfig, context));
        }
        catch (Exception unusable) when (unusable is KubeConfigException or KubernetesException or IOException)
        {
            throw new PipelineException($"The kubeconfig has no usable context '{context}': {unusable.Message}", "'kubectl config get-contexts' lists those that there are.", unusable);
        }
    }
}
