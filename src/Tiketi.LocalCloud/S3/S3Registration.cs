using Microsoft.Extensions.DependencyInjection;
using Tiketi.LocalCloud.CloudFormation;
using Tiketi.LocalCloud.Hosting;
using Tiketi.LocalCloud.S3.Operations;
using Tiketi.LocalCloud.S3.Storage;

namespace Tiketi.LocalCloud.S3;

internal static class S3Registration
{
    public static IServiceCollection AddS3(this IServiceCollection services) => services
        .AddSingleton<S3Store>()
        .AddSingleton<S3Authorizer>()
        .AddSingleton<BucketOperations>()
        .AddSingleton<ConfigurationOperations>()
        .AddSingleton<ListOperations>()
        .AddSingleton<ReadOperations>()
        .AddSingleton<WriteOperations>()
        .AddSingleton<DeleteOperations>()
        .AddSingleton<MultipartOperations>()
        .AddSingleton<IAwsService, S3Service>()
        .AddSingleton<IResourceProvider, BucketProvider>()
        .AddSingleton<IResourceProvider, BucketPolicyProvider>();
}
