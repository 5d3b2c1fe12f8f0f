using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Tiketi.LocalCloud.Hosting;

namespace Tiketi.LocalCloud.CloudFormation.Records;

internal static class RecordRegistration
{
    /// <summary>Registers a provider for each of the types.</summary>
    public static IServiceCollection AddRecordedTypes(this IServiceCollection services, Func<LocalCloudSettings, IEnumerable<RecordedType>> types)
    {
        services.TryAddSingleton<RecordStore>();
        var names = types(new LocalCloudSettings { StateDirectory = "", DockerHost = "", PostgresImage = "", RedisImage = "" }).Select(type => type.ResourceType);
        foreach (var name in names)
        {
            services.AddSingleton<IResourceProvider>(provider => new RecordedProvider(
                types(provider.GetRequiredService<LocalCloudSettings>()).Single(type => type.ResourceType == name),
                provider.GetRequiredService<RecordStore>()));
        }

        return services;
    }
}
