using System.Text.Json;
using Amazon.SecretsManager.Model;
using Tiketi.Pipeline.Configuration;
using Tiketi.Pipeline.Database;
using Tiketi.Pipeline.Kubernetes;
using Tiketi.Pipeline.Kubernetes.Lint;
using Tiketi.Pipeline.Releases;

/// <summary>The services, in the cluster.</summary>
interface IDeployK8s : IPushEcr
{
    [Parameter("How many minutes the services may take to become ready", Name = "rollout-timeout")]
    int RolloutTimeout => TryGetValue<int?>(() => RolloutTimeout) ?? 10;

    [Parameter("How many minutes to wait for another pipeline that is deploying to the same namespace; 0 refuses at once", Name = "lock-timeout")]
    int LockTimeout => TryGetValue<int?>(() => LockTimeout) ?? 15;

    [Parameter("Take fields over that another manager owns, instead of stopping", Name = "force-conflicts")]
    bool ForceConflicts => TryGetValue<bool?>(() => ForceConflicts) ?? false;

    [Parameter("Leave a failed release as it is, instead of putting the last good one back", Name = "no-rollback")]
    bool NoRollback => TryGetValue<bool?>(() => NoRollback) ?? false;

    [Parameter("Prune Secrets and volume claims of earlier releases too", Name = "prune-data")]
    bool PruneData => TryGetValue<bool?>(() => PruneData) ?? false;

    AbsolutePath Overlay => RootDirectory / "k8s" / "overlays" / Session.Settings.Overlay;

    async Task DeployK8sAsync()
    {
        var data = await Session.Outputs.GetAsync("data", Session.Cancellation);
        var published = Session.Published.ToDictionary(image => image.Service, image => image.Reference, StringComparer.Ordinal);
        await DeployAsync(new ServiceDeploymentRequest
        {
            Namespace = Session.Settings.Namespace,
            Manifests = await ManifestsAsync(published),
            Release = new Release
            {
                At = TimeProvider.System.GetUtcNow(),
                Version = ImageTag,
                Revision = Session.Source.Revision,
                By = Session.Author,
                Run = Session.Run,
                Images = published,
            },
            Migration = new MigrationRequest
            {
                Namespace = Session.Settings.Namespace,
                Files = MigrationFiles.Load(AppRoot / "database"),
                Image = published["backend"],
                Database = $"{data.Require("DatabaseEndpoint")}:{data.Require("DatabasePort")}/{data.Require("DatabaseName")}",
            },
        });
    }

    async Task DeployAsync(ServiceDeploymentRequest request)
    {
        var deployment = new ServiceDeployment(await Session.Kubernetes, TimeProvider.System, Session.Loggers, ManifestSources.Read(Overlay));
        var result = await deployment.DeployAsync(
            request with { Timeout = TimeSpan.FromMinutes(RolloutTimeout), LockTimeout = TimeSpan.FromMinutes(LockTimeout), Force = ForceConflicts, RollBack = !NoRollback, PruneData = PruneData },
            Session.Cancellation);
        Session.HasRolledOut |= result.IsNew;
        Printing.Show("Cluster", [.. Lines(result.Objects, result.Pruned)]);
        Log.Information(result.IsNew ? "Release {Number}: version {Version:l}" : "Release {Number} (version {Version:l}) runs already", result.Release.Number, result.Release.Version);
        this.Report(
            ("Release", result.Release.Number),
            ("Written", result.Objects.Writes),
            ("Unchanged", result.Objects.Unchanged),
            ("Pruned", result.Pruned.Deleted.Count),
            ("Migrations", result.Migration?.Applied.Count ?? 0));
    }

    /// <summary>Each object that changes with its fields, as DeployK8s reports and Plan announces them.</summary>
    static IEnumerable<string> Lines(ApplyResult objects, PruneResult pruned) =>
    [
        .. objects.Changes.Where(change => change.Kind != ObjectChangeKind.Unchanged).SelectMany(change => change.Lines),
        .. pruned.Deleted.Select(key => $"{key} pruned"),
        .. pruned.Left.Select(key => $"{key} belongs to no release any more; it holds data, so only --prune-data deletes it"),
    ];

