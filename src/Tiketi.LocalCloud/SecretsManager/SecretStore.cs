using Tiketi.LocalCloud.CloudFormation;
using Tiketi.LocalCloud.Hosting;

namespace Tiketi.LocalCloud.SecretsManager;

/// <summary>One version of a secret's value, encrypted.</summary>
internal sealed record SecretVersion(string VersionId, string SealedValue, List<string> Stages, DateTimeOffset CreatedDate);

/// <summary>A secret as stored.</summary>
internal sealed record Secret
{
    public required string Arn { get; init; }

    public required string Name { get; init; }

    public string? Description { get; init; }

    public string? KmsKeyId { get; init; }

    public Dictionary<string, string> Tags { get; init; } = [];

    public DateTimeOffset CreatedDate { get; init; }

    public DateTimeOffset LastChangedDate { get; init; }

    /// <summary>When it was marked for deletion; null for a living secret.</summary>
    public DateTimeOffset? DeletedDate { get; init; }

    public List<SecretVersion> Versions { get; init; } = [];

    /// <summary>What a template said the value is made from, encrypted; null for a secret made otherwise.</summary>
    public string? SealedRecipe { get; init; }
}

/// <summary>A refusal of Secrets Manager: its exception's name and message.</summary>
internal sealed class SecretException(string code, string message) : Exception(message)
{
    public const string NotFoundMessage = "Secrets Manager can't find the specified secret.";

    public string Code { get; } = code;
}

/// <summary>All secrets. A value leaves this class in the clear, but reaches the disk encrypted only.</summary>
internal sealed class SecretStore
{
    public const string Current = "AWSCURRENT";
    public const string Previous = "AWSPREVIOUS";
    private const string Document = "secrets";

    private readonly StateStore _state;
    private readonly SecretBox _box;
    private readonly LocalCloudSettings _settings;
    private readonly TimeProvider _time;
    private readonly Lock _sync = new();
    private List<Secret> _secrets;

    public SecretStore(StateStore state, SecretBox box, LocalCloudSettings settings, TimeProvider time)
    {
        (_state, _box, _settings, _time) = (state, box, settings, time);
        _secrets = state.Load<List<Secret>>(Document);
    }

    public IReadOnlyList<Secret> All => _secrets;

    /// <param name="nameOrArn">The name, the ARN, or the ARN without its six random characters.</param>
    public Secret? Find(string nameOrArn) => _secrets.Find(secret =>
        secret.Name == nameOrArn || secret.Arn == nameOrArn || secret.Arn[..^7] == nameOrArn);

    /// <exception cref="SecretException">ResourceNotFoundException, or InvalidRequestException for one marked for deletion.</exception>
    public Secret Get(string nameOrArn)
    {
        var secret = Find(nameOrArn) ?? throw new SecretException("ResourceNotFoundException", SecretException.NotFoundMessage);
        return secret.DeletedDate is null ? secret
            : throw new SecretException("InvalidRequestException", "You can't perform this operation on the secret because it was marked for deletion.");
    }

    /// <exception cref="SecretException">ResourceExistsException, InvalidParameterException.</exception>
    public Secret Create(string name, string? value, string? description, string? kmsKeyId, IReadOnlyDictionary<string, string> tags)
    {
        if (name.Length is 0 or > 512 || !name.All(letter => char.IsAsciiLetterOrDigit(letter) || "/_+=.@-".Contains(letter, StringComparison.Ordinal)))
        {
            throw new SecretException("InvalidParameterException", "Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!");
        }

        lock (_sync)
        {
            if (Find(name) is not null)
            {
                throw new SecretException("ResourceExistsException", $"The operation failed because the secret {name} already exists.");
            }

            var now = _time.GetUtcNow();
            var secret = new Secret
            {
                Arn = $"arn:aws:secretsmanager:{_settings.Region}:{LocalCloudSettings.AccountId}:secret:{name}-{ResourceNames.Suffix()}",
                Name = name,
                Description = description,
                KmsKeyId = kmsKeyId,
                Tags = tags.ToDictionary(StringComparer.Ordinal),
                CreatedDate = now,
                LastChangedDate = now,
            };
            return Save(value is null ? secret : WithValue(secret, value, Guid.NewGuid().ToString(), [Current]));
        }
    }

    /// <summary>Gives the secret a new current value; the one before it stays as AWSPREVIOUS.</summary>
    public (Secret Secret, SecretVersion Version) Put(string nameOrArn, string value, string? versionId = null, IReadOnlyList<string>? stages = null)
    {
        lock (_sync)
        {
            var id = versionId ?? Guid.NewGuid().ToString();
            var secret = Save(WithValue(Get(nameOrArn), value, id, stages is { Count: > 0 } ? stages : [Current]));
            return (secret, secret.Versions.Single(version => version.VersionId == id));
        }
    }

    public Secret Change(string nameOrArn, Func<Secret, Secret> change)
    {
        lock (_sync)
        {
            return Save(change(Find(nameOrArn) ?? throw new SecretException("ResourceNotFoundException", SecretException.NotFoundMessage)) with { LastChangedDate = _time.GetUtcNow() });
        }
    }

    public void Remove(string nameOrArn)
    {
        lock (_sync)
        {
            var secret = Find(nameOrArn);
            Store([.. _secrets.Where(other => other != secret)]);
        }
    }

    /// <exception cref="SecretException">ResourceNotFoundException: no such secret, version or stage.</exception>
    public (Secret Secret, SecretVersion Version, string Value) Value(string nameOrArn, string? versionId = null, string? stage = null)
    {
        var secret = Get(nameOrArn);
        var version = secret.Versions.Find(candidate => versionId is null ? candidate.Stages.Contains(stage ?? Current) : candidate.VersionId == versionId)
            ?? throw new SecretException("ResourceNotFoundException", versionId is null
                ? $"Secrets Manager can't find the specified secret value for staging label: {stage ?? Current}"
                : $"Secrets Manager can't find the specified secret value for VersionId: {versionId}");
        return (secret, version, _box.Unprotect(version.SealedValue));
    }

    private Secret WithValue(Secret secret, string value, string versionId, IReadOnlyList<string> stages)
    {
        var now = _time.GetUtcNow();
        var becomesCurrent = stages.Contains(Current);
        var others = secret.Versions.Where(version => version.VersionId != versionId).Select(version => version with
        {
            Stages = [.. version.Stages
                .Where(stage => !stages.Contains(stage) && !(becomesCurrent && stage == Previous))
                .Concat(becomesCurrent && version.Stages.Contains(Current) ? [Previous] : [])],
        });
        return secret with
        {
            LastChangedDate = now,
            Versions = [.. others.Where(version => version.Stages.Count > 0), new SecretVersion(versionId, _box.Protect(value), [.. stages], now)],
        };
    }

    private Secret Save(Secret secret)
    {
        Store([.. _secrets.Where(other => other.Arn != secret.Arn), secret]);
        return secret;
    }

    private void Store(List<Secret> secrets)
    {
        _state.Save(Document, secrets);
        _secrets = secrets;
    }
}
