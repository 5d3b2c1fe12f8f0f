using System.Security.Cryptography;
using System.Xml.Linq;
using Tiketi.LocalCloud.CloudFormation;
using Tiketi.LocalCloud.Hosting;
using Tiketi.LocalCloud.Query;
using static Tiketi.LocalCloud.Query.QueryXml;

namespace Tiketi.LocalCloud.Sts;

/// <summary>The STS API, version 2011-06-15. Every key is the account's operator, but for those that AssumeRole gave out: they are the role's session.</summary>
internal sealed class StsService : QueryService
{
    private const string OperatorArn = $"arn:aws:iam::{LocalCloudSettings.AccountId}:user/tiketi-admin";
    private const string OperatorId = "AIDALOCALCLOUDTIKETIA";
    private const int StandardDuration = 3600;

    private readonly StateStore _state;
    private readonly TimeProvider _time;
    private readonly Lock _sync = new();

    public StsService(StateStore state, TimeProvider time)
    {
        (_state, _time) = (state, time);
        Actions = new Dictionary<string, Func<QueryRequest, CancellationToken, Task<object?>>>(StringComparer.Ordinal)
        {
            ["GetCallerIdentity"] = (request, _) => Task.FromResult<object?>(CallerIdentity(request)),
            ["AssumeRole"] = (request, _) => Task.FromResult<object?>(AssumeRole(request)),
            ["GetSessionToken"] = (request, _) => Task.FromResult<object?>(Credentials(OperatorArn, OperatorId, request.Number("DurationSeconds") ?? StandardDuration)),
        };
    }

    public override string SigningName => "sts";

    protected override XNamespace Namespace => "https://sts.amazonaws.com/doc/2011-06-15/";

    protected override IReadOnlyDictionary<string, Func<QueryRequest, CancellationToken, Task<object?>>> Actions { get; }

    private object CallerIdentity(QueryRequest request)
    {
        var session = request.AccessKeyId is { } key ? _state.Load<Dictionary<string, Session>>("sts-sessions").GetValueOrDefault(key) : null;
        if (session is not null && session.Expiration < _time.GetUtcNow())
        {
            throw new QueryException("ExpiredToken", "The security token included in the request is expired", 403);
        }

        return new[]
        {
            Element("Arn", session?.Arn ?? OperatorArn),
            Element("UserId", session?.UserId ?? OperatorId),
            Element("Account", LocalCloudSettings.AccountId),
        };
    }

    private object AssumeRole(QueryRequest request)
    {
        var (role, name) = (request.Required("RoleArn"), request.Required("RoleSessionName"));
        if (role.Split(':') is not ["arn", _, "iam", _, var account, var resource] || !resource.StartsWith("role/", StringComparison.Ordinal))
        {
            throw QueryException.Validation($"{role} is invalid");
        }

        var arn = $"arn:aws:sts::{account}:assumed-role/{resource[(resource.LastIndexOf('/') + 1)..]}/{name}";
        var id = $"{ResourceNames.UniqueId("AROA")}:{name}";
        return new object[]
        {
            Credentials(arn, id, request.Number("DurationSeconds") ?? StandardDuration),
            new XElement("AssumedRoleUser", Element("AssumedRoleId", id), Element("Arn", arn)),
        };
    }

    /// <summary>Remembers whose key it is. The secret key is not kept: the local cloud checks no signature.</summary>
    private XElement Credentials(string arn, string userId, int seconds)
    {
        var (key, expiration) = (ResourceNames.UniqueId("ASIA")[..20], _time.GetUtcNow().AddSeconds(seconds));
        lock (_sync)
        {
            var sessions = _state.Load<Dictionary<string, Session>>("sts-sessions").Where(pair => pair.Value.Expiration > _time.GetUtcNow()).ToDictionary(StringComparer.Ordinal);
            sessions[key] = new Session(arn, userId, expiration);
            _state.Save("sts-sessions", sessions);
        }

        return new XElement("Credentials",
            Element("AccessKeyId", key),
            Element("SecretAccessKey", Convert.ToBase64String(RandomNumberGenerator.GetBytes(30))),
            Element("SessionToken", Convert.ToBase64String(RandomNumberGenerator.GetBytes(96))),
            Element("Expiration", Timestamp(expiration)));
    }

    private sealed record Session(string Arn, string UserId, DateTimeOffset Expiration);
}
