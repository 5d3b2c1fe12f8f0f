using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Tiketi.LocalCloud.Acm;
using Tiketi.LocalCloud.CloudFormation;
using Tiketi.LocalCloud.CloudFormation.Records;
using Tiketi.LocalCloud.CloudFront;
using Tiketi.LocalCloud.CloudWatch;
using Tiketi.LocalCloud.Ecr;
using Tiketi.LocalCloud.Eks;
using Tiketi.LocalCloud.ElastiCache;
using Tiketi.LocalCloud.Iam;
using Tiketi.LocalCloud.Kms;
using Tiketi.LocalCloud.Kubernetes;
using Tiketi.LocalCloud.LoadBalancing;
using Tiketi.LocalCloud.Network;
using Tiketi.LocalCloud.PodIdentity;
using Tiketi.LocalCloud.Rds;
using Tiketi.LocalCloud.Route53;
using Tiketi.LocalCloud.S3;
using Tiketi.LocalCloud.SecretsManager;
using Tiketi.LocalCloud.Sns;
using Tiketi.LocalCloud.Sts;
using Tiketi.LocalCloud.Waf;

namespace Tiketi.LocalCloud.Hosting;

/// <summary>Puts the emulated services together into one process.</summary>
public static class LocalCloudHost
{
    public static WebApplication Build(LocalCloudSettings settings, Action<IServiceCollection>? configure = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning).AddFilter("Tiketi", LogLevel.Information);
        builder.Services.AddRouting();
        builder.Services.AddHttpForwarder();
        builder.Services.AddSingleton(settings);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<StateStore>();
        builder.Services.AddSingleton<RequestLog>();
        builder.Services.AddSingleton<IListener, AwsListener>();
        builder.Services
            .AddCloudFormation().AddS3().AddEcr().AddCloudFront().AddEks().AddPodIdentity().AddKubernetes()
            .AddSts().AddSecretsManager().AddRds().AddElastiCache().AddNetwork().AddLoadBalancing().AddIam()
            .AddRecordedTypes(AcmTypes.All).AddRecordedTypes(WafTypes.All).AddRecordedTypes(SnsTypes.All).AddRecordedTypes(CloudWatchTypes.All).AddRecordedTypes(KmsTypes.All)
            .AddSingleton<IAwsService, AcmService>().AddSingleton<IAwsService, CloudWatchService>()
            .AddRoute53();
        configure?.Invoke(builder.Services);
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel((_, kestrel) =>
        {
            kestrel.Limits.MaxRequestBodySize = null; // image layers and objects are as large as they are
            foreach (var listener in kestrel.ApplicationServices.GetServices<IListener>())
            {
                kestrel.ListenLocalhost(listener.Port, options => Configure(options, listener));
            }
        });

        var app = builder.Build();
        var listeners = app.Services.GetServices<IListener>().ToDictionary(listener => listener.Port);
        app.Run(context => listeners[context.Connection.LocalPort].HandleAsync(context));
        return app;
    }

    private static void Configure(ListenOptions options, IListener listener)
    {
        if (listener.Certificate is { } certificate)
        {
            options.UseHttps(certificate);
        }
        else
        {
            options.Protocols = HttpProtocols.Http1;
        }
    }
}
