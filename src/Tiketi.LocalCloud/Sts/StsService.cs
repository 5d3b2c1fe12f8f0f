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

    private readonly StsSessions _sessions;

    public StsService(StsSessions sessions)
    {
        _sessions = sessions;
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
        var session = request.AccessKeyId is { } key ? _sessions.Find(key) : null;
        if (session is not null && _sessions.HasExpired(session))
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
        var (arn, id) = (StsSessions.ArnOf(role, name), $"{ResourceNames.UniqueId("AROA")}:{name}");
        return new object[]
        {
            Credentials(arn, id, request.Number("DurationSeconds") ?? StandardDuration),
            new XElement("AssumedRoleUser", Element("AssumedRoleId", id), Element("Arn", arn)),
        };
    }

    private XElement Credentials(string arn, string userId, int seconds)
    {
        var issued = _sessions.Issue(arn, userId, seconds);
        return new XElement("Credentials",
            Element("AccessKeyId", issued.AccessKeyId),
            Element("SecretAccessKey", issued.SecretAccessKey),
            Element("SessionToken", issued.SessionToken),
            Element("Expiration", Timestamp(issued.Expiration)));
    }
}
