using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Tiketi.LocalCloud.CloudFormation;
using Tiketi.LocalCloud.CloudFormation.Stacks;
using Tiketi.LocalCloud.Hosting;
using Tiketi.LocalCloud.Query;
using Tiketi.LocalCloud.Tests.S3;

namespace Tiketi.LocalCloud.Tests.CloudFormation;

/// <summary>A local cloud on free ports, with resource types of the test's own.</summary>
internal sealed class TestCloud : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly DirectoryInfo _state = Directory.CreateTempSubdirectory("cfn-test-");
    private readonly Action<IServiceCollection> _configure;
    private WebApplication? _app;

    private TestCloud(Action<IServiceCollection> configure, string postgresImage, string redisImage, string? dockerHost)
    {
        _configure = configure;
        var ports = FreePorts.Take(4);
        Settings = new LocalCloudSettings
        {
            StateDirectory = _state.FullName,
            AwsPort = ports[0],
            KubernetesPort = ports[1],
            IngressPort = ports[2],
            CdnPort = ports[3],
            DockerHost = dockerHost ?? Environment.GetEnvironmentVariable("DOCKER_HOST") ?? "unix:///var/run/docker.sock",
            PostgresImage = postgresImage,
            RedisImage = redisImage,
        };
    }

    public LocalCloudSettings Settings { get; }

    public FakeProvider Fake { get; } = new("Test::Fake::Thing");

    public IServiceProvider Services => _app!.Services;

    public StackEngine Engine => Services.GetRequiredService<StackEngine>();

    public ChangeSets ChangeSets => Services.GetRequiredService<ChangeSets>();

    public RegionalStacks Stacks => Engine.Services.StacksIn(Settings.Region);

    public static async Task<TestCloud> StartAsync(Action<IServiceCollection>? configure = null, string postgresImage = "none", string redisImage = "none", string? dockerHost = null)
    {
        var cloud = new TestCloud(configure ?? (_ => { }), postgresImage, redisImage, dockerHost);
        await cloud.RunAsync();
        return cloud;
    }

    public async Task RestartAsync()
    {
        await StopAsync();
        await RunAsync();
    }

    /// <summary>The AWS CLI, pointed at this cloud and at nothing else.</summary>
    public Task<Outcome> AwsAsync(params string[] arguments) => Command.RunAsync("aws", arguments, new Dictionary<string, string?>(StringComparer.Ordinal)
    {
        ["AWS_ENDPOINT_URL"] = $"http://127.0.0.1:{Settings.AwsPort}",
        ["AWS_ACCESS_KEY_ID"] = "test",
        ["AWS_SECRET_ACCESS_KEY"] = "test",
        ["AWS_DEFAULT_REGION"] = Settings.Region,
        ["AWS_REGION"] = Settings.Region,
        ["AWS_EC2_METADATA_DISABLED"] = "true",
        ["AWS_PAGER"] = "",
        ["AWS_DEFAULT_OUTPUT"] = "json",
    });

    /// <summary>What the AWS CLI printed, as JSON.</summary>
    public async Task<JsonNode> AwsJsonAsync(params string[] arguments) => JsonNode.Parse((await AwsAsync(arguments)).Ok())!;

    public async Task<StackRecord> CreateAsync(string name, string template, params (string Key, string Value)[] parameters)
    {
        Engine.Create(Request(name, template, parameters));
        return await RestAsync(name);
    }

    public async Task<StackRecord> UpdateAsync(string name, string template, params (string Key, string Value)[] parameters)
    {
        Engine.Update(Request(name, template, parameters));
        return await RestAsync(name);
    }

    public async Task<StackRecord> DeleteAsync(string name, params string[] retain)
    {
        var stack = Stacks.Get(name);
        Engine.Delete(stack, retain, clientRequestToken: null);
        return await RestAsync(stack);
    }

    public ChangeSetRecord Plan(string name, string template, params (string Key, string Value)[] parameters) =>
        ChangeSets.Create(Request(name, template, parameters), "plan-" + Guid.NewGuid().ToString("N"), Stacks.Find(name) is null ? "CREATE" : "UPDATE", description: null).ChangeSet;

    public static StackRequest Request(string name, string template, params (string Key, string Value)[] parameters) => new()
    {
        StackName = name,
        TemplateBody = template,
        Parameters = [.. parameters.Select(parameter => new GivenParameter(parameter.Key, parameter.Value, UsePreviousValue: false))],
        Capabilities = ["CAPABILITY_NAMED_IAM"],
    };

    /// <summary>The message of a refused call.</summary>
    public static string Refusal(Action call) => ((Action)(() => call())).Should().Throw<QueryException>().Which.Message;

    /// <summary>Waits until the stack is at rest.</summary>
    public Task<StackRecord> RestAsync(string name) => RestAsync(Stacks.Get(name));

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _state.Delete(recursive: true);
    }

    public static async Task<StackRecord> RestAsync(StackRecord stack)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (StackStatus.IsInProgress(stack.Status))
        {
            await Task.Delay(10, patience.Token);
        }

        return stack;
    }

    private async Task RunAsync()
    {
        _app = LocalCloudHost.Build(Settings, services =>
        {
            services.AddSingleton<IResourceProvider>(Fake);
            _configure(services);
        });
        await _app.StartAsync();
    }

    private async Task StopAsync()
    {
        await _app!.StopAsync();
        await _app.DisposeAsync();
    }
}
