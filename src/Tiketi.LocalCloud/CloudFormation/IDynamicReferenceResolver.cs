namespace Tiketi.LocalCloud.CloudFormation;

/// <summary>Resolves <c>{{resolve:SERVICE:REFERENCE}}</c> of resource properties, at the moment the resource is made: the value itself is never stored with the stack.</summary>
public interface IDynamicReferenceResolver
{
    /// <summary>"secretsmanager", "ssm", "ssm-secure".</summary>
    string Service { get; }

    /// <param name="reference">What follows the service and its colon.</param>
    /// <exception cref="ResourceException">There is no such value; worded as AWS words it.</exception>
    Task<string> ResolveAsync(string reference, CancellationToken cancellationToken);
}

/// <summary>A provider that can keep a copy of a resource's data when the template says <c>DeletionPolicy: Snapshot</c>.</summary>
public interface ISnapshotProvider
{
    /// <summary>Takes the snapshot just before the resource is deleted; the answer is the snapshot's id.</summary>
    Task<string> SnapshotAsync(ResourceRequest request, PhysicalResource current, CancellationToken cancellationToken);
}
