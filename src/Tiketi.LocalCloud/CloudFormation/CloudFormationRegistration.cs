using Microsoft.Extensions.DependencyInjection;

namespace Tiketi.LocalCloud.CloudFormation;

internal static class CloudFormationRegistration
{
    public static IServiceCollection AddCloudFormation(this IServiceCollection services) => services;
}
