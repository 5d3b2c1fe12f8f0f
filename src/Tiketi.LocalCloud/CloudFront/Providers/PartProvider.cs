using System.Text.Json.Nodes;
using Tiketi.LocalCloud.CloudFormation;
using Tiketi.LocalCloud.CloudFront.Model;
using Tiketi.LocalCloud.Hosting;

namespace Tiketi.LocalCloud.CloudFront.Providers;

/// <summary>What the providers of a distribution's parts have in common: a part is put under its id, and cannot go while a distribution uses it.</summary>
internal abstract class PartProvider(CloudFrontStore store, string resourceType) : IResourceProvider
{
    public string ResourceType => resourceType;

    public virtual bool RequiresReplacement(string propertyName) => false;

    public Task<PhysicalResource> CreateAsync(ResourceRequest request, CancellationToken cancellationToken) => PutAsync(request, NewId(request));

    public Task<PhysicalResource> UpdateAsync(ResourceRequest request, PhysicalResource current, CancellationToken cancellationToken) => PutAsync(request, current.Id);

    public Task DeleteAsync(ResourceRequest request, PhysicalResource current, CancellationToken cancellationToken)
    {
        if (store.Current.Distributions.FirstOrDefault(distribution => Uses(distribution.Config, current.Id)) is { } user)
        {
            throw new ResourceException($"Cannot delete {current.Id}: it is in use by the distribution {user.Id}.");
        }

        store.Change(document => Remove(document, current.Id));
        return Task.CompletedTask;
    }

    protected virtual string NewId(ResourceRequest request) => CloudFrontStore.NewId();

    protected abstract CloudFrontDocument Put(CloudFrontDocument document, string id, JsonObject properties);

    protected abstract CloudFrontDocument Remove(CloudFrontDocument document, string id);

    protected abstract bool Uses(DistributionConfig config, string id);

    protected virtual PhysicalResource Describe(string id) => new(id, new Dictionary<string, string>(StringComparer.Ordinal) { ["Id"] = id });

    /// <exception cref="ResourceException">The property that holds all others is missing.</exception>
    protected static JsonObject Config(JsonObject properties, string name) =>
        properties[name] as JsonObject ?? throw new ResourceException($"Property {name} is required.");

    protected static IReadOnlyList<T> Replace<T>(IReadOnlyList<T> list, Func<T, bool> isOld, T replacement) => [.. list.Where(item => !isOld(item)), replacement];

    private Task<PhysicalResource> PutAsync(ResourceRequest request, string id)
    {
        store.Change(document => Put(document, id, request.Properties));
        return Task.FromResult(Describe(id));
    }
}

/// <summary>AWS::CloudFront::OriginAccessControl. Ref is its id.</summary>
internal sealed class OriginAccessControlProvider(CloudFrontStore store) : PartProvider(store, "AWS::CloudFront::OriginAccessControl")
{
    protected override CloudFrontDocument Put(CloudFrontDocument document, string id, JsonObject properties)
    {
        var node = new TemplateNode(Config(properties, "OriginAccessControlConfig"), "OriginAccessControlConfig");
        node.Ignore("Description");
        var control = new OriginAccessControl(id, node.Required("Name"), node.Required("OriginAccessControlOriginType"), node.Required("SigningBehavior"), node.Required("SigningProtocol"));
        node.Done();
        if (document.OriginAccessControls.Any(other => other.Name == control.Name && other.Id != id))
        {
            throw new ResourceException($"An origin access control with the same name already exists: {control.Name}");
        }

        return control.OriginType == "s3"
            ? document with { OriginAccessControls = Replace(document.OriginAccessControls, other => other.Id == id, control) }
            : throw node.Refuse($"OriginAccessControlOriginType '{control.OriginType}'");
    }

    protected override CloudFrontDocument Remove(CloudFrontDocument document, string id) =>
        document with { OriginAccessControls = [.. document.OriginAccessControls.Where(control => control.Id != id)] };

    protected override bool Uses(DistributionConfig config, string id) => config.Origins.Any(origin => origin.AccessControlId == id);
}

/// <summary>AWS::CloudFront::CachePolicy. Ref is its id.</summary>
internal sealed class CachePolicyProvider(CloudFrontStore store) : PartProvider(store, "AWS::CloudFront::CachePolicy")
{
    protected override string NewId(ResourceRequest request) => Guid.NewGuid().ToString();

    protected override CloudFrontDocument Put(CloudFrontDocument document, string id, JsonObject properties) =>
        document with { CachePolicies = Replace(document.CachePolicies, policy => policy.Id == id, TemplateReader.CachePolicy(id, Config(properties, "CachePolicyConfig"))) };

    protected override CloudFrontDocument Remove(CloudFrontDocument document, string id) =>
        document with { CachePolicies = [.. document.CachePolicies.Where(policy => policy.Id != id)] };

    protected override bool Uses(DistributionConfig config, string id) => config.Behaviors.Append(config.DefaultBehavior).Any(behavior => behavior.CachePolicyId == id);
}

/// <summary>AWS::CloudFront::ResponseHeadersPolicy. Ref is its id.</summary>
internal sealed class ResponseHeadersPolicyProvider(CloudFrontStore store) : PartProvider(store, "AWS::CloudFront::ResponseHeadersPolicy")
{
    protected override string NewId(ResourceRequest request) => Guid.NewGuid().ToString();

    protected override CloudFrontDocument Put(CloudFrontDocument document, string id, JsonObject properties) => document with
    {
        ResponseHeadersPolicies = Replace(
            document.ResponseHeadersPolicies, policy => policy.Id == id, TemplateReader.ResponseHeadersPolicy(id, Config(properties, "ResponseHeadersPolicyConfig"))),
    };

    protected override CloudFrontDocument Remove(CloudFrontDocument document, string id) =>
        document with { ResponseHeadersPolicies = [.. document.ResponseHeadersPolicies.Where(policy => policy.Id != id)] };

    protected override bool Uses(DistributionConfig config, string id) => config.Behaviors.Append(config.DefaultBehavior).Any(behavior => behavior.ResponseHeadersPolicyId == id);
}

/// <summary>AWS::CloudFront::Function. Ref is its ARN. It is kept and never run, and a distribution that associates one is refused.</summary>
internal sealed class FunctionProvider(CloudFrontStore store) : PartProvider(store, "AWS::CloudFront::Function")
{
    public override bool RequiresReplacement(string propertyName) => propertyName == "Name";

    protected override string NewId(ResourceRequest request) =>
        $"arn:aws:cloudfront::{LocalCloudSettings.AccountId}:function/{request.Properties["Name"]?.ToString() ?? throw new ResourceException("Property Name is required.")}";

    protected override CloudFrontDocument Put(CloudFrontDocument document, string id, JsonObject properties)
    {
        var config = Config(properties, "FunctionConfig");
        var function = new EdgeFunction(
            properties["Name"]!.ToString(), id, config["Runtime"]?.ToString() ?? "", config["Comment"]?.ToString() ?? "",
            properties["FunctionCode"]?.ToString() ?? throw new ResourceException("Property FunctionCode is required."));
        return document with { Functions = Replace(document.Functions, other => other.Arn == id, function) };
    }

    protected override CloudFrontDocument Remove(CloudFrontDocument document, string id) =>
        document with { Functions = [.. document.Functions.Where(function => function.Arn != id)] };

    protected override bool Uses(DistributionConfig config, string id) => false;

    protected override PhysicalResource Describe(string id) => new(id, new Dictionary<string, string>(StringComparer.Ordinal) { ["FunctionARN"] = id, ["Stage"] = "LIVE" });
}
