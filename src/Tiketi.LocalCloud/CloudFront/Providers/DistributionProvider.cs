using System.Text.Json.Nodes;
using Tiketi.LocalCloud.CloudFormation;
using Tiketi.LocalCloud.CloudFront.Model;

namespace Tiketi.LocalCloud.CloudFront.Providers;

/// <summary>AWS::CloudFront::Distribution. Ref is the distribution's id; DomainName is <c>localhost:PORT</c>.</summary>
internal sealed class DistributionProvider(DistributionManager manager, CloudFrontStore store) : ILiveProvider
{
    public string ResourceType => "AWS::CloudFront::Distribution";

    public IReadOnlyList<string> PrimaryIdentifier => ["Id"];

    public bool RequiresReplacement(string propertyName) => false;

    public async Task<PhysicalResource> CreateAsync(ResourceRequest request, CancellationToken cancellationToken) =>
        Describe(await manager.CreateAsync(Read(request) with { CallerReference = Guid.NewGuid().ToString() }, cancellationToken));

    public Task<PhysicalResource> UpdateAsync(ResourceRequest request, PhysicalResource current, CancellationToken cancellationToken)
    {
        try
        {
            var reference = manager.Get(current.Id).Config.CallerReference;
            return Task.FromResult(Describe(manager.Update(current.Id, Read(request) with { CallerReference = reference })));
        }
        catch (CloudFrontException error)
        {
            throw new ResourceException($"{error.Message} (Service: CloudFront, Status Code: {error.Status}, Error Code: {error.Code})");
        }
    }

    public Task DeleteAsync(ResourceRequest request, PhysicalResource current, CancellationToken cancellationToken) => manager.DeleteAsync(current.Id);

    public PhysicalResource? Find(IReadOnlyList<string> identifier) => store.Find(identifier[0]) is { } distribution ? Describe(distribution) : null;

    public JsonObject? Read(PhysicalResource resource, JsonObject stated) => store.Find(resource.Id) is not { } distribution ? null
        : new JsonObject { ["DistributionConfig"] = DistributionReader.Read(distribution.Config, stated["DistributionConfig"] as JsonObject ?? []) };

    private static DistributionConfig Read(ResourceRequest request) => TemplateReader.Distribution(
        request.Properties["DistributionConfig"] as JsonObject ?? throw new ResourceException("Property DistributionConfig is required for AWS::CloudFront::Distribution."));

    private static PhysicalResource Describe(Distribution distribution) => new(distribution.Id, new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["Id"] = distribution.Id,
        ["DomainName"] = distribution.DomainName,
    });
}
