using System.Text.Json.Nodes;

namespace Tiketi.LocalCloud.CloudFormation;

/// <summary>A provider that can look at what is really there, which drift detection and imports need.</summary>
public interface ILiveProvider : IResourceProvider
{
    /// <summary>The properties that identify a resource, in CloudFormation's order: what an import must name.</summary>
    IReadOnlyList<string> PrimaryIdentifier { get; }

    /// <summary>An existing resource; null when there is none.</summary>
    /// <param name="identifier">The values of <see cref="PrimaryIdentifier"/>, in that order.</param>
    PhysicalResource? Find(IReadOnlyList<string> identifier);

    /// <summary>
    /// The resource as it is now, in the template's own terms; null when it is gone. A property that is not set is null; one that
    /// can't be read (a password) is left out.
    /// </summary>
    /// <param name="resource">The resource.</param>
    /// <param name="stated">What the template states: a part of a property that is not kept here stands as stated.</param>
    JsonObject? Read(PhysicalResource resource, JsonObject stated);
}
