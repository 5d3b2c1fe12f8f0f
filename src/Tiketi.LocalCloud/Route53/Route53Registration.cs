using Microsoft.Extensions.DependencyInjection;
using Tiketi.LocalCloud.CloudFormation;
using Tiketi.LocalCloud.CloudFormation.Records;

namespace Tiketi.LocalCloud.Route53;

internal static class Route53Registration
{
    public static IServiceCollection AddRoute53(this IServiceCollection services) =>
        services.AddRecordedTypes(Route53Types.All).AddSingleton<IResourceProvider, RecordSetProvider>();
}
