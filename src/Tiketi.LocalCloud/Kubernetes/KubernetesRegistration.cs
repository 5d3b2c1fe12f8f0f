using Microsoft.Extensions.DependencyInjection;

namespace Tiketi.LocalCloud.Kubernetes;

internal static class KubernetesRegistration
{
    public static IServiceCollection AddKubernetes(this IServiceCollection services) => services;
}
