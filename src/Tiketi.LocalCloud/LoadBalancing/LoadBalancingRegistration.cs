using Microsoft.Extensions.DependencyInjection;
using Tiketi.LocalCloud.Hosting;

namespace Tiketi.LocalCloud.LoadBalancing;

internal static class LoadBalancingRegistration
{
    public static IServiceCollection AddLoadBalancing(this IServiceCollection services) =>
        services.AddSingleton<BalancerView>().AddSingleton<IAwsService, LoadBalancingService>();
}
