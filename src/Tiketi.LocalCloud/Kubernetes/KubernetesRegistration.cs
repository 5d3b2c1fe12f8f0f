using Microsoft.Extensions.DependencyInjection;
using Tiketi.LocalCloud.Containers;
using Tiketi.LocalCloud.Eks;
using Tiketi.LocalCloud.Hosting;
using Tiketi.LocalCloud.Kubernetes.Api;
using Tiketi.LocalCloud.Kubernetes.Controllers;
using Tiketi.LocalCloud.Kubernetes.Ingress;
using Tiketi.LocalCloud.Kubernetes.Kubelet;
using Tiketi.LocalCloud.Kubernetes.Resources;
using Tiketi.LocalCloud.Kubernetes.Security;
using Tiketi.LocalCloud.Kubernetes.Storage;

namespace Tiketi.LocalCloud.Kubernetes;

internal static class KubernetesRegistration
{
    public static IServiceCollection AddKubernetes(this IServiceCollection services)
    {
        return services.AddManagedContainers().AddStorage().AddApi().AddControllers().AddKubelet()
            .AddSingleton<RouteTable>()
            .AddSingleton<TargetGroups>()
            .AddSingleton<IListener, IngressListener>()
            .AddSingleton<IClusterHost, ClusterHost>();
    }

    private static IServiceCollection AddStorage(this IServiceCollection services) => services
        .AddSingleton<ResourceRegistry>()
        .AddSingleton<ObjectStore>()
        .AddSingleton<ClusterObjects>()
        .AddSingleton<Deletion>()
        .AddSingleton<EventRecorder>();

    private static IServiceCollection AddApi(this IServiceCollection services) => services
        .AddSingleton<ClusterCertificates>()
        .AddSingleton<TokenAuthenticator>()
        .AddSingleton<Discovery>()
        .AddSingleton<OpenApi>()
        .AddSingleton<TableRenderer>()
        .AddSingleton<ReadHandler>()
        .AddSingleton<WatchHandler>()
        .AddSingleton<WriteHandler>()
        .AddSingleton<ScaleHandler>()
        .AddSingleton<PodEndpoints>()
        .AddSingleton<IListener, KubernetesListener>();

    private static IServiceCollection AddControllers(this IServiceCollection services) => services
        .AddSingleton<Controller, DeploymentController>()
        .AddSingleton<Controller, ReplicaSetController>()
        .AddSingleton<Controller, StatefulSetController>()
        .AddSingleton<Controller, DaemonSetController>()
        .AddSingleton<Controller, JobController>()
        .AddSingleton<Controller, CronJobController>()
        .AddSingleton<Controller, EndpointsController>()
        .AddSingleton<Controller, NamespaceController>()
        .AddSingleton<Controller, SchedulerController>()
        .AddSingleton<Controller, DisruptionBudgetController>()
        .AddSingleton<Controller, AutoscalerController>()
        .AddSingleton<Controller, VolumeClaimController>()
        .AddSingleton<Controller, ResourceQuotaController>()
        .AddSingleton<Controller, IngressController>()
        .AddSingleton<GarbageCollector>()
        .AddHostedService<ClusterBootstrap>()
        .AddHostedService<ControllerHost>()
        .AddHostedService<GarbageCollector>(provider => provider.GetRequiredService<GarbageCollector>());

    private static IServiceCollection AddKubelet(this IServiceCollection services) => services
        .AddSingleton<ContainerRuntime>()
        .AddSingleton<ImagePuller>()
        .AddSingleton<ContainerSpec>()
        .AddSingleton<EnvironmentResolver>()
        .AddSingleton<VolumeManager>()
        .AddSingleton<Handlers>()
        .AddSingleton<PodStatusBuilder>()
        .AddSingleton<ServiceNames>()
        .AddSingleton<TerminationLogs>()
        .AddSingleton<NodeStatus>()
        .AddSingleton<PodServices>()
        .AddSingleton<KubeletService>()
        .AddSingleton<IStartupProgress>(provider => provider.GetRequiredService<KubeletService>())
        .AddHostedService(provider => provider.GetRequiredService<KubeletService>());
}
