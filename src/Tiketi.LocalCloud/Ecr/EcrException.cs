using Tiketi.LocalCloud.Hosting;

namespace Tiketi.LocalCloud.Ecr;

/// <summary>An error as the ECR API answers it (status 400): exception name and message.</summary>
internal sealed class EcrException(string code, string message) : Exception(message)
{
    public string Code { get; } = code;

    private const string InRegistry = $"the registry with id '{LocalCloudSettings.AccountId}'";

    public static EcrException RepositoryNotFound(string name) =>
        new("RepositoryNotFoundException", $"The repository with name '{name}' does not exist in {InRegistry}");

    public static EcrException RepositoryExists(string name) =>
        new("RepositoryAlreadyExistsException", $"The repository with name '{name}' already exists in {InRegistry}");

    public static EcrException RepositoryNotEmpty(string name) =>
        new("RepositoryNotEmptyException", $"The repository with name '{name}' in registry with id '{LocalCloudSettings.AccountId}' cannot be deleted because it still contains images");

    public static EcrException ImageNotFound(string name, string? digest, string? tag) =>
        new("ImageNotFoundException", $"The image with imageId {{imageDigest:'{digest ?? "null"}', imageTag:'{tag ?? "null"}'}} does not exist within the repository with name '{name}' in {InRegistry}");

    public static EcrException ImageExists(string name, string digest, string? tag) =>
        new("ImageAlreadyExistsException", $"Image with digest '{digest}' and tag '{tag ?? "null"}' already exists in the repository with name '{name}' in registry with id '{LocalCloudSettings.AccountId}'");

    public static EcrException TagImmutable(string name, string tag) =>
        new("ImageTagAlreadyExistsException", $"The image tag '{tag}' already exists in the '{name}' repository and cannot be overwritten because the tag is immutable.");

    public static EcrException LayersNotFound(string name, IEnumerable<string> digests) =>
        new("LayersNotFoundException", $"Layers with digests '[{string.Join(", ", digests)}]' required for pushing image into repository with name '{name}' in {InRegistry} do not exist");

    public static EcrException ReferencedImagesNotFound(string name, IEnumerable<string> digests) =>
        new("ReferencedImagesNotFoundException", $"Images with digests '[{string.Join(", ", digests)}]' required for pushing image into repository with name '{name}' in {InRegistry} do not exist");

    public static EcrException NoPolicy(string name) =>
        new("RepositoryPolicyNotFoundException", $"Repository policy does not exist for the repository with name '{name}' in {InRegistry}");

    public static EcrException NoLifecyclePolicy(string name) =>
        new("LifecyclePolicyNotFoundException", $"Lifecycle policy does not exist for the repository with name '{name}' in {InRegistry}");

    public static EcrException InvalidParameter(string message) => new("InvalidParameterException", message);
}
