using System.Security.Cryptography;
using Tiketi.LocalCloud.CloudFormation;
using Tiketi.LocalCloud.CloudFront.Model;
using Tiketi.LocalCloud.Hosting;

namespace Tiketi.LocalCloud.CloudFront;

/// <summary>Distributions, policies, access controls and functions, in one document.</summary>
internal sealed class CloudFrontStore
{
    private const string Name = "cloudfront";

    private readonly StateStore _state;
    private readonly Lock _lock = new();
    private CloudFrontDocument _document;

    public CloudFrontStore(StateStore state)
    {
        _state = state;
        _document = state.Load<CloudFrontDocument>(Name);
    }

    /// <summary>Everything as it is now; never changed afterwards.</summary>
    public CloudFrontDocument Current => Volatile.Read(ref _document);

    public Distribution? Find(string id) => Current.Distributions.FirstOrDefault(distribution => distribution.Id == id);

    public CachePolicy? FindCachePolicy(string id) => Model.CachePolicy.Managed.Concat(Current.CachePolicies).FirstOrDefault(policy => policy.Id == id);

    public ResponseHeadersPolicy? FindResponseHeadersPolicy(string id) =>
        Model.ResponseHeadersPolicy.Managed.Concat(Current.ResponseHeadersPolicies).FirstOrDefault(policy => policy.Id == id);

    public OriginAccessControl? FindAccessControl(string id) => Current.OriginAccessControls.FirstOrDefault(control => control.Id == id);

    public void Change(Func<CloudFrontDocument, CloudFrontDocument> change)
    {
        lock (_lock)
        {
            var changed = change(_document);
            _state.Save(Name, changed);
            Volatile.Write(ref _document, changed);
        }
    }

    /// <summary>Ids look like CloudFront's: a letter and 13 letters and digits.</summary>
    public static string NewId(char first = 'E') => first + RandomNumberGenerator.GetString("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", 13);

    /// <exception cref="ResourceException">A behaviour names a policy, or an origin an access control, that there is not.</exception>
    public void Check(DistributionConfig config)
    {
        foreach (var behavior in config.Behaviors.Append(config.DefaultBehavior))
        {
            if (FindCachePolicy(behavior.CachePolicyId) is null)
            {
                throw new ResourceException($"The specified cache policy does not exist: {behavior.CachePolicyId}. The local cloud knows those it created and {string.Join(", ", Model.CachePolicy.Managed.Select(policy => policy.Name))}.");
            }

            if (behavior.ResponseHeadersPolicyId.Length > 0 && FindResponseHeadersPolicy(behavior.ResponseHeadersPolicyId) is null)
            {
                throw new ResourceException($"The specified response headers policy does not exist: {behavior.ResponseHeadersPolicyId}.");
            }
        }

        if (config.Origins.FirstOrDefault(origin => origin.AccessControlId.Length > 0 && FindAccessControl(origin.AccessControlId) is null) is { } lost)
        {
            throw new ResourceException($"The specified origin access control does not exist: {lost.AccessControlId}.");
        }
    }
}

internal sealed record CloudFrontDocument
{
    public IReadOnlyList<Distribution> Distributions { get; init; } = [];

    public IReadOnlyList<OriginAccessControl> OriginAccessControls { get; init; } = [];

    public IReadOnlyList<CachePolicy> CachePolicies { get; init; } = [];

    public IReadOnlyList<ResponseHeadersPolicy> ResponseHeadersPolicies { get; init; } = [];

    public IReadOnlyList<EdgeFunction> Functions { get; init; } = [];

    public CloudFrontDocument With(Distribution distribution) =>
        this with { Distributions = [.. Distributions.Where(other => other.Id != distribution.Id), distribution] };
}
