using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Tiketi.LocalCloud.CloudFormation.Api;
using Tiketi.LocalCloud.CloudFormation.Drift;
using Tiketi.LocalCloud.CloudFormation.Records;
using Tiketi.LocalCloud.CloudFormation.Stacks;
using Tiketi.LocalCloud.Hosting;
using Tiketi.LocalCloud.SecretsManager;

namespace Tiketi.LocalCloud.CloudFormation;

internal static class CloudFormationRegistration
{
    public static IServiceCollection AddCloudFormation(this IServiceCollection services)
    {
        services.TryAddSingleton<SecretBox>();
        services.AddSingleton<StackRepository>();
        services.AddSingleton<ProviderCatalog>();
        services.AddSingleton<DynamicReferences>();
        services.AddSingleton<StackServices>();
        services.AddSingleton<StackEngine>();
        services.AddHostedService(provider => provider.GetRequiredService<StackEngine>());
        services.AddSingleton<ChangeSets>();
        services.AddSingleton<DriftDetector>();
        services.AddSingleton<DriftActions>();
        services.AddSingleton(_ => new StackRequests(new HttpClient()));
        services.AddSingleton<IAwsService, CloudFormationService>();
        services.AddSingleton<IResourceProvider, NestedStackProvider>();
        services.AddRecordedTypes(PlainTypes.All);
        return services;
    }
}
