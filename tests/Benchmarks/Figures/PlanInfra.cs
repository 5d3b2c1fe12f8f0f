using System.Text.RegularExpressions;
using Amazon.Runtime;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Tiketi.Benchmarks.Measuring;
using Tiketi.LocalCloud.CloudFormation;
using Tiketi.LocalCloud.Hosting;
using Tiketi.Pipeline.Aws;
using Tiketi.Pipeline.Configuration;
using Tiketi.Pipeline.Infrastructure;
using Tiketi.Testing;

namespace Tiketi.Benchmarks.Figures;

/// <summary>
/// CPU seconds of a process that plans a change of every resource of production's infra/ (at least 8 stacks and 100 resources),
/// its start included, against the AWS CLI making, reading and removing the same change sets. Both talk to a local cloud in
/// this process, whose work counts for neither; what would start containers there is made by nobody.
/// </summary>
internal sealed partial class PlanInfra(string repository) : Figure("plan-infra")
{
    /// <summary>The argument that makes this program the process that is measured.</summary>
    public const string Child = "plan-infra-here";

    private const int Runs = 3;
    private const int LeastStacks = 8;
    private const int LeastResources = 100;

    public override async Task<Measurement> MeasureAsync(CancellationToken cancellationToken)
    {
        var state = Directory.CreateTempSubdirectory("tiketi-plan-infra-");
        var ports = FreePorts.Take(4);
        var settings = new LocalCloudSettings
        {
            StateDirectory = state.FullName, AwsPort = ports[0], KubernetesPort = ports[1], IngressPort = ports[2], CdnPort = ports[3],
            DockerHost = "unix:///none", PostgresImage = "none", RedisImage = "none",
        };
        await using var cloud = LocalCloudHost.Build(settings, services =>
        {
            services.AddLogging(logging => logging.ClearProviders());
            foreach (var (type, attributes) in Stand.Ins)
            {
                services.AddSingleton<IResourceProvider>(new Stand(type, attributes));
            }
        });
        await cloud.StartAsync(cancellationToken);
        try
        {
            using var clients = Clients(ports[0]);
            await Deployer(clients).ApplyAsync(Request(repository, changed: false), cancellationToken);
            var ours = double.PositiveInfinity;
            for (var run = 0; run < Runs; run++)
            {
                ours = Math.Min(ours, await OursAsync(ports[0], cancellationToken));
            }

            return new Measurement(ours, await AwsCliAsync(ports[0], state.FullName, cancellationToken), "s", Goal.AtMost(3, "s"));
        }
        finally
        {
            await cloud.StopAsync(CancellationToken.None);
            state.Delete(recursive: true);
        }
    }

    /// <summary>What the measured process does.</summary>
    public static async Task PlanHereAsync(string repository, int port)
    {
        using var clients = Clients(port);
        var plan = await Deployer(clients).PlanAsync(Request(repository, changed: true));
        Console.WriteLine($"{plan.StacksChanged} {plan.ResourcesChanged} {PlanText.Render(plan, 120).Count}");
    }

    private async Task<double> OursAsync(int port, CancellationToken cancellationToken)
    {
        var (seconds, output) = await Cpu.OfProcessAsync(repository, "dotnet", ["exec", typeof(PlanInfra).Assembly.Location, repository, Child, $"{port}"], cancellationToken);
        return output.Split(' ') is [var stacks, var resources, _] && int.Parse(stacks) >= LeastStacks && int.Parse(resources) >= LeastResources
            ? seconds
            : throw new NotMeasuredException($"The plan was to have {LeastStacks} stacks and {LeastResources} resources, and has: {output.Trim()}");
    }

    /// <summary>The same change sets by the AWS CLI: made, waited for, read with their values and removed.</summary>
    private async Task<double> AwsCliAsync(int port, string folder, CancellationToken cancellationToken)
    {
        var request = Request(repository, changed: true);
        var sum = 0.0;
        foreach (var template in request.Stacks)
        {
            var file = Path.Combine(folder, template.Name + ".yaml");
            await File.WriteAllTextAsync(file, template.Body, cancellationToken);
            string[] place = ["--endpoint-url", $"http://127.0.0.1:{port}", "--region", template.Metadata.Region ?? "ap-northeast-2", "cloudformation"];
            string[] what = ["--change-set-name", "peer", "--stack-name", $"tiketi-production-{template.Name}"];
            string[] parameters = [.. template.Parameters.Keys.Select(name => $"ParameterKey={name},UsePreviousValue=true")];
            sum += await AwsAsync([.. place, "create-change-set", .. what, "--template-body", "file://" + file, "--capabilities", "CAPABILITY_NAMED_IAM", .. parameters.Length == 0 ? Array.Empty<string>() : ["--parameters", .. parameters]], cancellationToken);
            sum += await AwsAsync([.. place, "wait", "change-set-create-complete", .. what], cancellationToken);
            sum += await AwsAsync([.. place, "describe-change-set", .. what, "--include-property-values"], cancellationToken);
            sum += await AwsAsync([.. place, "delete-change-set", .. what], cancellationToken);
        }

        return sum;
    }

