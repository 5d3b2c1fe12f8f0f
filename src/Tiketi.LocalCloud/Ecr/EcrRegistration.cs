using Microsoft.Extensions.DependencyInjection;
using Tiketi.LocalCloud.CloudFormation;
using Tiketi.LocalCloud.Ecr.Api;
using Tiketi.LocalCloud.Ecr.Registry;
using Tiketi.LocalCloud.Ecr.Scanning;
using Tiketi.LocalCloud.Ecr.Storage;
using Tiketi.LocalCloud.Hosting;

namespace Tiketi.LocalCloud.Ecr;

internal static class EcrRegistration
{
    public static IServiceCollection AddEcr(this IServiceCollection services) => services
        .AddSingleton<EcrAddress>()
        .AddSingleton<EcrTokens>()
        .AddSingleton<BlobStore>()
        .AddSingleton<RepositoryStore>()
        .AddSingleton<RepositoryOperations>()
        .AddSingleton<ImageOperations>()
        .AddSingleton<OsvDatabase>()
        .AddSingleton<PackageList>()
        .AddSingleton<ImageScanner>()
        .AddSingleton<ScanOperations>()
        .AddSingleton<IAwsService, EcrService>()
        .AddSingleton<UploadSessions>()
        .AddSingleton<BlobEndpoints>()
        .AddSingleton<UploadEndpoints>()
        .AddSingleton<ManifestEndpoints>()
        .AddSingleton<IContainerRegistry, ContainerRegistry>()
        .AddSingleton<IResourceProvider, RepositoryProvider>();
}
