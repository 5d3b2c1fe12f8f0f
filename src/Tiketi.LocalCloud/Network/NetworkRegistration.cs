using Microsoft.Extensions.DependencyInjection;
using Tiketi.LocalCloud.CloudFormation.Records;
using Tiketi.LocalCloud.Hosting;

namespace Tiketi.LocalCloud.Network;

internal static class NetworkRegistration
{
    public static IServiceCollection AddNetwork(this IServiceCollection services) =>
        services.AddRecordedTypes(NetworkTypes.All).AddSingleton<IAwsService, Ec2Service>();
}
