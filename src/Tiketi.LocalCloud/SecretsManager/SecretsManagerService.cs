using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Tiketi.LocalCloud.CloudFormation;
using Tiketi.LocalCloud.Hosting;

namespace Tiketi.LocalCloud.SecretsManager;

/// <summary>The Secrets Manager API (AWS JSON 1.1).</summary>
internal sealed class SecretsManagerService : IAwsService
{
    private const string TargetPrefix = "secretsmanager.";
    private const int StandardRecoveryDays = 30;

    private readonly SecretStore _secrets;
    private readonly TimeProvider _time;
    private readonly Dictionary<string, Func<JsonObject, JsonObject>> _actions;

    public SecretsManagerService(SecretStore secrets, TimeProvider time)
    {
        (_secrets, _time) = (secrets, time);
        _actions = new(StringComparer.Ordinal)
        {
            ["CreateSecret"] = CreateSecret,
            ["GetSecretValue"] = GetSecretValue,
            ["PutSecretValue"] = PutSecretValue,
            ["UpdateSecret"] = UpdateSecret,
            ["DescribeSecret"] = request => Describe(_secrets.Find(IdOf(request)) ?? throw new SecretException("ResourceNotFoundException", SecretException.NotFoundMessage)),
            ["ListSecrets"] = _ => new JsonObject { ["SecretList"] = new JsonArray([.. _secrets.All.Where(secret => secret.DeletedDate is null).Select(Describe)]) },
            ["ListSecretVersionIds"] = ListSecretVersionIds,
            ["DeleteSecret"] = DeleteSecret,
            ["RestoreSecret"] = request => Identity(_secrets.Change(IdOf(request), secret => secret with { DeletedDate = null })),
            ["GetRandomPassword"] = request => new JsonObject { ["RandomPassword"] = RandomPassword.Read(request).Generate() },
        };
    }

    public string SigningName => "secretsmanager";

    public async Task HandleAsync(HttpContext context)
    {
        JsonObject answer;
        try
        {
            var target = context.Request.Headers["X-Amz-Target"].ToString();
            var action = target.StartsWith(TargetPrefix, StringComparison.Ordinal) ? _actions.GetValueOrDefault(target[TargetPrefix.Length..]) : null;
            var request = await JsonSerializer.DeserializeAsync<JsonObject>(context.Request.Body, cancellationToken: context.RequestAborted) ?? [];
            answer = action is null
                ? throw new SecretException("UnknownOperationException", $"The local cloud's secretsmanager has no action '{target}'. It speaks: {string.Join(", ", _actions.Keys.Order(StringComparer.Ordinal))}.")
                : action(request);
        }
        catch (JsonException error)
        {
            (context.Response.StatusCode, answer) = Failure("SerializationException", error.Message);
        }
        catch (SecretException refusal)
        {
            (context.Response.StatusCode, answer) = Failure(refusal.Code, refusal.Message);
        }
        catch (ResourceException refusal)
        {
            (context.Response.StatusCode, answer) = Failure("InvalidParameterException", refusal.Message);
        }

        context.Response.ContentType = "application/x-amz-json-1.1";
        context.Response.Headers["x-amzn-RequestId"] = Guid.NewGuid().ToString();
        await context.Response.WriteAsync(answer.ToJsonString(), context.RequestAborted);
    }

    private static (int StatusCode, JsonObject Answer) Failure(string code, string message) =>
        (StatusCodes.Status400BadRequest, new JsonObject { ["__type"] = code, ["Message"] = message });

    private static string IdOf(JsonObject request) => request.Text("SecretId") ?? throw new SecretException("InvalidParameterException", "You must provide a value for the SecretId parameter.");

