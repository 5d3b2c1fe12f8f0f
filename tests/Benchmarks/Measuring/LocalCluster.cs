using System.Text.Json;
using Amazon.CloudFormation;
using Amazon.CloudFormation.Model;
using Amazon.EKS.Model;
using Amazon.Runtime;
using k8s;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Tiketi.LocalCloud.Hosting;
using Tiketi.Pipeline.Aws;
using Tiketi.Testing;

namespace Tiketi.Benchmarks.Measuring;

/// <summary>The local cloud's Kubernetes without an engine: objects and controllers, but no pods.</summary>
internal sealed class LocalCluster : IAsyncDisposable
{
    private const string Name = "benchmark";
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tiketi-benchmark-");
    private readonly int[] _ports = FreePorts.Take(4);
    private readonly WebApplication _app;
    private readonly AwsClients _aws;

    private LocalCluster()
    {
        _aws = new AwsClients(new AwsSettings { Region = "ap-northeast-2", EndpointUrl = new Uri($"http://127.0.0.1:{_ports[0]}"), Credentials = new BasicAWSCredentials("test", "test") });
        var settings = new LocalCloudSettings
        {
            StateDirectory = _folder.FullName,
            AwsPort = _ports[0],
            KubernetesPort = _ports[1],
            IngressPort = _ports[2],
            CdnPort = _ports[3],
            DockerHost = "unix:///nowhere",
            PostgresImage = "none",
            RedisImage = "none",
        };
        _app = LocalCloudHost.Build(settings, services => services.AddLogging(logging => logging.ClearProviders()));
    }

    /// <summary>For kubectl.</summary>
    public string Kubeconfig => Path.Combine(_folder.FullName, "kubeconfig");

    public string Folder => _folder.FullName;

    public static async Task<LocalCluster> StartAsync(CancellationToken cancellationToken)
    {
        var cluster = new LocalCluster();
        await cluster._app.StartAsync(cancellationToken);
        await cluster.CreateAsync(cancellationToken);
        return cluster;
    }

    /// <summary>A client of its own, as every run has.</summary>
    public Task<IKubernetes> ConnectAsync(CancellationToken cancellationToken) => EksCluster.ConnectAsync(_aws.Eks, Name, _aws.Settings, cancellationToken: cancellationToken);

    public async ValueTask DisposeAsync()
    {
        _aws.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private async Task CreateAsync(CancellationToken cancellationToken)
    {
        await _aws.CloudFormation.CreateChangeSetAsync(
            new CreateChangeSetRequest
            {
                StackName = Name,
                ChangeSetName = "create",
                ChangeSetType = ChangeSetType.CREATE,
                TemplateBody = """
                    {"Resources": {"Cluster": {"Type": "AWS::EKS::Cluster", "Properties": {
                      "Name": "benchmark", "RoleArn": "arn:aws:iam::000000000000:role/cluster", "ResourcesVpcConfig": {"SubnetIds": ["subnet-1"]}}}}}
                    """,
            },
            cancellationToken);
        await UntilCreatedAsync(async () => (await _aws.CloudFormation.DescribeChangeSetAsync(new DescribeChangeSetRequest { StackName = Name, ChangeSetName = "create" }, cancellationToken)).Status.Value);
        await _aws.CloudFormation.ExecuteChangeSetAsync(new ExecuteChangeSetRequest { StackName = Name, ChangeSetName = "create" }, cancellationToken);
        await UntilCreatedAsync(async () => (await _aws.CloudFormation.DescribeStacksAsync(new DescribeStacksRequest { StackName = Name }, cancellationToken)).Stacks[0].StackStatus.Value);

        var described = (await _aws.Eks.DescribeClusterAsync(new DescribeClusterRequest { Name = Name }, cancellationToken)).Cluster;
        var token = EksToken.Create(new ImmutableCredentials("test", "test", token: null), _aws.Settings.Region, Name, DateTimeOffset.UtcNow);
        await File.WriteAllTextAsync(
            Kubeconfig,
            JsonSerializer.Serialize(new Dictionary<string, object>(StringComparer.Ordinal)
            {
                ["apiVersion"] = "v1",
                ["kind"] = "Config",
                ["current-context"] = Name,
                ["clusters"] = new[] { new Dictionary<string, object>(StringComparer.Ordinal) { ["name"] = Name, ["cluster"] = new Dictionary<string, string>(StringComparer.Ordinal) { ["server"] = described.Endpoint, ["certificate-authority-data"] = described.CertificateAuthority.Data } } },
                ["users"] = new[] { new { name = Name, user = new { token = token.Value } } },
                ["contexts"] = new[] { new { name = Name, context = new { cluster = Name, user = Name } } },
            }),
            cancellationToken);
    }

    private static async Task UntilCreatedAsync(Func<Task<string>> status)
    {
        for (var attempt = 0; await status() != "CREATE_COMPLETE"; attempt++)
        {
            if (attempt == 200)
            {
                throw new NotMeasuredException("The local cloud's cluster does not come up.");
            }

            await Task.Delay(50);
        }
    }
}
