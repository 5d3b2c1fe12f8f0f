using System.Text.Json;
using System.Text.Json.Serialization;
using Amazon.CloudFormation.Model;
using Aws.Protocol;

namespace Amazon.CloudFormation.Internal;

/// <summary>The shapes and typed errors of AWS CloudFormation.</summary>
[JsonSerializable(typeof(DescribeStacksRequest))]
[JsonSerializable(typeof(DescribeStacksResponse))]
[JsonSerializable(typeof(DeleteStackRequest))]
[JsonSerializable(typeof(DeleteStackResponse))]
[JsonSerializable(typeof(DescribeStackEventsRequest))]
[JsonSerializable(typeof(DescribeStackEventsResponse))]
[JsonSerializable(typeof(DescribeStackResourcesRequest))]
[JsonSerializable(typeof(DescribeStackResourcesResponse))]
[JsonSerializable(typeof(CreateChangeSetRequest))]
[JsonSerializable(typeof(CreateChangeSetResponse))]
[JsonSerializable(typeof(DescribeChangeSetRequest))]
[JsonSerializable(typeof(DescribeChangeSetResponse))]
[JsonSerializable(typeof(ExecuteChangeSetRequest))]
[JsonSerializable(typeof(ExecuteChangeSetResponse))]
[JsonSerializable(typeof(DeleteChangeSetRequest))]
[JsonSerializable(typeof(DeleteChangeSetResponse))]
[JsonSerializable(typeof(ValidateTemplateRequest))]
[JsonSerializable(typeof(ValidateTemplateResponse))]
[JsonSerializable(typeof(GetTemplateRequest))]
[JsonSerializable(typeof(GetTemplateResponse))]
[JsonSerializable(typeof(SetStackPolicyRequest))]
[JsonSerializable(typeof(SetStackPolicyResponse))]
[JsonSerializable(typeof(GetStackPolicyRequest))]
[JsonSerializable(typeof(GetStackPolicyResponse))]
[JsonSerializable(typeof(UpdateTerminationProtectionRequest))]
[JsonSerializable(typeof(UpdateTerminationProtectionResponse))]
[JsonSerializable(typeof(ContinueUpdateRollbackRequest))]
[JsonSerializable(typeof(ContinueUpdateRollbackResponse))]
[JsonSerializable(typeof(DetectStackDriftRequest))]
[JsonSerializable(typeof(DetectStackDriftResponse))]
[JsonSerializable(typeof(DescribeStackDriftDetectionStatusRequest))]
[JsonSerializable(typeof(DescribeStackDriftDetectionStatusResponse))]
[JsonSerializable(typeof(DescribeStackResourceDriftsRequest))]
[JsonSerializable(typeof(DescribeStackResourceDriftsResponse))]
[JsonSerializable(typeof(GetTemplateSummaryRequest))]
[JsonSerializable(typeof(GetTemplateSummaryResponse))]
internal sealed partial class CloudFormationShapes : JsonSerializerContext
{
    public static Shapes All { get; } = new(new CloudFormationShapes(), naming: null, new Dictionary<string, ErrorFactory>
    {
        ["TokenAlreadyExistsException"] = (message, inner, type, code, id, status) =>
            new TokenAlreadyExistsException(message, inner, type, code, id, status),
        ["AlreadyExistsException"] = (message, inner, type, code, id, status) =>
            new AlreadyExistsException(message, inner, type, code, id, status),
        ["InsufficientCapabilitiesException"] = (message, inner, type, code, id, status) =>
            new InsufficientCapabilitiesException(message, inner, type, code, id, status),
        ["LimitExceededException"] = (message, inner, type, code, id, status) =>
            new LimitExceededException(message, inner, type, code, id, status),
        ["ChangeSetNotFound"] = (message, inner, type, code, id, status) =>
            new ChangeSetNotFoundException(message, inner, type, code, id, status),
        ["InvalidChangeSetStatus"] = (message, inner, type, code, id, status) =>
            new InvalidChangeSetStatusException(message, inner, type, code, id, status),
    }, (message, inner, type, code, id, status) => new AmazonCloudFormationException(message, inner, type, code, id, status));
}
