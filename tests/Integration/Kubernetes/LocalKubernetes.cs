using System.Text.Json.Nodes;
using Amazon.CloudFormation;
using Amazon.CloudFormation.Model;
using Amazon.Runtime;
using k8s;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tiketi.LocalCloud.Hosting;
using Tiketi.Pipeline.Aws;
using Tiketi.Testing;

namespace Tiketi.Integration.Kubernetes;

/// <summary>
/// The local cloud's Kubernetes in this process, reached as an EKS cluster is: DescribeCluster, its CA, a signed token. Its
/// controllers are the real ones; the node is <see cref="SimulatedNode"/>, so that no engine is needed and pods fail on demand -
/// or, in <see cref="Containers.ContainerCluster"/>, the real one.
/// </summary>
public class LocalKubernetes : IAsyncLifetime
{
    private const string ClusterName = "tiketi-integration";

    /// <summary>With them comes a node, on the engine.</summary>
    private const string Nodes = """
        , "Nodes": {"Type": "AWS::EKS::Nodegroup", "Properties": {
          "ClusterName": {"Ref": "Cluster"}, "NodegroupName": "nodes", "NodeRole": "arn:aws:iam::000000000000:role/node", "Subnets": ["subnet-1"]}}
        """;

    private readonly DirectoryInfo _state = Directory.CreateTempSubdirectory("tiketi-kubernetes-");
    private readonly int[] _ports = FreePorts.Take(4);
    private WebApplication? _app;
    private AwsClients _aws = null!;
    private readonly string? _dockerHost;
    private int _namespaces;

    public LocalKubernetes()
    {
    }

    /// <param name="dockerHost">The engine on which pods run as containers.</param>
    protected LocalKubernetes(string dockerHost) => _dockerHost = dockerHost;

    /// <summary>The name by which the engine's containers and networks of this cloud are told from others'.</summary>
    protected string Identity => JsonNode.Parse(File.ReadAllText(Path.Combine(_state.FullName, "identity.json")))!["name"]!.GetValue<string>();

    /// <summary>Where the Ingress answers.</summary>
    public Uri Ingress => new($"http://127.0.0.1:{_ports[2]}");

    /// <summary>Stands between the client and the API while it is set: gets the request and what would handle it.</summary>
    public Func<HttpContext, Func<Task>, Task>? Fault { get; set; }

    public IKubernetes Client { get; private set; } = null!;

    public SimulatedNode Node { get; private set; } = null!;

    public string NewNamespace() => $"test-{Interlocked.Increment(ref _namespaces)}";

    public Task<IKubernetes> ConnectAsync(TimeProvider? time = null) => EksCluster.ConnectAsync(_aws.Eks, ClusterName, _aws.Settings, time);

    public virtual async ValueTask InitializeAsync()
    {
        _aws = new AwsClients(new AwsSettings { Region = "ap-northeast-2", EndpointUrl = new Uri($"http://127.0.0.1:{_ports[0]}"), Credentials = new BasicAWSCredentials("test", "test") });
        await StartAsync();
        await CreateClusterAsync();
        Client = await ConnectAsync();
        Node = _dockerHost is null ? new SimulatedNode(await ConnectAsync()) : null!;
    }

    /// <summary>The API server goes away and comes back with what it had stored.</summary>
    public async Task RestartAsync()
    {
        await StopAsync();
        await StartAsync();
    }

    public virtual async ValueTask DisposeAsync()
    {
        if (_dockerHost is null)
        {
            await Node.DisposeAsync();
        }

        Client.Dispose();
        await StopAsync();
        _aws.Dispose();
        _state.Delete(recursive: true);
    }

    private async Task CreateClusterAsync()
    {
        await _aws.CloudFormation.CreateChangeSetAsync(new CreateChangeSetRequest
        {
            StackName = "cluster",
            ChangeSetName = "create",
            ChangeSetType = ChangeSetType.CREATE,
            TemplateBody = """
                {"Resources": {"Cluster": {"Type": "AWS::EKS::Cluster", "Properties": {
                  "Name": "tiketi-integration", "RoleArn": "arn:aws:iam::000000000000:role/cluster", "ResourcesVpcConfig": {"SubnetIds": ["subnet-1"]}}}NODES}}
                """.Replace("NODES", _dockerHost is null ? "" : Nodes, StringComparison.Ordinal),
        });
        await UntilAsync("CREATE_COMPLETE", async () => (await _aws.CloudFormation.DescribeChangeSetAsync(new DescribeChangeSetRequest { StackName = "cluster", ChangeSetName = "create" })).Status.Value);
        await _aws.CloudFormation.ExecuteChangeSetAsync(new ExecuteChangeSetRequest { StackName = "cluster", ChangeSetName = "create" });
        await UntilAsync("CREATE_COMPLETE", async () => (await _aws.CloudFormation.DescribeStacksAsync(new DescribeStacksRequest { StackName = "cluster" })).Stacks[0].StackStatus.Value);
    }

    private static async Task UntilAsync(string wanted, Func<Task<string>> ask)
    {
        for (var attempt = 0; await ask() != wanted; attempt++)
        {
            attempt.Should().BeLessThan(200, "it becomes {0}", wanted);
            await Task.Delay(50);
        }
    }

    private async Task StartAsync()
    {
        var settings = new LocalCloudSettings
        {
            StateDirectory = _state.FullName,
            AwsPort = _ports[0],
            KubernetesPort = _ports[1],
            IngressPort = _ports[2],
            CdnPort = _ports[3],
            DockerHost = _dockerHost ?? "unix:///nowhere",
            PostgresImage = "none",
            RedisImage = "none",
        };
        _app = LocalCloudHost.Build(settings, services =>
        {
            services.AddSingleton<IStartupFilter>(new FaultFilter(this, settings.KubernetesPort));
            services.AddLogging(logging => logging.AddFilter("Yarp", LogLevel.Error)); // requests that fail are what some tests are about
            if (_dockerHost is not null)
            {
                return;
            }

            var kubelet = services.Single(service => service.ServiceType == typeof(IHostedService) && service.ImplementationFactory?.Method.ReturnType.Name == "KubeletService");
            services.Remove(kubelet);
            services.AddLogging(logging => logging.ClearProviders()); // it would complain of the engine that is not there
        });
        await _app.StartAsync();
    }

    private async Task StopAsync()
    {
        await _app!.StopAsync(new CancellationToken(canceled: true)); // open requests are cut off
        await _app.DisposeAsync();
    }

    private sealed class FaultFilter(LocalKubernetes owner, int port) : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use((context, handle) => owner.Fault is { } fault && context.Connection.LocalPort == port && !context.Request.Headers.ContainsKey(SimulatedNode.Header)
                ? fault(context, () => handle(context))
                : handle(context));
            next(app);
        };
    }
}

[CollectionDefinition(Name)]
public sealed class LocalKubernetesCollection : ICollectionFixture<LocalKubernetes>
{
    public const string Name = "local Kubernetes";
}
