using Amazon.CloudFormation;
using Amazon.Runtime;
using Amazon.S3;
using k8s;
using Microsoft.Extensions.Logging.Abstractions;
using Tiketi.Pipeline.Aws;
using Tiketi.Pipeline.Configuration;
using Tiketi.Pipeline.Infrastructure;
using Tiketi.Pipeline.Verification;

namespace Tiketi.Acceptance.Smoke;

/// <summary>The smoke test of a deployed checkout in this process, so that a check alone takes no start of the build.</summary>
internal sealed class DeployedChecks : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private readonly HttpClient _http = new();
    private readonly AwsClients _aws;
    private readonly EnvironmentOutputs _outputs;
    private SmokeTestTarget _target = null!;

    private DeployedChecks(EnvironmentSettings settings, AwsClients aws, InfrastructureRequest infrastructure)
    {
        Settings = settings;
        _aws = aws;
        _outputs = new EnvironmentOutputs(aws.CloudFormationIn, infrastructure);
    }

    public EnvironmentSettings Settings { get; }

    public IAmazonS3 S3 => _aws.S3;

    /// <summary>AWS, as somebody may call it.</summary>
    public AwsCalls Calls => new(_aws.Settings.EndpointUrl!, _http);

    /// <summary>Connects as the target SmokeTest does.</summary>
    /// <param name="checkout">What is deployed.</param>
    /// <param name="extraStack">A stack that belongs to the deployment besides; null for none.</param>
    public static async Task<DeployedChecks> ConnectAsync(Checkout checkout, string? extraStack = null)
    {
        var settings = EnvironmentFile.Load(Path.Combine(checkout.Root, "environments"), checkout.Environment);
        var aws = new AwsClients(new AwsSettings { Region = settings.Region, EndpointUrl = new Uri($"http://127.0.0.1:{checkout.AwsPort}"), Credentials = new BasicAWSCredentials("test", "test") });
        var infrastructure = new InfrastructureRequest { Environment = settings.Name, Graph = StackGraph.Load(Path.Combine(checkout.Root, "infra")), Parameters = settings.Parameters };
        var checks = new DeployedChecks(settings, aws, infrastructure);
        var stacks = infrastructure.Stacks.ToDictionary(stack => StackNames.Of(settings.Name, stack.Name), stack => aws.CloudFormationIn(stack.Metadata.Region), StringComparer.Ordinal);
        if (extraStack is not null)
        {
            stacks[extraStack] = aws.CloudFormation;
        }

        await checks.AimAsync(ServiceCatalog.Load(Path.Combine(checkout.Root, "samples", "tiketi"), settings.Platform), stacks);
        return checks;
    }

    /// <summary>An output of one of the deployment's stacks.</summary>
    public Task<string> OutputAsync(string stack, string name) => _outputs.RequireAsync(stack, name, TestContext.Current.CancellationToken);

    public IReadOnlyList<ICheck> All(Func<SmokeTestTarget, SmokeTestTarget>? change = null, TimeProvider? time = null) =>
        SmokeTestChecks.For(change?.Invoke(_target) ?? _target, time ?? TimeProvider.System, _http);

    /// <summary>Runs these checks, each once, as often as it takes until each has shown what is wanted of it.</summary>
    /// <param name="ids">The checks.</param>
    /// <param name="wanted">What is wanted.</param>
    /// <exception cref="TimeoutException">One has not, with what it said last.</exception>
    public async Task UntilAsync(IReadOnlyCollection<string> ids, Func<CheckResult, bool> wanted)
    {
        var (left, end) = (ids.ToHashSet(StringComparer.Ordinal), DateTime.UtcNow + Patience);
        while (true)
        {
            var results = await RunAsync(left);
            left.ExceptWith(results.Where(wanted).Select(result => result.Id));
            if (left.Count == 0)
            {
                return;
            }

            if (DateTime.UtcNow > end)
            {
                throw new TimeoutException(string.Join("\n", results.Where(result => left.Contains(result.Id)).Select(result => $"{result.Id} {result.Status}: {result.Evidence} -> {result.Remedy}")));
            }

            await Task.Delay(Pause, TestContext.Current.CancellationToken);
        }
    }

    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        _target.Cluster?.Dispose();
        _aws.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<IReadOnlyList<CheckResult>> RunAsync(IReadOnlySet<string> ids)
    {
        var once = All().Where(check => ids.Contains(check.Id))
            .Select(check => (ICheck)new Check(check.Id, check.Meaning, check.RunAsync) { Severity = check.Severity, Timeout = check.Timeout, Retry = new CheckRetry(1, TimeSpan.Zero) }).ToList();
        return (await new CheckRunner(TimeProvider.System, NullLogger<CheckRunner>.Instance).RunAsync(once, cancellationToken: TestContext.Current.CancellationToken)).Checks;
    }

    private async Task AimAsync(IReadOnlyList<ServiceDefinition> services, IReadOnlyDictionary<string, IAmazonCloudFormation> stacks) => _target = new SmokeTestTarget
    {
        ApiUrl = Settings.ApiUrl,
        SiteUrl = Settings.SiteUrl,
        Services = services,
        Namespace = Settings.Namespace,
        WebSocketHold = TimeSpan.FromSeconds(1),
        Cluster = await EksCluster.ConnectAsync(_aws.Eks, await OutputAsync("cluster", "ClusterName"), _aws.Settings),
        Stacks = stacks,
        CloudFront = _aws.CloudFront,
        DistributionId = await OutputAsync("frontend", "DistributionId"),
        S3 = _aws.S3,
        SiteBucket = await OutputAsync("frontend", "FrontendBucketName"),
        SecretsManager = _aws.SecretsManager,
        Rds = _aws.Rds,
        ElastiCache = _aws.ElastiCache,
        LoadBalancing = _aws.Elb,
        CloudWatch = _aws.CloudWatch,
        CertificatesIn = _aws.CertificateManagerIn,
    };
}
