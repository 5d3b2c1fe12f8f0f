using System.Xml.Linq;
using Microsoft.AspNetCore.Http;
using Tiketi.LocalCloud.CloudFormation;
using Tiketi.LocalCloud.CloudFormation.Records;
using Tiketi.LocalCloud.Query;
using static Tiketi.LocalCloud.Query.QueryXml;

namespace Tiketi.LocalCloud.Iam;

/// <summary>The reading part of the IAM API, version 2010-05-08, about roles.</summary>
internal sealed class IamService : QueryService
{
    private readonly RecordStore _records;

    public IamService(RecordStore records)
    {
        _records = records;
        Actions = new Dictionary<string, Func<QueryRequest, CancellationToken, Task<object?>>>(StringComparer.Ordinal)
        {
            ["GetRole"] = (request, _) => Task.FromResult<object?>(new XElement("Role", RoleXml(Get(request)))),
            ["ListRoles"] = (_, _) => Task.FromResult<object?>(new object[] { Members("Roles", _records.All(IamTypes.Role).Select(RoleXml)), Element("IsTruncated", false) }),
            ["ListAttachedRolePolicies"] = (request, _) => Task.FromResult<object?>(new object[]
            {
                Members("AttachedPolicies", Get(request).Properties.Texts("ManagedPolicyArns").Select(arn => (object)new[] { Element("PolicyName", arn[(arn.LastIndexOf('/') + 1)..]), Element("PolicyArn", arn) })),
                Element("IsTruncated", false),
            }),
        };
    }

    public override string SigningName => "iam";

    protected override XNamespace Namespace => "https://iam.amazonaws.com/doc/2010-05-08/";

    protected override IReadOnlyDictionary<string, Func<QueryRequest, CancellationToken, Task<object?>>> Actions { get; }

    private RecordedResource Get(QueryRequest request) => _records.Find(IamTypes.Role, request.Required("RoleName"))
        ?? throw new QueryException("NoSuchEntity", $"The role with name {request["RoleName"]} cannot be found.", StatusCodes.Status404NotFound);

    private static object RoleXml(RecordedResource role) => new object?[]
    {
        Element("Path", role.Properties.Text("Path") ?? "/"),
        Element("RoleName", role.Id),
        Element("RoleId", role.Attributes["RoleId"]),
        Element("Arn", role.Attributes["Arn"]),
        Element("AssumeRolePolicyDocument", Uri.EscapeDataString(role.Properties["AssumeRolePolicyDocument"]?.ToJsonString() ?? "{}")),
    };
}
