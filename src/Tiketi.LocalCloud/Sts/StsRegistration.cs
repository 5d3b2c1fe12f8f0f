using Microsoft.Extensions.DependencyInjection;
using Tiketi.LocalCloud.Hosting;

namespace Tiketi.LocalCloud.Sts;

internal static class StsRegistration
{
    public static IServiceCollection AddSts(this IServiceCollection services) => services.AddSingleton<StsSessions>().AddSingleton<IAwsService, StsService>();
}
