using System.Security.Cryptography;
using Tiketi.LocalCloud.CloudFormation;
using Tiketi.LocalCloud.Hosting;
using Tiketi.LocalCloud.Query;

namespace Tiketi.LocalCloud.Sts;

/// <summary>A key that was given out, as whoever got it sees it.</summary>
internal sealed record SessionCredentials(string AccessKeyId, string SecretAccessKey, string SessionToken, DateTimeOffset Expiration, string Arn, string UserId);

/// <summary>Whose a key is.</summary>
/// <param name="Arn">"arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION".</param>
/// <param name="UserId">As GetCallerIdentity tells it.</param>
/// <param name="Expiration">When the key ends.</param>
/// <param name="IsPod">A pod's: S3 holds it to what its role may do. Everybody else is the account's operator.</param>
internal sealed record StsSession(string Arn, string UserId, DateTimeOffset Expiration, bool IsPod = false)
{
    /// <summary>The role's name.</summary>
    public string Role => Arn.Split('/')[1];
}

/// <summary>The short-lived keys that were given out. A secret key is not kept: the local cloud checks no signature.</summary>
internal sealed class StsSessions(StateStore state, TimeProvider time)
{
    private const string Document = "sts-sessions";

    private readonly Lock _sync = new();
    private Dictionary<string, StsSession>? _sessions;

    /// <summary>Null for a key that was not given out here.</summary>
    public StsSession? Find(string accessKeyId)
    {
        lock (_sync)
        {
            return Sessions.GetValueOrDefault(accessKeyId);
        }
    }

    public bool HasExpired(StsSession session) => session.Expiration < time.GetUtcNow();

    /// <summary>A session of a role for a pod.</summary>
    public SessionCredentials AssumeRole(string roleArn, string name, int seconds) => Issue(ArnOf(roleArn, name), $"{ResourceNames.UniqueId("AROA")}:{name}", seconds, isPod: true);

    public SessionCredentials Issue(string arn, string userId, int seconds, bool isPod = false)
    {
        var (key, expiration) = (ResourceNames.UniqueId("ASIA")[..20], time.GetUtcNow().AddSeconds(seconds));
        lock (_sync)
        {
            var sessions = Sessions.Where(pair => !HasExpired(pair.Value)).ToDictionary(StringComparer.Ordinal);
            sessions[key] = new StsSession(arn, userId, expiration, isPod);
            state.Save(Document, sessions);
            _sessions = sessions;
        }

        return new SessionCredentials(key, Convert.ToBase64String(RandomNumberGenerator.GetBytes(30)), Convert.ToBase64String(RandomNumberGenerator.GetBytes(96)), expiration, arn, userId);
    }

    /// <summary>The ARN of a role's session.</summary>
    /// <exception cref="QueryException">ValidationError: that is no role's ARN.</exception>
    public static string ArnOf(string role, string session) =>
        role.Split(':') is ["arn", _, "iam", _, var account, var resource] && resource.StartsWith("role/", StringComparison.Ordinal)
            ? $"arn:aws:sts::{account}:assumed-role/{resource[(resource.LastIndexOf('/') + 1)..]}/{session}"
            : throw QueryException.Validation($"{role} is invalid");

    private Dictionary<string, StsSession> Sessions => _sessions ??= state.Load<Dictionary<string, StsSession>>(Document);
}
