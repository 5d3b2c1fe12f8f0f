namespace Tiketi.LocalCloud.CloudFormation.Stacks;

/// <summary>What CreateStack, UpdateStack and CreateChangeSet have in common. Null: not given, so an update keeps what was.</summary>
internal sealed record StackRequest
{
    /// <summary>Where the request was signed for; null: the local cloud's own region.</summary>
    public string? Region { get; init; }

    public required string StackName { get; init; }

    public string? TemplateBody { get; init; }

    public bool UsePreviousTemplate { get; init; }

    public IReadOnlyList<GivenParameter> Parameters { get; init; } = [];

    public IReadOnlyList<string> Capabilities { get; init; } = [];

    public IReadOnlyDictionary<string, string>? Tags { get; init; }

    public IReadOnlyList<string>? NotificationArns { get; init; }

    public string? RoleArn { get; init; }

    public string? ClientRequestToken { get; init; }

    public bool DisableRollback { get; init; }

    /// <summary>OnFailure=DELETE.</summary>
    public bool DeleteOnFailure { get; init; }

    public bool TerminationProtection { get; init; }

    /// <summary>What a change set of type IMPORT takes over.</summary>
    public IReadOnlyList<ResourceToImport> ResourcesToImport { get; init; } = [];

    /// <summary>StackPolicyBody.</summary>
    public string? Policy { get; init; }
}
