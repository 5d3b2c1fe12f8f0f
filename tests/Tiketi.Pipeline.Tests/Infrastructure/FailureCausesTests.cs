using Amazon.CloudFormation.Model;
using Microsoft.Extensions.Logging.Abstractions;
using Tiketi.Pipeline.Infrastructure;
using static Tiketi.Pipeline.Tests.Infrastructure.StackMetadataTests;

namespace Tiketi.Pipeline.Tests.Infrastructure;

/// <summary>What AWS says, in the shape in which it says it, and what that means for the one who reads it.</summary>
public sealed class FailureCausesTests
{
    [Theory]
    [InlineData("The requested bucket name is not available. (Service: S3, Status Code: 409, Request ID: X) (RequestToken: y, HandlerErrorCode: AlreadyExists) BucketAlreadyExists", "Bucket names are unique in the whole world")]
    [InlineData("You can't create this secret because a secret with this name is already scheduled for deletion. (Service: SecretsManager, Status Code: 400)", "restore-secret")]
    [InlineData("The maximum number of addresses has been reached. (Service: Ec2, Status Code: 400, Request ID: X)", "public IP addresses are used up")]
    [InlineData("The maximum number of VPCs has been reached. (Service: Ec2, Status Code: 400, Request ID: X)", "VPCs are used up")]
    [InlineData("You have requested more vCPU capacity than your current vCPU limit of 16 allows for the instance bucket that the specified instance type belongs to.", "Running On-Demand instances")]
    [InlineData("CloudFormation cannot update a stack when a custom-named resource requires replacing. Rename tiketi-db and update the stack again.", "makes the new one before it deletes the old")]
    [InlineData("You are not authorized to perform this operation. Encoded authorization failure message: AbC (Service: Ec2, Status Code: 403)", "aws sts decode-authorization-message")]
    [InlineData("Unable to assume the service linked role. Please verify that the ECS service linked role exists.", "aws iam create-service-linked-role")]
    [InlineData("Invalid request provided: AWS::CloudFront::Distribution: One or more of the CNAMEs you provided are already associated with a different resource. (Service: CloudFront, Status Code: 409)", "Another distribution")]
    [InlineData("Resource handler returned message: \"Invalid request provided: The specified SSL certificate doesn't exist, isn't in us-east-1 region, isn't valid, or doesn't include a valid certificate chain. (Service: CloudFront, Status Code: 400)\"", "us-east-1")]
    [InlineData("Access denied for operation 'AWS::CloudFront::Distribution: Your account must be verified before you can add new CloudFront resources.'", "open a support case")]
    [InlineData("Certificate arn:aws:acm:us-east-1:1:certificate/x is in status PENDING_VALIDATION", "name servers")]
    [InlineData("Cannot create cluster 'tiketi' because ap-northeast-2d, the targeted availability zone, does not currently have sufficient capacity to support the cluster. (Service: Eks, Status Code: 400) UnsupportedAvailabilityZoneException", "EKS has no room in that zone")]
    [InlineData("Your requested instance type (t3.large) is not supported in your requested Availability Zone (ap-northeast-2d). Please retry your request by not specifying an Availability Zone or choosing ap-northeast-2a.", "lacks the instance type")]
    [InlineData("We currently do not have sufficient t3.large capacity in the Availability Zone you requested (ap-northeast-2a). (InsufficientInstanceCapacity)", "none of that instance type now")]
    [InlineData("RDS does not support creating a DB instance with the following combination: DBInstanceClass=db.t2.micro, Engine=postgres, EngineVersion=15.4", "describe-orderable-db-instance-options")]
    [InlineData("Cannot find version 15.99 for postgres (Service: Rds, Status Code: 400, Request ID: X)", "describe-db-engine-versions")]
    [InlineData("unsupported Kubernetes version (Service: Eks, Status Code: 400, Request ID: X)", "describe-cluster-versions")]
    [InlineData("NodeCreationFailure: Instances failed to join the kubernetes cluster", "NAT gateway's route")]
    [InlineData("Cannot delete protected DB Instance, please disable deletion protection and try again. (Service: Rds, Status Code: 400)", "DatabaseDeletionProtection")]
    [InlineData("The bucket you tried to delete is not empty (Service: S3, Status Code: 409, Request ID: X)", "aws s3 rm")]
    [InlineData("The repository with name 'tiketi/backend' in registry with id '1' cannot be deleted because it still contains images (Service: Ecr, Status Code: 400)", "batch-delete-image")]
    [InlineData("The subnet 'subnet-1' has dependencies and cannot be deleted. (Service: Ec2, Status Code: 400, Request ID: X)", "Something outside the stack still uses it")]
    [InlineData("Action denied by stack policy: Statement [#1] does not allow [Update:Replace] for resource [LogicalResourceId/Database]", "--allow-replacement")]
    [InlineData("No export named tiketi-staging-VpcId found.", "run ApplyInfra for all stacks")]
    [InlineData("Cannot delete export tiketi-staging-VpcId as it is in use by tiketi-staging-data.", "still imports it")]
    [InlineData("The CIDR '10.0.1.0/24' conflicts with another subnet (Service: Ec2, Status Code: 400)", "choose another")]
    [InlineData("tiketi-db already exists in stack arn:aws:cloudformation:ap-northeast-2:1:stack/other/x", "Another stack owns it")]
    [InlineData("The security token included in the request is expired (Service: Rds, Status Code: 403)", "sign in again")]
    [InlineData("Rate exceeded (Service: Eks, Status Code: 429, Request ID: X)", "nothing is wrong")]
    [InlineData("Provider with url https://token.actions.githubusercontent.com already exists. (Service: Iam, Status Code: 409)", "import it into the stack")]
    [InlineData("Request would exceed the allowed limit: DBInstance quota exceeded", "Service Quotas")]
    [InlineData("Resource handler returned message: \"Exceeded attempts to wait\" (HandlerErrorCode: NotStabilized) resource did not stabilize", "never became ready")]
    [InlineData("User: arn:aws:sts::1:assumed-role/deploy/x is not authorized to perform: rds:CreateDBInstance on resource: arn:aws:rds:ap-northeast-2:1:db:tiketi-db because no identity-based policy allows the rds:CreateDBInstance action (Service: Rds, Status Code: 403)",
        "Give the deploying role the permission rds:CreateDBInstance on arn:aws:rds:ap-northeast-2:1:db:tiketi-db.")]
    [InlineData("User: arn:aws:sts::1:assumed-role/deploy/x is not authorized to perform: iam:PassRole", "Give the deploying role the permission iam:PassRole.")]
    public void AReason_HasItsWayOut(string reason, string remedy) => FailureCauses.RemedyOf(reason).Should().Contain(remedy);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Something nobody has seen before")]
    public void AnUnknownReason_HasNone(string? reason) => FailureCauses.RemedyOf(reason).Should().BeNull();

