using Docker.DotNet;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Tiketi.LocalCloud.Hosting;

namespace Tiketi.LocalCloud.Containers;

internal static class ContainerRegistration
{
    /// <summary>The Docker client and what runs containers with it; calling it again changes nothing.</summary>
    public static IServiceCollection AddManagedContainers(this IServiceCollection services)
    {
        // No API version: the engine then speaks its own, whatever its age.
        services.TryAddSingleton<IDockerClient>(provider => new DockerClientBuilder()
            .WithEndpoint(new Uri(provider.GetRequiredService<LocalCloudSettings>().DockerHost))
            .WithTimeout(Timeout.InfiniteTimeSpan)
            .Build());
        services.TryAddSingleton<CloudIdentity>();
        services.TryAddSingleton<ContainerNetwork>();
        services.TryAddSingleton<ManagedContainers>();
        return services;
    }
}
