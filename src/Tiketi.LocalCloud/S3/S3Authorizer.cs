using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Tiketi.LocalCloud.CloudFormation;
using Tiketi.LocalCloud.CloudFormation.Records;
using Tiketi.LocalCloud.Iam;
using Tiketi.LocalCloud.S3.Storage;
using Tiketi.LocalCloud.Sts;

namespace Tiketi.LocalCloud.S3;

/// <summary>
/// Who may do what. A signed caller is the account: everything, except what a bucket policy denies. A pod, though, is its role: what the
/// role's own policies allow, except that too. An anonymous caller and an AWS service may do what a bucket policy allows; the public
/// access block takes that away from anonymous ones.
/// </summary>
internal sealed class S3Authorizer(StsSessions sessions, RecordStore records, TimeProvider time)
{
    private static readonly IReadOnlySet<string> PolicyOperations = new HashSet<string>(StringComparer.Ordinal) { "GetBucketPolicy", "PutBucketPolicy", "DeleteBucketPolicy" };

    /// <exception cref="S3Exception">AccessDenied.</exception>
    public void Authorize(S3Request request, string operation, Bucket? bucket)
    {
        RejectExpiredUrl(request);
        if (bucket is null)
        {
            if (!request.IsSigned)
            {
                throw S3Errors.AccessDenied();
            }

            return;
        }

        var resource = request.Key.Length > 0 ? $"{bucket.Arn}/{request.Key}" : bucket.Arn;
        var pod = PodOf(request);
        var asked = new PolicyRequest(pod is null ? request.IsSigned ? PolicyRequest.Account : null : RoleArnOf(pod), ActionOf(operation), resource, ContextOf(request.Http));
        var decision = Decide(bucket, asked);
        if (pod is not null)
        {
            if (decision == PolicyDecision.Deny || !RoleAllows(pod.Role, asked))
            {
                throw S3Errors.AccessDenied($"User: {pod.Arn} is not authorized to perform: {asked.Action} on resource: \"{resource}\"");
            }

            return;
        }

        // The owner can always mend a policy that locks everybody out.
        var allowed = request.IsSigned ? decision != PolicyDecision.Deny || PolicyOperations.Contains(operation) : decision == PolicyDecision.Allow;
        if (!allowed)
        {
            throw S3Errors.AccessDenied();
        }
    }

    /// <summary>What the bucket's policy says of a request.</summary>
    public static PolicyDecision Decide(Bucket bucket, PolicyRequest request)
    {
        if (!bucket.Document.Configuration.TryGetValue("policy", out var json))
        {
            return PolicyDecision.None;
        }

        var policy = BucketPolicy.Parse(json);
        var decision = policy.Evaluate(request);
        var ignored = decision == PolicyDecision.Allow && request.Principal is null && policy.IsPublic && BucketConfiguration.BlocksPublic(bucket, "RestrictPublicBuckets");
        return ignored ? PolicyDecision.None : decision;
    }

    /// <summary>An anonymous caller that may not list learns nothing about which keys exist: a missing key is 403, not 404.</summary>
    public static bool MayKnowAbsence(S3Request request, Bucket bucket) =>
        request.IsSigned || Decide(bucket, new PolicyRequest(null, "s3:ListBucket", bucket.Arn, ContextOf(request.Http))) == PolicyDecision.Allow;

    /// <summary>
    /// aws:SecureTransport is true although the port is plain HTTP: loopback stands where AWS has its TLS end, and templates
    /// that deny insecure transport would lock everybody out otherwise.
    /// </summary>
    internal static IReadOnlyDictionary<string, string> ContextOf(HttpContext http) => new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
    {
        ["aws:SecureTransport"] = "true",
        ["aws:SourceIp"] = http.Connection.RemoteIpAddress?.ToString() ?? "127.0.0.1",
        ["s3:prefix"] = http.Request.Query["prefix"].ToString(),
        ["s3:x-amz-server-side-encryption"] = http.Request.Headers["x-amz-server-side-encryption"].ToString() is { Length: > 0 } asked ? asked : "AES256",
        ["s3:x-amz-acl"] = http.Request.Headers["x-amz-acl"].ToString(),
    };

    /// <summary>The session that signed, when it is a pod's.</summary>
    /// <exception cref="S3Exception">ExpiredToken.</exception>
    private StsSession? PodOf(S3Request request)
    {
        if (request.AccessKeyId is not { } key || sessions.Find(key) is not { IsPod: true } session)
        {
            return null;
        }

        return sessions.HasExpired(session) ? throw new S3Exception(400, "ExpiredToken", "The provided token has expired.") : session;
    }

    /// <summary>Bucket policies name roles, and mean their sessions.</summary>
    private string RoleArnOf(StsSession pod) => records.Find(IamTypes.Role, pod.Role)?.Attributes["Arn"] ?? pod.Arn;

    private bool RoleAllows(string role, PolicyRequest asked)
    {
        var policies = records.Find(IamTypes.Role, role)?.Properties.Objects("Policies").Select(policy => policy["PolicyDocument"]).OfType<JsonObject>() ?? [];
        var decisions = policies.Select(document => BucketPolicy.OfRole(document).Evaluate(asked)).ToList();
        return decisions.Contains(PolicyDecision.Allow) && !decisions.Contains(PolicyDecision.Deny);
    }

    private static string ActionOf(string operation) => operation switch
    {
        "HeadObject" or "GetObject" => "s3:GetObject",
        "HeadBucket" or "ListObjects" or "ListObjectsV2" => "s3:ListBucket",
        "CopyObject" or "CreateMultipartUpload" or "UploadPart" or "UploadPartCopy" or "CompleteMultipartUpload" => "s3:PutObject",
        "DeleteObjects" => "s3:DeleteObject",
        "ListParts" => "s3:ListMultipartUploadParts",
        "ListMultipartUploads" => "s3:ListBucketMultipartUploads",
        "GetBucketEncryption" => "s3:GetEncryptionConfiguration",
        "PutBucketEncryption" or "DeleteBucketEncryption" => "s3:PutEncryptionConfiguration",
        "GetBucketLifecycleConfiguration" => "s3:GetLifecycleConfiguration",
        "PutBucketLifecycleConfiguration" or "DeleteBucketLifecycle" => "s3:PutLifecycleConfiguration",
        "GetPublicAccessBlock" => "s3:GetBucketPublicAccessBlock",
        "PutPublicAccessBlock" or "DeletePublicAccessBlock" => "s3:PutBucketPublicAccessBlock",
        _ => "s3:" + operation,
    };

    private void RejectExpiredUrl(S3Request request)
    {
        if (!request.Has("X-Amz-Expires"))
        {
            return;
        }

        if (!DateTimeOffset.TryParseExact(request.Query("X-Amz-Date"), "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var signed)
            || !int.TryParse(request.Query("X-Amz-Expires"), out var seconds))
        {
            throw new S3Exception(400, "AuthorizationQueryParametersError", "X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"");
        }

        if (signed.AddSeconds(seconds) < time.GetUtcNow())
        {
            throw S3Errors.AccessDenied("Request has expired");
        }
    }
}
