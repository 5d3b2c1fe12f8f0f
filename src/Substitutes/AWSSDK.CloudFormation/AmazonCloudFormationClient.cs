using Amazon.CloudFormation.Model;
using Amazon.Runtime;
using Aws.Protocol;

namespace Amazon.CloudFormation;

/// <summary>The client of AWS CloudFormation.</summary>
public class AmazonCloudFormationClient : ServiceClient, IAmazonCloudFormation
{
    private static readonly Query Wire = new(Internal.CloudFormationShapes.All, "cloudformation", "2010-05-15");

    private static readonly Operation DescribeStacks = Wire.Op<DescribeStacksRequest, DescribeStacksResponse>();
    private static readonly Operation DeleteStack = Wire.Op<DeleteStackRequest, DeleteStackResponse>();
    private static readonly Operation DescribeStackEvents = Wire.Op<DescribeStackEventsRequest, DescribeStackEventsResponse>();
    private static readonly Operation DescribeStackResources = Wire.Op<DescribeStackResourcesRequest, DescribeStackResourcesResponse>();
    private static readonly Operation CreateChangeSet = Wire.Op<CreateChangeSetRequest, CreateChangeSetResponse>();
    private static readonly Operation DescribeChangeSet = Wire.Op<DescribeChangeSetRequest, DescribeChangeSetResponse>();
    private static readonly Operation ExecuteChangeSet = Wire.Op<ExecuteChangeSetRequest, ExecuteChangeSetResponse>();
    private static readonly Operation DeleteChangeSet = Wire.Op<DeleteChangeSetRequest, DeleteChangeSetResponse>();
    private static readonly Operation ValidateTemplate = Wire.Op<ValidateTemplateRequest, ValidateTemplateResponse>();
    private static readonly Operation GetTemplate = Wire.Op<GetTemplateRequest, GetTemplateResponse>();
    private static readonly Operation SetStackPolicy = Wire.Op<SetStackPolicyRequest, SetStackPolicyResponse>();
    private static readonly Operation GetStackPolicy = Wire.Op<GetStackPolicyRequest, GetStackPolicyResponse>();
    private static readonly Operation UpdateTerminationProtection = Wire.Op<UpdateTerminationProtectionRequest, UpdateTerminationProtectionResponse>();
    private static readonly Operation ContinueUpdateRollback = Wire.Op<ContinueUpdateRollbackRequest, ContinueUpdateRollbackResponse>();
    private static readonly Operation DetectStackDrift = Wire.Op<DetectStackDriftRequest, DetectStackDriftResponse>();
    private static readonly Operation DescribeStackDriftDetectionStatus = Wire.Op<DescribeStackDriftDetectionStatusRequest, DescribeStackDriftDetectionStatusResponse>();
    private static readonly Operation DescribeStackResourceDrifts = Wire.Op<DescribeStackResourceDriftsRequest, DescribeStackResourceDriftsResponse>();
    private static readonly Operation GetTemplateSummary = Wire.Op<GetTemplateSummaryRequest, GetTemplateSummaryResponse>();

    public AmazonCloudFormationClient() : base(new AmazonCloudFormationConfig()) { }

    public AmazonCloudFormationClient(RegionEndpoint region) : base(new AmazonCloudFormationConfig { RegionEndpoint = region }) { }

    public AmazonCloudFormationClient(AmazonCloudFormationConfig config) : base(config) { }

    public AmazonCloudFormationClient(AWSCredentials credentials) : this(credentials, new AmazonCloudFormationConfig()) { }

    public AmazonCloudFormationClient(AWSCredentials credentials, RegionEndpoint region)
        : this(credentials, new AmazonCloudFormationConfig { RegionEndpoint = region }) { }

    public AmazonCloudFormationClient(AWSCredentials credentials, AmazonCloudFormationConfig clientConfig) : base(credentials, clientConfig) { }

    public AmazonCloudFormationClient(string awsAccessKeyId, string awsSecretAccessKey)
        : this(new BasicAWSCredentials(awsAccessKeyId, awsSecretAccessKey)) { }

    public AmazonCloudFormationClient(string awsAccessKeyId, string awsSecretAccessKey, RegionEndpoint region)
        : this(new BasicAWSCredentials(awsAccessKeyId, awsSecretAccessKey), region) { }

    public AmazonCloudFormationClient(string awsAccessKeyId, string awsSecretAccessKey, AmazonCloudFormationConfig clientConfig)
        : this(new BasicAWSCredentials(awsAccessKeyId, awsSecretAccessKey), clientConfig) { }

    public AmazonCloudFormationClient(string awsAccessKeyId, string awsSecretAccessKey, string awsSessionToken)
        : this(new SessionAWSCredentials(awsAccessKeyId, awsSecretAccessKey, awsSessionToken)) { }

    public AmazonCloudFormationClient(string awsAccessKeyId, string awsSecretAccessKey, string awsSessionToken, RegionEndpoint region)
        : this(new SessionAWSCredentials(awsAccessKeyId, awsSecretAccessKey, awsSessionToken), region) { }

    public AmazonCloudFormationClient(string awsAccessKeyId, string awsSecretAccessKey, string awsSessionToken, AmazonCloudFormationConfig clientConfig)
        : this(new SessionAWSCredentials(awsAccessKeyId, awsSecretAccessKey, awsSessionToken), clientConfig) { }

