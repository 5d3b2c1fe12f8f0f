using Microsoft.Extensions.DependencyInjection;

namespace Tiketi.LocalCloud.Rds;

internal static class RdsRegistration
{
    public static IServiceCollection AddRds(this IServiceCollection services) => services;
}