    private static JsonNode Seconds(DateTimeOffset time) => time.ToUnixTimeMilliseconds() / 1000m;

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(text => (JsonNode)text)]);

    private static JsonObject Identity(Secret secret) => new() { ["ARN"] = secret.Arn, ["Name"] = secret.Name };

    private static JsonObject Describe(Secret secret)
    {
        var answer = Identity(secret);
        answer["CreatedDate"] = Seconds(secret.CreatedDate);
        answer["LastChangedDate"] = Seconds(secret.LastChangedDate);
        answer["Tags"] = new JsonArray([.. secret.Tags.Select(tag => new JsonObject { ["Key"] = tag.Key, ["Value"] = tag.Value })]);
        answer["VersionIdsToStages"] = new JsonObject(secret.Versions.Select(version => KeyValuePair.Create(version.VersionId, (JsonNode?)Texts(version.Stages))));
        answer["SecretVersionsToStages"] = answer["VersionIdsToStages"]!.DeepClone();
        if (secret.Description is { } description)
        {
            answer["Description"] = description;
        }

        if (secret.KmsKeyId is { } key)
        {
            answer["KmsKeyId"] = key;
        }

        if (secret.DeletedDate is { } deleted)
        {
            answer["DeletedDate"] = Seconds(deleted);
        }

        return answer;
    }

    private static JsonObject Versioned(Secret secret, SecretVersion version)
    {
        var answer = Identity(secret);
        answer["VersionId"] = version.VersionId;
        answer["VersionStages"] = Texts(version.Stages);
        return answer;
    }

    private static string ValueOf(JsonObject request) => request.Text("SecretString")
        ?? throw new SecretException("InvalidRequestException", "You must provide a SecretString: the local cloud keeps no binary secrets.");

    private JsonObject CreateSecret(JsonObject request)
    {
        var tags = request.Objects("Tags").ToDictionary(tag => tag.RequiredText("Key"), tag => tag.Text("Value") ?? "", StringComparer.Ordinal);
        var name = request.Text("Name") ?? throw new SecretException("InvalidParameterException", "You must provide a value for the Name parameter.");
        var secret = _secrets.Create(name, request.ContainsKey("SecretString") ? ValueOf(request) : null, request.Text("Description"), request.Text("KmsKeyId"), tags);
        var answer = Identity(secret);
        if (secret.Versions is [var version])
        {
            answer["VersionId"] = version.VersionId;
        }

        return answer;
    }

    private JsonObject GetSecretValue(JsonObject request)
    {
        var (secret, version, value) = _secrets.Value(IdOf(request), request.Text("VersionId"), request.Text("VersionStage"));
        var answer = Versioned(secret, version);
        answer["SecretString"] = value;
        answer["CreatedDate"] = Seconds(version.CreatedDate);
        return answer;
    }

    private JsonObject PutSecretValue(JsonObject request)
    {
        var (secret, version) = _secrets.Put(IdOf(request), ValueOf(request), request.Text("ClientRequestToken"), request.Texts("VersionStages"));
        return Versioned(secret, version);
    }

    private JsonObject UpdateSecret(JsonObject request)
    {
        var secret = _secrets.Change(IdOf(request), before => before with
        {
            Description = request.Text("Description") ?? before.Description,
            KmsKeyId = request.Text("KmsKeyId") ?? before.KmsKeyId,
        });
        return request.ContainsKey("SecretString") ? PutSecretValue(request) : Identity(secret);
    }

    private JsonObject ListSecretVersionIds(JsonObject request)
    {
        var secret = _secrets.Get(IdOf(request));
        var answer = Identity(secret);
        answer["Versions"] = new JsonArray([.. secret.Versions.Select(version => new JsonObject
        {
            ["VersionId"] = version.VersionId,
            ["VersionStages"] = Texts(version.Stages),
            ["CreatedDate"] = Seconds(version.CreatedDate),
        })]);
        return answer;
    }

    private JsonObject DeleteSecret(JsonObject request)
    {
        var secret = _secrets.Get(IdOf(request));
        var deletion = _time.GetUtcNow();
        if (request.Flag("ForceDeleteWithoutRecovery"))
        {
            _secrets.Remove(secret.Arn);
        }
        else
        {
            deletion = deletion.AddDays(request.Number("RecoveryWindowInDays") ?? StandardRecoveryDays);
            _secrets.Change(secret.Arn, before => before with { DeletedDate = deletion });
        }

        var answer = Identity(secret);
        answer["DeletionDate"] = Seconds(deletion);
        return answer;
    }
}
