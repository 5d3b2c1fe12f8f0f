using Microsoft.Extensions.DependencyInjection;
using Tiketi.LocalCloud.CloudFormation;
using Tiketi.LocalCloud.Hosting;

namespace Tiketi.LocalCloud.Eks;

internal static class EksRegistration
{
    public static IServiceCollection AddEks(this IServiceCollection services) => services
        .AddSingleton<EksClusters>()
        .AddSingleton<IAwsService, EksService>()
        .AddSingleton<IResourceProvider, ClusterProvider>()
        .AddSingleton<IResourceProvider, NodeGroupProvider>()
        .AddSingleton<IResourceProvider, AddonProvider>()
        .AddSingleton<IResourceProvider, AccessEntryProvider>()
        .AddSingleton<IResourceProvider, PodIdentityProvider>();
}
