using System.Text.Json.Nodes;

namespace Tiketi.LocalCloud.CloudFormation;

/// <summary>Creates, updates and deletes resources of one CloudFormation type. Lives in the folder of the service that the type belongs to.</summary>
public interface IResourceProvider
{
    /// <summary>"AWS::S3::Bucket" ...</summary>
    string ResourceType { get; }

    /// <summary>Whether a change of this top-level property makes a new resource instead of changing the present one (CloudFormation's "Update requires: Replacement").</summary>
    bool RequiresReplacement(string propertyName);

    Task<PhysicalResource> CreateAsync(ResourceRequest request, CancellationToken cancellationToken);

    Task<PhysicalResource> UpdateAsync(ResourceRequest request, PhysicalResource current, CancellationToken cancellationToken);

    /// <summary>Deleting what is already gone succeeds.</summary>
    Task DeleteAsync(ResourceRequest request, PhysicalResource current, CancellationToken cancellationToken);
}

/// <summary>A resource as its template states it, every intrinsic function resolved.</summary>
/// <param name="Region">Where the stack lives: "us-east-1".</param>
public sealed record ResourceRequest(string StackName, string LogicalId, string ResourceType, JsonObject Properties, string Region = "");

/// <summary>
/// What a resource turned out to be: <c>Ref</c> gives the id, <c>Fn::GetAtt</c> an attribute (dotted names as they stand:
/// "Endpoint.Address"; a list as a JSON array).
/// </summary>
public sealed record PhysicalResource(string Id, IReadOnlyDictionary<string, string> Attributes);

/// <summary>A resource could not be made as asked: the message becomes the event's ResourceStatusReason, worded as AWS words it.</summary>
public sealed class ResourceException(string message) : Exception(message)
{
    /// <summary>What was made all the same, and has to be deleted by whoever takes the creation back; null: nothing.</summary>
    public PhysicalResource? Made { get; init; }
}
