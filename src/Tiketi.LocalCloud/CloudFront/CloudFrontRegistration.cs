using Microsoft.Extensions.DependencyInjection;
using Tiketi.LocalCloud.CloudFormation;
using Tiketi.LocalCloud.CloudFront.Api;
using Tiketi.LocalCloud.CloudFront.Edge;
using Tiketi.LocalCloud.CloudFront.Providers;
using Tiketi.LocalCloud.Hosting;

namespace Tiketi.LocalCloud.CloudFront;

internal static class CloudFrontRegistration
{
    public static IServiceCollection AddCloudFront(this IServiceCollection services) => services
        .AddSingleton<CloudFrontStore>()
        .AddSingleton<S3Origin>()
        .AddSingleton<EdgeFetcher>()
        .AddSingleton<EdgeServers>()
        .AddHostedService(provider => provider.GetRequiredService<EdgeServers>())
        .AddSingleton<DistributionManager>()
        .AddSingleton<IAwsService, CloudFrontService>()
        .AddSingleton<IResourceProvider, DistributionProvider>()
        .AddSingleton<IResourceProvider, OriginAccessControlProvider>()
        .AddSingleton<IResourceProvider, CachePolicyProvider>()
        .AddSingleton<IResourceProvider, ResponseHeadersPolicyProvider>()
        .AddSingleton<IResourceProvider, FunctionProvider>();
}