    [Fact]
    public async Task AFailureInANestedStack_IsNamedWithItsPath()
    {
        const string Outer = "tiketi-test-data", Middle = "arn:stack/middle", Inner = "arn:stack/inner";
        var cloudFormation = new FakeCloudFormation(TimeProvider.System);
        cloudFormation.Scripts[(Outer, "CREATE")] =
        [
            new("Nested", "CREATE_IN_PROGRESS", null, "AWS::CloudFormation::Stack", Middle),
            new("Nested", "CREATE_FAILED", "Embedded stack arn:stack/middle was not successfully created: The following resource(s) failed to create: [Deeper].", "AWS::CloudFormation::Stack", Middle),
            new(Outer, "ROLLBACK_COMPLETE"),
        ];
        cloudFormation.Nested[Middle] = Events("middle", Middle, ("Deeper", "CREATE_FAILED", "Embedded stack arn:stack/inner was not successfully created", "AWS::CloudFormation::Stack", Inner));
        cloudFormation.Nested[Inner] = Events(
            "inner", Inner, ("Role", "CREATE_FAILED", "Resource creation cancelled", "AWS::IAM::Role", "r"), ("Bucket", "CREATE_FAILED", "no room for buckets: quota", "AWS::S3::Bucket", "b"));
        var deployer = new StackDeployer(_ => cloudFormation, NullLogger<StackDeployer>.Instance, TimeProvider.System);

        var error = (await deployer.Awaiting(one => one.ApplyAsync(new InfrastructureRequest { Environment = "test", Graph = StackGraph.Build([Parse("data", "Resources: {A: {Type: T}}")]) }))
            .Should().ThrowAsync<PipelineException>()).Which;

        error.Message.Should().Be($"Stack {Outer} ended as ROLLBACK_COMPLETE: Nested.Deeper.Bucket (AWS::S3::Bucket) CREATE_FAILED: no room for buckets: quota");
        error.Remedy.Should().StartWith("The account's quota is used up.");
    }

    /// <summary>A nested stack's events as CloudFormation lists them: newest first, an earlier operation's failure behind the present one.</summary>
    private static List<StackEvent> Events(string name, string id, params (string LogicalId, string Status, string Reason, string Type, string PhysicalId)[] steps)
    {
        StackEvent Event(string logicalId, string status, string? reason, string type, string physicalId) => new()
        {
            StackId = id, StackName = name, LogicalResourceId = logicalId, ResourceStatus = status, ResourceStatusReason = reason, ResourceType = type, PhysicalResourceId = physicalId,
        };
        return
        [
            Event(name, "ROLLBACK_COMPLETE", null, "AWS::CloudFormation::Stack", id),
            .. steps.Reverse().Select(step => Event(step.LogicalId, step.Status, step.Reason, step.Type, step.PhysicalId)),
            Event(name, "CREATE_IN_PROGRESS", null, "AWS::CloudFormation::Stack", id),
            Event("Old", "CREATE_FAILED", "of an earlier operation", "AWS::S3::Bucket", "o"),
        ];
    }
}
