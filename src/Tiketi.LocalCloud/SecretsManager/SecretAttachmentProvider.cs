using System.Text.Json.Nodes;
using Tiketi.LocalCloud.CloudFormation;

namespace Tiketi.LocalCloud.SecretsManager;

/// <summary>What a secret can be attached to: the connection facts that join the password in the secret's JSON.</summary>
internal interface ISecretTarget
{
    /// <summary>"AWS::RDS::DBInstance".</summary>
    string TargetType { get; }

    /// <summary>engine, host, port, dbname ...; null when there is no such target.</summary>
    JsonObject? ConnectionOf(string targetId);
}

/// <summary>AWS::SecretsManager::SecretTargetAttachment.</summary>
internal sealed class SecretAttachmentProvider(SecretStore secrets, IEnumerable<ISecretTarget> targets) : IResourceProvider
{
    public string ResourceType => "AWS::SecretsManager::SecretTargetAttachment";

    public bool RequiresReplacement(string propertyName) => false;

    public Task<PhysicalResource> CreateAsync(ResourceRequest request, CancellationToken cancellationToken)
    {
        var (type, id) = (request.Properties.RequiredText("TargetType"), request.Properties.RequiredText("TargetId"));
        var connection = targets.FirstOrDefault(target => target.TargetType == type)?.ConnectionOf(id)
            ?? throw new ResourceException($"The target {type} {id} can't be found.");
        try
        {
            var (secret, _, value) = secrets.Value(request.Properties.RequiredText("SecretId"));
            var merged = JsonNode.Parse(value) as JsonObject ?? throw new ResourceException($"The secret {secret.Name} is no JSON object, so nothing can be attached to it.");
            foreach (var (name, fact) in connection)
            {
                merged[name] = fact?.DeepClone();
            }

            var attached = merged.ToJsonString(new System.Text.Json.JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
            if (attached != value)
            {
                secrets.Put(secret.Arn, attached);
            }

            return Task.FromResult(new PhysicalResource(secret.Arn, new Dictionary<string, string>(StringComparer.Ordinal) { ["Id"] = secret.Arn }));
        }
        catch (SecretException refusal)
        {
            throw new ResourceException(refusal.Message);
        }
    }

    public Task<PhysicalResource> UpdateAsync(ResourceRequest request, PhysicalResource current, CancellationToken cancellationToken) => CreateAsync(request, cancellationToken);

    /// <summary>The secret keeps what it knows, as on AWS.</summary>
    public Task DeleteAsync(ResourceRequest request, PhysicalResource current, CancellationToken cancellationToken) => Task.CompletedTask;
}
