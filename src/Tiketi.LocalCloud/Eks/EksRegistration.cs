using Microsoft.Extensions.DependencyInjection;

namespace Tiketi.LocalCloud.Eks;

internal static class EksRegistration
{
    public static IServiceCollection AddEks(this IServiceCollection services) => services;
}
