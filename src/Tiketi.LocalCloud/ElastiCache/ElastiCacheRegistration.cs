using Microsoft.Extensions.DependencyInjection;
using Tiketi.LocalCloud.CloudFormation;
using Tiketi.LocalCloud.CloudFormation.Records;
using Tiketi.LocalCloud.Containers;
using Tiketi.LocalCloud.Hosting;

namespace Tiketi.LocalCloud.ElastiCache;

internal static class ElastiCacheRegistration
{
    public static IServiceCollection AddElastiCache(this IServiceCollection services) => services
        .AddManagedContainers()
        .AddSingleton<CacheStore>()
        .AddSingleton<CacheServers>()
        .AddSingleton<IResourceProvider, CacheProvider>()
        .AddRecordedTypes(CacheTypes.All)
        .AddSingleton<IAwsService, ElastiCacheService>()
        .AddHostedService<CacheStarter>();
}
