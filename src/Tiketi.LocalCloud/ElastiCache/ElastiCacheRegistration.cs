using Microsoft.Extensions.DependencyInjection;

namespace Tiketi.LocalCloud.ElastiCache;

internal static class ElastiCacheRegistration
{
    public static IServiceCollection AddElastiCache(this IServiceCollection services) => services;
}
