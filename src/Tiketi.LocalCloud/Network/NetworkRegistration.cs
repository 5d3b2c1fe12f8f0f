using Microsoft.Extensions.DependencyInjection;

namespace Tiketi.LocalCloud.Network;

internal static class NetworkRegistration
{
    public static IServiceCollection AddNetwork(this IServiceCollection services) => services;
}
