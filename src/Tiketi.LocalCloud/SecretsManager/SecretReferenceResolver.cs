using System.Text.Json;
using System.Text.Json.Nodes;
using Tiketi.LocalCloud.CloudFormation;

namespace Tiketi.LocalCloud.SecretsManager;

/// <summary><c>{{resolve:secretsmanager:ID:SecretString:json-key:version-stage:version-id}}</c>; all but the id may be left out.</summary>
internal sealed class SecretReferenceResolver(SecretStore secrets) : IDynamicReferenceResolver
{
    private const int ArnParts = 7;

    public string Service => "secretsmanager";

    public Task<string> ResolveAsync(string reference, CancellationToken cancellationToken)
    {
        var parts = reference.Split(':');
        var length = parts[0] == "arn" ? ArnParts : 1;
        var id = string.Join(':', parts.Take(length));
        var rest = parts.Skip(length).ToList();
        string? Part(int index) => rest.ElementAtOrDefault(index) is { Length: > 0 } part ? part : null;
        try
        {
            var value = secrets.Value(id, Part(3), Part(2)).Value;
            return Task.FromResult(Part(1) is { } key ? Member(id, value, key) : value);
        }
        catch (SecretException refusal)
        {
            throw new ResourceException($"{refusal.Message} ({id})");
        }
    }

    private static string Member(string id, string value, string key)
    {
        try
        {
            return (JsonNode.Parse(value) as JsonObject)?.Text(key)
                ?? throw new ResourceException($"Could not find a value associated with JSONKey in SecretString ({id}: {key})");
        }
        catch (JsonException)
        {
            throw new ResourceException($"Could not parse SecretString JSON ({id})");
        }
    }
}