    /// <summary>The overlay, completed with what only this run knows: images, configuration, secrets, addresses.</summary>
    /// <param name="images">Full reference by service.</param>
    async Task<ManifestSet> ManifestsAsync(IReadOnlyDictionary<string, string> images)
    {
        var rendered = new Kustomize(Session.Logger<Kustomize>()).RenderAsync(Overlay, Session.Cancellation);
        var configEnv = Overlay / "config.env";
        var values = ApplicationConfig.Merge(configEnv.ReadAllText(), RootDirectory.GetRelativePathTo(configEnv).ToString(), Session.Settings, await AddressesAsync());
        var manifests = (await rendered)
            .WithNamespace(Session.Settings.Namespace)
            .WithImages(Session.Services.ToDictionary(service => service.Repository, service => images[service.Name], StringComparer.Ordinal))
            .WithConfiguration(Session.Settings.Namespace, "tiketi-config", values, await SecretsAsync())
            .WithIngress(Session.Settings.Domain is null ? null : Session.Settings.ApiUrl.Host, await LoadBalancerAsync())
            .WithReplicas(Session.Services.Where(service => service.Replicas is not null).ToDictionary(service => service.Name, service => service.Replicas.Value, StringComparer.Ordinal));
        Placeholders.Refuse(manifests, RootDirectory / "k8s");
        foreach (var warning in ManifestLint.Require(manifests, Session.IsLocal, ManifestSources.Read(Overlay)))
        {
            Log.Warning("{Finding:l}", warning);
        }

        return manifests;
    }

    async Task<InfrastructureAddresses> AddressesAsync()
    {
        var data = await Session.Outputs.GetAsync("data", Session.Cancellation);
        return new InfrastructureAddresses(
            data.Require("DatabaseEndpoint"),
            data.Require("DatabasePort"),
            data.Require("DatabaseName"),
            data.Require("DatabaseUser"),
            data.Require("RedisEndpoint"),
            data.Require("RedisPort"),
            await Session.Outputs.RequireAsync("storage", "UploadsBucketName", Session.Cancellation));
    }

    /// <summary>Kubernetes Secrets with values that only Secrets Manager knows.</summary>
    async Task<IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>>> SecretsAsync()
    {
        var data = await Session.Outputs.GetAsync("data", Session.Cancellation);
        var database = ReadSecretAsync(data.Require("DatabaseSecretArn"), "password");
        var redis = ReadSecretAsync(data.Require("RedisSecretArn"), "password");
        var jwt = ReadSecretAsync(data.Require("JwtSecretArn"), "secret");
        return new Dictionary<string, IReadOnlyDictionary<string, string>>(StringComparer.Ordinal)
        {
            ["tiketi-db-secret"] = new Dictionary<string, string>(StringComparer.Ordinal) { ["POSTGRES_PASSWORD"] = await database, ["DB_PASSWORD"] = await database },
            ["tiketi-redis-secret"] = new Dictionary<string, string>(StringComparer.Ordinal) { ["REDIS_PASSWORD"] = await redis },
            ["tiketi-jwt-secret"] = new Dictionary<string, string>(StringComparer.Ordinal) { ["JWT_SECRET"] = await jwt },
        };
    }

    async Task<string> ReadSecretAsync(string arn, string key)
    {
        var answer = await Session.Aws.SecretsManager.GetSecretValueAsync(new GetSecretValueRequest { SecretId = arn }, Session.Cancellation);
        using var document = JsonDocument.Parse(answer.SecretString);
        return document.RootElement.TryGetProperty(key, out var value) && value.GetString() is { Length: > 0 } text
            ? text
            : throw new PipelineException($"The secret {arn} has no '{key}'.", "Run ApplyInfra: the data stack generates it.");
    }

    /// <summary>What the AWS Load Balancer Controller must be told; other ingress controllers need none of it.</summary>
    async Task<IReadOnlyDictionary<string, string>> LoadBalancerAsync()
    {
        if (Session.IsLocal)
        {
            return new Dictionary<string, string>(StringComparer.Ordinal);
        }

        var network = await Session.Outputs.GetAsync("network", Session.Cancellation);
        var annotations = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["alb.ingress.kubernetes.io/subnets"] = network.Require("PublicSubnetIds"),
            ["alb.ingress.kubernetes.io/security-groups"] = network.Require("LoadBalancerSecurityGroupId"),
        };
        if (Session.Infrastructure.Stacks.Any(stack => stack.Name == "dns"))
        {
            annotations["alb.ingress.kubernetes.io/certificate-arn"] = await Session.Outputs.RequireAsync("dns", "CertificateArn", Session.Cancellation);
        }

        return annotations;
    }
}
