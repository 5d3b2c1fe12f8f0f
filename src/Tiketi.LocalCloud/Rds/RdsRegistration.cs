using Microsoft.Extensions.DependencyInjection;
using Tiketi.LocalCloud.CloudFormation;
using Tiketi.LocalCloud.CloudFormation.Records;
using Tiketi.LocalCloud.Containers;
using Tiketi.LocalCloud.Hosting;
using Tiketi.LocalCloud.SecretsManager;

namespace Tiketi.LocalCloud.Rds;

internal static class RdsRegistration
{
    public static IServiceCollection AddRds(this IServiceCollection services) => services
        .AddManagedContainers()
        .AddSingleton<DatabaseStore>()
        .AddSingleton<DatabaseServers>()
        .AddSingleton<DatabaseProvider>()
        .AddSingleton<IResourceProvider>(provider => provider.GetRequiredService<DatabaseProvider>())
        .AddSingleton<ISecretTarget>(provider => provider.GetRequiredService<DatabaseProvider>())
        .AddRecordedTypes(DatabaseTypes.All)
        .AddSingleton<IAwsService, RdsService>()
        .AddHostedService<DatabaseStarter>();
}
