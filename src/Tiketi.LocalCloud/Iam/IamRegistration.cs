using Microsoft.Extensions.DependencyInjection;

namespace Tiketi.LocalCloud.Iam;

internal static class IamRegistration
{
    public static IServiceCollection AddIam(this IServiceCollection services) => services;
}
