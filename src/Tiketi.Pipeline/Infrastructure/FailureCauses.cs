using System.Text.RegularExpressions;

namespace Tiketi.Pipeline.Infrastructure;

/// <summary>
/// What the reasons in CloudFormation's events mean, and the likely way out. Most reasons are the service's own error message,
/// some with its code: "... (Service: Ec2, Status Code: 400, Request ID: ...)". The first sign that fits wins, so the particular
/// stand before the general.
/// </summary>
internal static partial class FailureCauses
{
    private const string Quota = "Ask for more in the console under Service Quotas, or remove what is no longer needed.";

    private static readonly (string Sign, string Remedy)[] Known =
    [
        ("BucketAlreadyExists", "Bucket names are unique in the whole world and somebody else has this one: choose another in environments/."),
        ("already scheduled for deletion", "A secret of that name was deleted and can still come back: aws secretsmanager restore-secret, then import it; or delete it for good with aws secretsmanager delete-secret --force-delete-without-recovery."),
        ("AddressLimitExceeded", "The region's public IP addresses are used up (5 by default). " + Quota),
        ("maximum number of addresses", "The region's public IP addresses are used up (5 by default). " + Quota),
        ("VpcLimitExceeded", "The region's VPCs are used up (5 by default). " + Quota),
        ("maximum number of VPCs", "The region's VPCs are used up (5 by default). " + Quota),
        ("vCPU limit", "The account may not run that many vCPUs of this instance family at once. Ask for more under Service Quotas, EC2, Running On-Demand instances; or choose fewer or smaller nodes."),
        ("custom-named resource", "CloudFormation makes the new one before it deletes the old, and both cannot have the name: give it another name in the template or in environments/."),
        ("Encoded authorization failure message", "The deploying role lacks a permission. Which one: aws sts decode-authorization-message --encoded-message MESSAGE"),
        ("service linked role", "The account lacks the service's own role. Create it once: aws iam create-service-linked-role --aws-service-name SERVICE.amazonaws.com"),
        ("service-linked role", "The account lacks the service's own role. Create it once: aws iam create-service-linked-role --aws-service-name SERVICE.amazonaws.com"),
        ("CNAMEAlreadyExists", "Another distribution, perhaps of another account, has the domain: remove it there first, or move it with aws cloudfront associate-alias."),
        ("CNAMEs you provided are already associated", "Another distribution, perhaps of another account, has the domain: remove it there first, or move it with aws cloudfront associate-alias."),
        ("specified SSL certificate doesn't exist", "CloudFront takes only certificates that are issued and live in us-east-1: apply stack edge first and wait until its certificate is validated."),
        ("account must be verified", "AWS has to verify the account before it may have distributions: open a support case (Account and billing), then run again."),
        ("PENDING_VALIDATION", "The certificate waits for its DNS record: the domain must be served by the hosted zone of stack dns; compare the registrar's name servers with the zone's."),
        ("CAA", "The domain's CAA record does not let Amazon issue certificates: add amazon.com to it."),
        ("UnsupportedAvailabilityZone", "EKS has no room in that zone: choose the other zones that the message names."),
        ("is not supported in your requested Availability Zone", "That zone lacks the instance type: choose another type, or a zone that the message names."),
        ("InsufficientInstanceCapacity", "The zone has none of that instance type now: choose another type or zone, or try again later."),
        ("sufficient capacity", "The zone has none of that instance type now: choose another type or zone, or try again later."),
        ("InsufficientDBInstanceCapacity", "The zone has no database instance of that class now: choose another class, or try again later."),
        ("does not support", "That combination is not offered in this region: compare class, engine version and zone (aws rds describe-orderable-db-instance-options)."),
        ("Cannot find version", "That engine version is no longer offered: choose one of aws rds describe-db-engine-versions in environments/."),
        ("unsupported Kubernetes version", "EKS no longer creates clusters of that version: choose a supported one in environments/ (aws eks describe-cluster-versions)."),
        ("failed to join the kubernetes cluster", "The nodes cannot reach the cluster: check the NAT gateway's route, the node role's policies and the security groups."),
        ("Cannot delete protected", "Deletion protection is on: set DatabaseDeletionProtection to \"false\", apply, then try again."),
        ("bucket you tried to delete is not empty", "Empty the bucket first: aws s3 rm s3://BUCKET --recursive"),
        ("still contains images", "Delete the repository's images first: aws ecr batch-delete-image."),
        ("has dependencies and cannot be deleted", "Something outside the stack still uses it, often a load balancer or network interface that the cluster has left: delete that first."),
        ("DependencyViolation", "Something outside the stack still uses it, often a load balancer or network interface that the cluster has left: delete that first."),
        ("Action denied by stack policy", "The stack's policy forbids it. If it is meant: ApplyInfra --allow-replacement with the resource's name."),
        ("No export named", "The stack that exports it is not deployed yet: run ApplyInfra for all stacks."),
        ("as it is in use by", "Another stack still imports it: apply that one without the import first."),
        ("conflicts with another subnet", "The address range is taken in this network: choose another."),
        ("already exists in stack", "Another stack owns it: delete it there, or give this one another name."),
        ("token included in the request is expired", "The credentials that the operation was begun with have expired: sign in again."),
        ("Rate exceeded", "AWS had too many requests at once: nothing is wrong."),
        ("ExpiredToken", "The credentials that the operation was begun with have expired: sign in again."),
        ("exceeded quota", "The account's quota is used up. " + Quota),
        ("QuotaExceeded", "The account's quota is used up. " + Quota),
        ("quota", "The account's quota is used up. " + Quota),
        ("LimitExceeded", "The account's quota is used up. " + Quota),
        ("maximum number of", "The account's quota is used up. " + Quota),
        ("did not stabilize", "It was made but never became ready: look at it in the console, then try again."),
        ("timed out", "It was made but never became ready: look at it in the console, then try again."),
        ("AlreadyExists", "Something of that name is there already: delete or rename it, or import it into the stack."),
        ("already exists", "Something of that name is there already: delete or rename it, or import it into the stack."),
        ("AccessDenied", "Give the deploying role the permission named in the reason."),
    ];

    /// <summary>The way out of the reason, or null where it says nothing that is known.</summary>
    public static string? RemedyOf(string? reason)
    {
        if (string.IsNullOrEmpty(reason))
        {
            return null;
        }

        return Permission().Match(reason) is { Success: true } match
            ? $"Give the deploying role the permission {match.Groups["action"].Value}{(match.Groups["resource"].Success ? $" on {match.Groups["resource"].Value}" : "")}."
            : Known.FirstOrDefault(cause => reason.Contains(cause.Sign, StringComparison.OrdinalIgnoreCase)).Remedy;
    }

    [GeneratedRegex(@"not authorized to perform: (?<action>[\w-]+:\w+)( on resource: (?<resource>[^\s,]+))?", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Permission();
}
