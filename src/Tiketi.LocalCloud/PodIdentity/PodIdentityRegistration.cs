using Microsoft.Extensions.DependencyInjection;

namespace Tiketi.LocalCloud.PodIdentity;

internal static class PodIdentityRegistration
{
    public static IServiceCollection AddPodIdentity(this IServiceCollection services) => services
        .AddSingleton<PodIdentityAssociations>()
        .AddSingleton<PodIdentityWebhook>()
        .AddSingleton<ServiceAccountTokens>()
        .AddSingleton<PodIdentityAgent>()
        .AddSingleton<PodGateway>();
}
