using Microsoft.Extensions.DependencyInjection;

namespace Tiketi.LocalCloud.CloudFront;

internal static class CloudFrontRegistration
{
    public static IServiceCollection AddCloudFront(this IServiceCollection services) => services;
}
