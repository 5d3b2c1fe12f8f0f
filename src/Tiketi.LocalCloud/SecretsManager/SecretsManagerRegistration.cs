using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Tiketi.LocalCloud.CloudFormation;
using Tiketi.LocalCloud.Hosting;

namespace Tiketi.LocalCloud.SecretsManager;

internal static class SecretsManagerRegistration
{
    public static IServiceCollection AddSecretsManager(this IServiceCollection services)
    {
        services.TryAddSingleton<SecretBox>();
        return services
            .AddSingleton<SecretStore>()
            .AddSingleton<IAwsService, SecretsManagerService>()
            .AddSingleton<IDynamicReferenceResolver, SecretReferenceResolver>()
            .AddSingleton<IResourceProvider, SecretProvider>()
            .AddSingleton<IResourceProvider, SecretAttachmentProvider>();
    }
}
