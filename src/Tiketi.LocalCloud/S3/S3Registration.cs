using Microsoft.Extensions.DependencyInjection;

namespace Tiketi.LocalCloud.S3;

internal static class S3Registration
{
    public static IServiceCollection AddS3(this IServiceCollection services) => services;
}
