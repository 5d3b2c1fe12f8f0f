using Microsoft.Extensions.DependencyInjection;
using Tiketi.LocalCloud.CloudFormation;
using Tiketi.Pipeline;
using Tiketi.Pipeline.Configuration;
using Tiketi.Pipeline.Infrastructure;

namespace Tiketi.Integration.Infrastructure;

/// <summary>
/// The real infra/, as production has it, on the local cloud, where each resource in turn cannot be made: the error names that
/// resource and the reason, and the next run takes the remains away and goes on.
/// </summary>
public sealed class InjectedFailureTests : IAsyncLifetime
{
    private const string Reason = "Injected: DBInstance quota exceeded";

    /// <summary>What would start containers or listen on ports is made by nobody here.</summary>
    private static readonly Dictionary<string, string[]> Made = new()
    {
        ["AWS::EKS::Cluster"] = ["Arn", "ClusterSecurityGroupId", "OpenIdConnectIssuerUrl", "Endpoint", "CertificateAuthorityData"],
        ["AWS::EKS::Nodegroup"] = [], ["AWS::EKS::Addon"] = [], ["AWS::EKS::AccessEntry"] = [], ["AWS::EKS::PodIdentityAssociation"] = [],
        ["AWS::CloudFront::Distribution"] = ["Id", "DomainName"], ["AWS::CloudFront::OriginAccessControl"] = ["Id"], ["AWS::CloudFront::ResponseHeadersPolicy"] = ["Id"],
        ["AWS::RDS::DBInstance"] = ["Endpoint.Address", "Endpoint.Port", "DBInstanceArn", "DbiResourceId"],
        ["AWS::ElastiCache::ReplicationGroup"] = ["PrimaryEndPoint.Address", "PrimaryEndPoint.Port"],
        ["AWS::SecretsManager::SecretTargetAttachment"] = [],
    };

    private readonly Sabotage _sabotage = new();
    private StackCloud _cloud = null!;

    public async ValueTask InitializeAsync() => _cloud = await StackCloud.StartAsync(services =>
    {
        foreach (var registered in services.Where(service => service.ServiceType == typeof(IResourceProvider)).ToList())
        {
            services.Remove(registered);
            services.AddSingleton<IResourceProvider>(provider => new SabotagedProvider(_sabotage, Original(provider, registered)));
        }

        foreach (var (type, attributes) in Made)
        {
            services.AddSingleton<IResourceProvider>(new SabotagedProvider(_sabotage, new AnyProvider(type, attributes)));
        }
    });

    public ValueTask DisposeAsync() => _cloud.DisposeAsync();

    [Fact]
    public async Task WhateverFails_IsNamedWithItsReasonAndMend_AndTheNextRunGoesOn()
    {
        var root = Repository();
        var settings = EnvironmentFile.Load(Path.Combine(root, "environments"), "production");
        var all = StackGraph.Load(Path.Combine(root, "infra"));
        var parameters = settings.Parameters.Append(KeyValuePair.Create("Domain", settings.Domain ?? "")).DistinctBy(pair => pair.Key).ToDictionary();
        var deployer = _cloud.Deployer();
        var (resources, stacks) = (0, 0);
        for (var count = 1; count <= all.Stacks.Count; count++)
        {
            var templates = all.Stacks.Take(count).ToList();
            var request = new InfrastructureRequest
            {
                Environment = "production",
                Graph = StackGraph.Build(templates),
                Parameters = parameters.Where(pair => templates.Any(template => template.Parameters.ContainsKey(pair.Key))).ToDictionary(),
            };
            var stack = templates[^1].Name;
            if (!request.Has(templates[^1]))
            {
                continue; // production does without it
            }

            var plan = (await deployer.PlanAsync(request)).Stacks[^1];
            plan.FromTemplate.Should().BeFalse("all that {0} needs is deployed", stack);
            foreach (var logicalId in plan.Changes.Select(change => change.LogicalId))
            {
                _sabotage.LogicalId = logicalId;
                var error = (await deployer.Awaiting(one => one.ApplyAsync(request)).Should().ThrowAsync<PipelineException>()).Which;
                error.Message.Should().StartWith($"Stack tiketi-production-{stack} ended as ROLLBACK_COMPLETE: {logicalId} (").And.EndWith(Reason);
                error.Remedy.Should().StartWith("The account's quota is used up.").And.EndWith("Then run the same command again: it goes on from there.");
                resources++;
            }

            _sabotage.LogicalId = null;
            (await deployer.ApplyAsync(request)).Created.Should().Be(1, stack);
            stacks++;
        }

        stacks.Should().BeGreaterThanOrEqualTo(8);
        resources.Should().BeGreaterThan(90);
    }

    private static IResourceProvider Original(IServiceProvider provider, ServiceDescriptor registered) => (IResourceProvider)(
        registered.ImplementationInstance ?? registered.ImplementationFactory?.Invoke(provider) ?? ActivatorUtilities.CreateInstance(provider, registered.ImplementationType!));

    private static string Repository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!Directory.Exists(Path.Combine(folder!.FullName, "infra")))
        {
            folder = folder.Parent;
        }

        return folder.FullName;
    }

    private sealed class Sabotage
    {
        public volatile string? LogicalId;
    }

    private sealed class SabotagedProvider(Sabotage sabotage, IResourceProvider provider) : IResourceProvider
    {
        public string ResourceType => provider.ResourceType;

        public bool RequiresReplacement(string propertyName) => provider.RequiresReplacement(propertyName);

        public Task<PhysicalResource> CreateAsync(ResourceRequest request, CancellationToken cancellationToken) =>
            request.LogicalId == sabotage.LogicalId ? throw new ResourceException(Reason) : provider.CreateAsync(request, cancellationToken);

        public Task<PhysicalResource> UpdateAsync(ResourceRequest request, PhysicalResource current, CancellationToken cancellationToken) =>
            provider.UpdateAsync(request, current, cancellationToken);

        public Task DeleteAsync(ResourceRequest request, PhysicalResource current, CancellationToken cancellationToken) =>
            provider.DeleteAsync(request, current, cancellationToken);
    }

    private sealed class AnyProvider(string type, string[] attributes) : IResourceProvider
    {
        public string ResourceType => type;

        public bool RequiresReplacement(string propertyName) => false;

        public Task<PhysicalResource> CreateAsync(ResourceRequest request, CancellationToken cancellationToken) => Task.FromResult(
            new PhysicalResource($"{request.LogicalId}-1", attributes.ToDictionary(name => name, name => name.EndsWith("Url", StringComparison.Ordinal) ? "https://oidc.example/id/A" : $"{request.LogicalId}.{name}")));

        public Task<PhysicalResource> UpdateAsync(ResourceRequest request, PhysicalResource current, CancellationToken cancellationToken) => Task.FromResult(current);

        public Task DeleteAsync(ResourceRequest request, PhysicalResource current, CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
