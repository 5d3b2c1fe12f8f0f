using Microsoft.Extensions.DependencyInjection;
using Tiketi.LocalCloud.CloudFormation.Records;
using Tiketi.LocalCloud.Hosting;

namespace Tiketi.LocalCloud.Iam;

internal static class IamRegistration
{
    public static IServiceCollection AddIam(this IServiceCollection services) =>
        services.AddRecordedTypes(IamTypes.All).AddSingleton<IAwsService, IamService>();
}
