using Microsoft.AspNetCore.Http;

namespace Tiketi.LocalCloud.Ecr;

/// <summary>The OCI distribution protocol under <c>/v2/</c>.</summary>
public interface IContainerRegistry
{
    Task HandleAsync(HttpContext context);

    /// <summary>What a node of the cluster pulls images with, as a kubelet's own ECR credentials would be: valid for 12 hours.</summary>
    RegistryCredentials IssueCredentials();
}

/// <summary>Basic authentication for <c>/v2/</c>. The password is a secret: never log it.</summary>
/// <param name="Username">Always "AWS".</param>
/// <param name="Password">A token of ours.</param>
/// <param name="ExpiresAt">12 hours after it was issued.</param>
public sealed record RegistryCredentials(string Username, string Password, DateTimeOffset ExpiresAt);
