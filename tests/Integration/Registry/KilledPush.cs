using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Docker.DotNet;
using Microsoft.Extensions.Logging.Abstractions;
using Tiketi.Pipeline.Images;
using Tiketi.Pipeline.Registry;

namespace Tiketi.Integration.Registry;

/// <summary>A push in a process of its own, so that it can be killed: this program, started with one variable set.</summary>
internal sealed record KilledPush(string Host, string Repository, BuiltImage Image, string Region)
{
    private const string Variable = "TIKETI_TEST_PUSH";

    [ModuleInitializer]
    internal static void PushIfAsked()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { } text)
        {
            JsonSerializer.Deserialize<KilledPush>(text)!.RunAsync().GetAwaiter().GetResult();
            Environment.Exit(0);
        }
    }

    public Process Start() => Process.Start(new ProcessStartInfo("dotnet", ["exec", typeof(KilledPush).Assembly.Location])
    {
        UseShellExecute = false,
        RedirectStandardError = true,
        RedirectStandardOutput = true,
        Environment = { [Variable] = JsonSerializer.Serialize(this) },
    })!;

    private async Task RunAsync()
    {
        using var http = new HttpClient();
        using var docker = new DockerClientBuilder().WithEndpoint(DockerConfig.Instance.GetEndpoint()).WithTimeout(Timeout.InfiniteTimeSpan).Build();
        using var aws = Cloud.ClientsAt(Host, Region);
        await new ImagePublisher(aws.Ecr, docker, http, TimeProvider.System, NullLogger.Instance).PublishAsync([new PublishRequest(Image, $"{Host}/{Repository}")], ["v1", "latest"]);
    }
}
