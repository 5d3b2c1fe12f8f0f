using System.Text.Json.Nodes;
using Tiketi.LocalCloud.CloudFormation;

namespace Tiketi.LocalCloud.SecretsManager;

/// <summary>AWS::SecretsManager::Secret: the value is given, or generated here and never seen by the template.</summary>
internal sealed class SecretProvider(SecretStore secrets, SecretBox box) : ILiveProvider
{
    public string ResourceType => "AWS::SecretsManager::Secret";

    public IReadOnlyList<string> PrimaryIdentifier => ["Id"];

    public bool RequiresReplacement(string propertyName) => propertyName == "Name";

    public Task<PhysicalResource> CreateAsync(ResourceRequest request, CancellationToken cancellationToken)
    {
        try
        {
            var secret = secrets.Create(
                request.Properties.Text("Name") ?? ResourceNames.Generated(request),
                Value(request.Properties),
                request.Properties.Text("Description"),
                request.Properties.Text("KmsKeyId"),
                Tags(request.Properties));
            return Task.FromResult(Physical(secrets.Change(secret.Arn, made => made with { SealedRecipe = box.Protect(Recipe(request.Properties)) })));
        }
        catch (SecretException refusal)
        {
            throw new ResourceException(refusal.Message);
        }
    }

    /// <summary>A changed SecretString, or a changed GenerateSecretString, makes a new value, as on AWS; other changes leave it alone.</summary>
    public Task<PhysicalResource> UpdateAsync(ResourceRequest request, PhysicalResource current, CancellationToken cancellationToken)
    {
        var recipe = Recipe(request.Properties);
        var renewed = secrets.Find(current.Id)?.SealedRecipe is not { } before || box.Unprotect(before) != recipe;
        var secret = secrets.Change(current.Id, made => made with
        {
            Description = request.Properties.Text("Description"),
            KmsKeyId = request.Properties.Text("KmsKeyId"),
            Tags = Tags(request.Properties),
            SealedRecipe = box.Protect(recipe),
        });
        if (renewed && Value(request.Properties) is { } value)
        {
            secrets.Put(secret.Arn, value);
        }

        return Task.FromResult(Physical(secret));
    }

    public Task DeleteAsync(ResourceRequest request, PhysicalResource current, CancellationToken cancellationToken)
    {
        secrets.Remove(current.Id);
        return Task.CompletedTask;
    }

    public PhysicalResource? Find(IReadOnlyList<string> identifier) => Living(identifier[0]) is { } secret ? Physical(secret) : null;

    /// <summary>Never the value, nor what it is made from.</summary>
    public JsonObject? Read(PhysicalResource resource, JsonObject stated) => Living(resource.Id) is not { } secret ? null : new JsonObject
    {
        ["Name"] = secret.Name,
        ["Description"] = secret.Description,
        ["KmsKeyId"] = secret.KmsKeyId,
        ["Tags"] = new JsonArray([.. secret.Tags.Select(tag => (JsonNode)new JsonObject { ["Key"] = tag.Key, ["Value"] = tag.Value })]),
    };

    private Secret? Living(string arn) => secrets.Find(arn) is { DeletedDate: null } secret ? secret : null;

    private static PhysicalResource Physical(Secret secret) => new(secret.Arn, new Dictionary<string, string>(StringComparer.Ordinal) { ["Id"] = secret.Arn });

    private static string Recipe(JsonObject properties) =>
        new JsonObject { ["value"] = properties["SecretString"]?.DeepClone(), ["generate"] = properties["GenerateSecretString"]?.DeepClone() }.ToJsonString();

    private static Dictionary<string, string> Tags(JsonObject properties) =>
        properties.Objects("Tags").ToDictionary(tag => tag.RequiredText("Key"), tag => tag.Text("Value") ?? "", StringComparer.Ordinal);

    private static string? Value(JsonObject properties)
    {
        if (properties["GenerateSecretString"] is not JsonObject options)
        {
            return properties.Text("SecretString");
        }

        var password = RandomPassword.Read(options).Generate();
        if (options.Text("GenerateStringKey") is not { } key)
        {
            return password;
        }

        var template = JsonNode.Parse(options.Text("SecretStringTemplate") ?? "{}") as JsonObject
            ?? throw new ResourceException("SecretStringTemplate must be a JSON object.");
        template[key] = password;
        return template.ToJsonString(new System.Text.Json.JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    }
}
