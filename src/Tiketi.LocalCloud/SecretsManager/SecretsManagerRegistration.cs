using Microsoft.Extensions.DependencyInjection;

namespace Tiketi.LocalCloud.SecretsManager;

internal static class SecretsManagerRegistration
{
    public static IServiceCollection AddSecretsManager(this IServiceCollection services) => services;
}
