using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Tiketi.LocalCloud.CloudFormation;
using Tiketi.LocalCloud.Hosting;
using Tiketi.LocalCloud.S3.Storage;

namespace Tiketi.LocalCloud.S3;

/// <summary>AWS::S3::Bucket. Ref is the bucket's name.</summary>
internal sealed class BucketProvider(S3Store store, LocalCloudSettings settings) : ILiveProvider
{
    public string ResourceType => "AWS::S3::Bucket";

    public IReadOnlyList<string> PrimaryIdentifier => ["BucketName"];

    public bool RequiresReplacement(string propertyName) => propertyName == "BucketName";

    public Task<PhysicalResource> CreateAsync(ResourceRequest request, CancellationToken cancellationToken)
    {
        var name = request.Properties["BucketName"]?.GetValue<string>() ?? GeneratedName(request);
        try
        {
            store.Create(name, settings.Region, BucketTemplate.Documents(request.Properties));
        }
        catch (S3Exception error) when (error.Code == "BucketAlreadyOwnedByYou")
        {
            throw new ResourceException($"{name} already exists");
        }
        catch (S3Exception error)
        {
            throw new ResourceException(error.Message);
        }

        return Task.FromResult(Describe(name));
    }

    /// <summary>Properties that the template no longer states go back to S3's defaults; the policy is a resource of its own and stays.</summary>
    public Task<PhysicalResource> UpdateAsync(ResourceRequest request, PhysicalResource current, CancellationToken cancellationToken)
    {
        var documents = BucketTemplate.Documents(request.Properties);
        var bucket = store.Find(current.Id) ?? throw new ResourceException($"The specified bucket does not exist: {current.Id}");
        bucket.Configure(present => present with
        {
            Configuration = present.Configuration.TryGetValue("policy", out var policy) ? new(documents, StringComparer.Ordinal) { ["policy"] = policy } : documents,
        });
        return Task.FromResult(Describe(current.Id));
    }

    public Task DeleteAsync(ResourceRequest request, PhysicalResource current, CancellationToken cancellationToken)
    {
        try
        {
            store.Delete(current.Id);
        }
        catch (S3Exception error) when (error.Code == "NoSuchBucket")
        {
            // Already gone: what was asked.
        }
        catch (S3Exception error)
        {
            throw new ResourceException($"{error.Message} (Service: S3, Status Code: {error.Status}, Error Code: {error.Code}, Bucket: {current.Id})");
        }

        return Task.CompletedTask;
    }

    public PhysicalResource? Find(IReadOnlyList<string> identifier) => store.Find(identifier[0]) is { } bucket ? Describe(bucket.Name) : null;

    public JsonObject? Read(PhysicalResource resource, JsonObject stated) => store.Find(resource.Id) is { } bucket ? BucketReader.Read(bucket) : null;

    private PhysicalResource Describe(string name) => new(name, new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["Arn"] = "arn:aws:s3:::" + name,
        ["DomainName"] = $"{name}.s3.amazonaws.com",
        ["RegionalDomainName"] = $"{name}.s3.{settings.Region}.amazonaws.com",
        ["DualStackDomainName"] = $"{name}.s3.dualstack.{settings.Region}.amazonaws.com",
    });

    /// <summary>As CloudFormation makes it: STACK-LOGICALID-RANDOM, lower case, 63 characters at most.</summary>
    private static string GeneratedName(ResourceRequest request)
    {
        var suffix = "-" + RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyz0123456789", 12);
        var stem = $"{request.StackName}-{request.LogicalId}".ToLowerInvariant();
        return stem[..Math.Min(stem.Length, 63 - suffix.Length)] + suffix;
    }
}

/// <summary>AWS::S3::BucketPolicy. Ref is the bucket's name.</summary>
internal sealed class BucketPolicyProvider(S3Store store) : ILiveProvider
{
    public string ResourceType => "AWS::S3::BucketPolicy";

    public IReadOnlyList<string> PrimaryIdentifier => ["Bucket"];

    public bool RequiresReplacement(string propertyName) => propertyName == "Bucket";

    public Task<PhysicalResource> CreateAsync(ResourceRequest request, CancellationToken cancellationToken) => PutAsync(request);

    public Task<PhysicalResource> UpdateAsync(ResourceRequest request, PhysicalResource current, CancellationToken cancellationToken) => PutAsync(request);

    public Task DeleteAsync(ResourceRequest request, PhysicalResource current, CancellationToken cancellationToken)
    {
        if (store.Find(current.Id) is { } bucket)
        {
            BucketConfiguration.Remove(bucket, "policy");
        }

        return Task.CompletedTask;
    }

    public PhysicalResource? Find(IReadOnlyList<string> identifier) => PolicyOf(identifier[0]) is null ? null : Describe(identifier[0]);

    public JsonObject? Read(PhysicalResource resource, JsonObject stated) => PolicyOf(resource.Id) is not { } policy ? null
        : new JsonObject { ["Bucket"] = resource.Id, ["PolicyDocument"] = JsonNode.Parse(policy) };

    private string? PolicyOf(string bucket) => store.Find(bucket)?.Document.Configuration.GetValueOrDefault("policy");

    private static PhysicalResource Describe(string bucket) => new(bucket, new Dictionary<string, string>(StringComparer.Ordinal));

    private Task<PhysicalResource> PutAsync(ResourceRequest request)
    {
        var name = request.Properties["Bucket"]?.GetValue<string>() ?? throw new ResourceException("Property Bucket is required for AWS::S3::BucketPolicy.");
        var policy = request.Properties["PolicyDocument"] switch
        {
            JsonObject document => document.ToJsonString(),
            JsonValue text => text.GetValue<string>(),
            _ => throw new ResourceException("Property PolicyDocument is required for AWS::S3::BucketPolicy."),
        };
        try
        {
            BucketConfiguration.PutPolicy(store.Get(name), policy);
        }
        catch (S3Exception error)
        {
            throw new ResourceException($"{error.Message} (Service: S3, Status Code: {error.Status}, Error Code: {error.Code}, Bucket: {name})");
        }

        return Task.FromResult(Describe(name));
    }
}
