using Microsoft.Extensions.DependencyInjection;

namespace Tiketi.LocalCloud.Ecr;

internal static class EcrRegistration
{
    public static IServiceCollection AddEcr(this IServiceCollection services) => services;
}