    public virtual Task<DescribeStacksResponse> DescribeStacksAsync(CancellationToken cancellationToken = default) =>
        DescribeStacksAsync(new DescribeStacksRequest(), cancellationToken);

    public virtual Task<DescribeStacksResponse> DescribeStacksAsync(DescribeStacksRequest request, CancellationToken cancellationToken = default) =>
        InvokeAsync<DescribeStacksResponse>(request, DescribeStacks, cancellationToken);

    public virtual Task<DeleteStackResponse> DeleteStackAsync(DeleteStackRequest request, CancellationToken cancellationToken = default) =>
        InvokeAsync<DeleteStackResponse>(request, DeleteStack, cancellationToken);

    public virtual Task<DescribeStackEventsResponse> DescribeStackEventsAsync(DescribeStackEventsRequest request, CancellationToken cancellationToken = default) =>
        InvokeAsync<DescribeStackEventsResponse>(request, DescribeStackEvents, cancellationToken);

    public virtual Task<DescribeStackResourcesResponse> DescribeStackResourcesAsync(DescribeStackResourcesRequest request, CancellationToken cancellationToken = default) =>
        InvokeAsync<DescribeStackResourcesResponse>(request, DescribeStackResources, cancellationToken);

    public virtual Task<CreateChangeSetResponse> CreateChangeSetAsync(CreateChangeSetRequest request, CancellationToken cancellationToken = default) =>
        InvokeAsync<CreateChangeSetResponse>(request, CreateChangeSet, cancellationToken);

    public virtual Task<DescribeChangeSetResponse> DescribeChangeSetAsync(DescribeChangeSetRequest request, CancellationToken cancellationToken = default) =>
        InvokeAsync<DescribeChangeSetResponse>(request, DescribeChangeSet, cancellationToken);

    public virtual Task<ExecuteChangeSetResponse> ExecuteChangeSetAsync(ExecuteChangeSetRequest request, CancellationToken cancellationToken = default) =>
        InvokeAsync<ExecuteChangeSetResponse>(request, ExecuteChangeSet, cancellationToken);

    public virtual Task<DeleteChangeSetResponse> DeleteChangeSetAsync(DeleteChangeSetRequest request, CancellationToken cancellationToken = default) =>
        InvokeAsync<DeleteChangeSetResponse>(request, DeleteChangeSet, cancellationToken);

    public virtual Task<ValidateTemplateResponse> ValidateTemplateAsync(CancellationToken cancellationToken = default) =>
        ValidateTemplateAsync(new ValidateTemplateRequest(), cancellationToken);

    public virtual Task<ValidateTemplateResponse> ValidateTemplateAsync(ValidateTemplateRequest request, CancellationToken cancellationToken = default) =>
        InvokeAsync<ValidateTemplateResponse>(request, ValidateTemplate, cancellationToken);

    public virtual Task<GetTemplateResponse> GetTemplateAsync(GetTemplateRequest request, CancellationToken cancellationToken = default) =>
        InvokeAsync<GetTemplateResponse>(request, GetTemplate, cancellationToken);

    public virtual Task<SetStackPolicyResponse> SetStackPolicyAsync(SetStackPolicyRequest request, CancellationToken cancellationToken = default) =>
        InvokeAsync<SetStackPolicyResponse>(request, SetStackPolicy, cancellationToken);

    public virtual Task<GetStackPolicyResponse> GetStackPolicyAsync(GetStackPolicyRequest request, CancellationToken cancellationToken = default) =>
        InvokeAsync<GetStackPolicyResponse>(request, GetStackPolicy, cancellationToken);

    public virtual Task<UpdateTerminationProtectionResponse> UpdateTerminationProtectionAsync(UpdateTerminationProtectionRequest request, CancellationToken cancellationToken = default) =>
        InvokeAsync<UpdateTerminationProtectionResponse>(request, UpdateTerminationProtection, cancellationToken);

    public virtual Task<ContinueUpdateRollbackResponse> ContinueUpdateRollbackAsync(ContinueUpdateRollbackRequest request, CancellationToken cancellationToken = default) =>
        InvokeAsync<ContinueUpdateRollbackResponse>(request, ContinueUpdateRollback, cancellationToken);

    public virtual Task<DetectStackDriftResponse> DetectStackDriftAsync(DetectStackDriftRequest request, CancellationToken cancellationToken = default) =>
        InvokeAsync<DetectStackDriftResponse>(request, DetectStackDrift, cancellationToken);

    public virtual Task<DescribeStackDriftDetectionStatusResponse> DescribeStackDriftDetectionStatusAsync(DescribeStackDriftDetectionStatusRequest request, CancellationToken cancellationToken = default) =>
        InvokeAsync<DescribeStackDriftDetectionStatusResponse>(request, DescribeStackDriftDetectionStatus, cancellationToken);

    public virtual Task<DescribeStackResourceDriftsResponse> DescribeStackResourceDriftsAsync(DescribeStackResourceDriftsRequest request, CancellationToken cancellationToken = default) =>
        InvokeAsync<DescribeStackResourceDriftsResponse>(request, DescribeStackResourceDrifts, cancellationToken);

    public virtual Task<GetTemplateSummaryResponse> GetTemplateSummaryAsync(GetTemplateSummaryRequest request, CancellationToken cancellationToken = default) =>
        InvokeAsync<GetTemplateSummaryResponse>(request, GetTemplateSummary, cancellationToken);
}