    private async Task<double> AwsAsync(string[] arguments, CancellationToken cancellationToken) => (await Cpu.OfProcessAsync(
        repository, "env", ["AWS_ACCESS_KEY_ID=test", "AWS_SECRET_ACCESS_KEY=test", "AWS_EC2_METADATA_DISABLED=true", "AWS_PAGER=", "aws", .. arguments], cancellationToken)).Seconds;

    private static AwsClients Clients(int port) => new(new AwsSettings
    {
        Region = "ap-northeast-2", EndpointUrl = new Uri($"http://127.0.0.1:{port}"), Credentials = new BasicAWSCredentials("test", "test"),
    });

    private static StackDeployer Deployer(AwsClients clients) => new(clients.CloudFormationIn, NullLogger<StackDeployer>.Instance, TimeProvider.System);

    /// <summary>Production; changed, each resource's metadata says so.</summary>
    private static InfrastructureRequest Request(string repository, bool changed)
    {
        var settings = EnvironmentFile.Load(Path.Combine(repository, "environments"), "production");
        var templates = StackTemplate.LoadFolder(Path.Combine(repository, "infra"));
        var graph = StackGraph.Build([.. templates.Select(template => changed
            ? StackTemplate.Parse(template.Name, template.File, ResourceType().Replace(template.Body, "$0\n    Metadata: { Benchmark: changed }"))
            : template)]);
        return new InfrastructureRequest
        {
            Environment = "production",
            Graph = graph,
            Parameters = settings.Parameters.Append(KeyValuePair.Create("Domain", settings.Domain ?? "")).Append(KeyValuePair.Create("GitHubRepository", "tiketi/tiketi")).DistinctBy(pair => pair.Key)
                .Where(pair => templates.Any(template => template.Parameters.ContainsKey(pair.Key))).ToDictionary(),
        };
    }

    /// <summary>A resource's type; a parameter's type of that form is a list or ends in Name or Id.</summary>
    [GeneratedRegex(@"^    Type: AWS::[\w:]+(?<!::Name|::Id)(?=\s*$)(?!\s*\n    Metadata:)", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ResourceType();

    /// <summary>Stands in for what starts containers or listens on ports.</summary>
    private sealed class Stand(string type, string[] attributes) : IResourceProvider
    {
        public static IReadOnlyDictionary<string, string[]> Ins { get; } = new Dictionary<string, string[]>
        {
            ["AWS::EKS::Cluster"] = ["Arn", "ClusterSecurityGroupId", "OpenIdConnectIssuerUrl", "Endpoint", "CertificateAuthorityData"],
            ["AWS::EKS::Nodegroup"] = [], ["AWS::EKS::Addon"] = [], ["AWS::EKS::AccessEntry"] = [], ["AWS::EKS::PodIdentityAssociation"] = [],
            ["AWS::CloudFront::Distribution"] = ["Id", "DomainName"], ["AWS::CloudFront::OriginAccessControl"] = ["Id"], ["AWS::CloudFront::ResponseHeadersPolicy"] = ["Id"],
            ["AWS::RDS::DBInstance"] = ["Endpoint.Address", "Endpoint.Port", "DBInstanceArn", "DbiResourceId"],
            ["AWS::ElastiCache::ReplicationGroup"] = ["PrimaryEndPoint.Address", "PrimaryEndPoint.Port"],
            ["AWS::SecretsManager::SecretTargetAttachment"] = [],
        };

        public string ResourceType => type;

        public bool RequiresReplacement(string propertyName) => false;

        public Task<PhysicalResource> CreateAsync(ResourceRequest request, CancellationToken cancellationToken) => Task.FromResult(new PhysicalResource(
            $"{request.LogicalId}-1", attributes.ToDictionary(name => name, name => name.EndsWith("Url", StringComparison.Ordinal) ? "https://oidc.example/id/A" : $"{request.LogicalId}.{name}")));

        public Task<PhysicalResource> UpdateAsync(ResourceRequest request, PhysicalResource current, CancellationToken cancellationToken) => Task.FromResult(current);

        public Task DeleteAsync(ResourceRequest request, PhysicalResource current, CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
