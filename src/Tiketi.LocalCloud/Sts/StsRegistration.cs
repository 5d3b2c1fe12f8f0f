using Microsoft.Extensions.DependencyInjection;

namespace Tiketi.LocalCloud.Sts;

internal static class StsRegistration
{
    public static IServiceCollection AddSts(this IServiceCollection services) => services;
}
