using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Tiketi.LocalCloud.Hosting;

namespace Tiketi.LocalCloud.Lifecycle;

/// <summary>`serve`: the local cloud itself, until SIGTERM or Ctrl-C.</summary>
internal static class ServeCommand
{
    public static async Task<int> RunAsync(CommandLine line)
    {
        var defaults = new LocalCloudSettings { StateDirectory = "", DockerHost = "", PostgresImage = "", RedisImage = "" };
        var settings = new LocalCloudSettings
        {
            StateDirectory = line.StateDirectory,
            DockerHost = line.Required("docker-host"),
            PostgresImage = line.Required("postgres-image"),
            RedisImage = line.Required("redis-image"),
            AwsPort = line.Port("aws-port") ?? defaults.AwsPort,
            KubernetesPort = line.Port("kubernetes-port") ?? defaults.KubernetesPort,
            IngressPort = line.Port("ingress-port") ?? defaults.IngressPort,
            CdnPort = line.Port("cdn-port") ?? defaults.CdnPort,
        };
        var record = new ServeRecord(
            Environment.ProcessId,
            Posix.StartStamp(Environment.ProcessId),
            ServeRecord.CurrentBuild,
            TimeProvider.System.GetUtcNow(),
            settings.AwsPort,
            settings.KubernetesPort,
            settings.IngressPort,
            settings.CdnPort,
            settings.DockerHost,
            line.Required("node-image"),
            settings.PostgresImage,
            settings.RedisImage);

        Posix.LeaveTerminal();
        await using var app = LocalCloudHost.Build(settings);
        app.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStarted.Register(() => record.Save(settings.StateDirectory));
        await app.RunAsync();
        return 0;
    }

    /// <summary>The arguments that make a `serve` for these settings; <see cref="StateDirectoryOf"/> reads one back.</summary>
    public static IEnumerable<string> Arguments(LocalCloudSettings settings, string nodeImage) =>
    [
        "serve",
        "--docker-host", settings.DockerHost,
        "--node-image", nodeImage,
        "--postgres-image", settings.PostgresImage,
        "--redis-image", settings.RedisImage,
        "--aws-port", settings.AwsPort.ToString(),
        "--kubernetes-port", settings.KubernetesPort.ToString(),
        "--ingress-port", settings.IngressPort.ToString(),
        "--cdn-port", settings.CdnPort.ToString(),
        "--state", settings.StateDirectory, // last: the rest of a command line is the directory, spaces and all
    ];

    /// <summary>The state directory in a `serve` command line as /proc shows it; null when it is none.</summary>
    public static string? StateDirectoryOf(string commandLine)
        => commandLine.Contains(" serve ", StringComparison.Ordinal) && commandLine.IndexOf("--state ", StringComparison.Ordinal) is >= 0 and var start
            ? commandLine[(start + "--state ".Length)..]
            : null;
}
