using System.Diagnostics;
using System.Xml.Linq;
using Amazon.CloudFormation;
using Amazon.Runtime;
using k8s.Models;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging.Abstractions;
using Tiketi.LocalCloud.Hosting;
using Tiketi.Pipeline.Aws;
using Tiketi.Pipeline.Infrastructure;
using Tiketi.Testing;

namespace Tiketi.Integration.Operations;

/// <summary>The local cloud in this process, without an engine; the pipeline's clients of it, and the AWS CLI as the somebody who changes things by hand.</summary>
public sealed class LocalAws : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tiketi-operations-");
    private readonly int[] _ports = FreePorts.Take(4);
    private readonly HttpClient _http = new();
    private WebApplication? _app;

    private AwsCalls Calls => new(new Uri($"http://127.0.0.1:{_ports[0]}"), _http);

    public AwsClients Clients { get; private set; } = null!;

    public Func<string?, IAmazonCloudFormation> CloudFormationIn => Clients.CloudFormationIn;

    public StackDeployer Deployer => new(CloudFormationIn, NullLogger<StackDeployer>.Instance, TimeProvider.System);

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(Path.Combine(_folder.FullName, "infra"));
        _app = LocalCloudHost.Build(new LocalCloudSettings
        {
            StateDirectory = Path.Combine(_folder.FullName, "state"),
            AwsPort = _ports[0],
            KubernetesPort = _ports[1],
            IngressPort = _ports[2],
            CdnPort = _ports[3],
            DockerHost = "unix:///nowhere",
            PostgresImage = "none",
            RedisImage = "none",
        });
        await _app.StartAsync();
        Clients = new AwsClients(new AwsSettings { Region = "ap-northeast-2", EndpointUrl = new Uri($"http://127.0.0.1:{_ports[0]}"), Credentials = new BasicAWSCredentials("test", "test") });
    }

    /// <summary>An environment of these templates: file name without extension, and text.</summary>
    public InfrastructureRequest Environment(string name, params (string Stack, string Body)[] templates) => new()
    {
        Environment = name,
        Graph = StackGraph.Build([.. templates.Select(template => StackTemplate.Parse(template.Stack, $"infra/{template.Stack}.yaml", template.Body))]),
    };

    /// <summary>A template of a cluster that no node belongs to.</summary>
    public static string Cluster(string name) => $$"""
        Resources:
          Cluster:
            Type: AWS::EKS::Cluster
            Properties:
              Name: {{name}}
              RoleArn: arn:aws:iam::000000000000:role/cluster
              ResourcesVpcConfig: { SubnetIds: [subnet-1] }
        Outputs:
          ClusterName: {Value: !Ref Cluster}
        """;

    /// <summary>An ingress of the cluster's default class, which sends all to the service "web".</summary>
    public static V1Ingress Ingress(string name) => new()
    {
        Metadata = new() { Name = name },
        Spec = new() { DefaultBackend = new() { Service = new() { Name = "web", Port = new() { Number = 80 } } } },
    };

    public string Write(string name, string text)
    {
        var file = Path.Combine(_folder.FullName, name);
        File.WriteAllText(file, text);
        return file;
    }

    /// <summary>Runs <c>aws ...</c>, which must succeed; answers what it printed.</summary>
    public async Task<string> AwsAsync(string arguments)
    {
        var (code, output, error) = await TryAwsAsync(arguments.Split(' '));
        code.Should().Be(0, "aws {0} wrote: {1}", arguments, error);
        return output;
    }

    /// <summary>As <see cref="AwsAsync"/>, whatever comes of it; skips the test where there is no AWS CLI.</summary>
    public async Task<(int Code, string Output, string Error)> TryAwsAsync(params string[] arguments)
    {
        var path = (System.Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        Assert.SkipUnless(path.Any(folder => File.Exists(Path.Combine(folder, "aws"))), "The AWS CLI is not on PATH.");
        var start = new ProcessStartInfo("aws", arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var (name, value) in new (string, string)[]
        {
            ("AWS_ENDPOINT_URL", $"http://127.0.0.1:{_ports[0]}"), ("AWS_ACCESS_KEY_ID", "test"), ("AWS_SECRET_ACCESS_KEY", "test"),
            ("AWS_DEFAULT_REGION", "ap-northeast-2"), ("AWS_REGION", "ap-northeast-2"), ("AWS_EC2_METADATA_DISABLED", "true"), ("AWS_PAGER", ""), ("AWS_DEFAULT_OUTPUT", "json"),
        })
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await error);
    }

    /// <inheritdoc cref="AwsCalls.CallAsync"/>
    public Task CallAsync(string service, string body, string? target = null) => Calls.CallAsync(service, body, target);

    /// <inheritdoc cref="AwsCalls.EditDistributionAsync"/>
    public Task EditDistributionAsync(string id, Action<XElement> change) => Calls.EditDistributionAsync(id, change);

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        Clients.Dispose();
        await _app!.StopAsync();
        await _app.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
