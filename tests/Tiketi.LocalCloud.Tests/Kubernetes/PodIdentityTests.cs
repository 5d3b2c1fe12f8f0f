using System.Net;
using System.Text.Json.Nodes;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Tiketi.LocalCloud.Kubernetes;
using Tiketi.LocalCloud.Tests.S3;

namespace Tiketi.LocalCloud.Tests.Kubernetes;

/// <summary>EKS Pod Identity: a pod gets credentials of its service account's role, which S3 holds to what the role may do.</summary>
[Collection(ClusterTests.Name)]
public sealed class PodIdentityTests(Cluster cluster)
{
    private const string Ask = "wget -qO- --header \"Authorization: $(cat $AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE)\" $AWS_CONTAINER_CREDENTIALS_FULL_URI";

    [Fact]
    public async Task A_pod_may_do_what_its_role_may_and_nothing_more_until_its_identity_is_taken_away_or_the_pod_is_gone()
    {
        var (ns, bucket) = (await cluster.NamespaceAsync(), $"uploads-{Guid.NewGuid():N}");
        await ChangeStackAsync("create-stack", ns, bucket, "uploader");
        await cluster.ApplyAsync(string.Join("\n---\n",
            $"apiVersion: v1\nkind: ServiceAccount\nmetadata: {{name: uploader, namespace: {ns}}}",
            Manifests.Pod(ns, "with", "sleep 1000", spec: ", serviceAccountName: uploader"),
            Manifests.Pod(ns, "without", "sleep 1000")));
        (await cluster.KubectlAsync("-n", ns, "wait", "pod/with", "pod/without", "--for", "condition=Ready", "--timeout", "90s")).Ok();

        var credentials = JsonNode.Parse((await ExecAsync(ns, "with", Ask)).Ok());
        (await ExecAsync(ns, "without", "env")).Ok().Should().NotContain("AWS_");
        (await ExecAsync(ns, "with", "wget -qO- $AWS_CONTAINER_CREDENTIALS_FULL_URI")).Error.Should().Contain("400");

        using var s3 = new AmazonS3Client(
            new SessionAWSCredentials(credentials.Text("AccessKeyId"), credentials.Text("SecretAccessKey"), credentials.Text("Token")),
            new AmazonS3Config { ServiceURL = cluster.Cloud.Endpoint, ForcePathStyle = true, AuthenticationRegion = cluster.Cloud.Settings.Region, MaxErrorRetry = 0 });
        await s3.PutObjectAsync(new PutObjectRequest { BucketName = bucket, Key = "a", ContentBody = "from a pod" });
        await RefusedAsync(() => s3.DeleteObjectAsync(bucket, "a"), "s3:DeleteObject");
        await RefusedAsync(() => s3.ListObjectsV2Async(new ListObjectsV2Request { BucketName = bucket }), "s3:ListBucket");
        using (var operatorsS3 = cluster.Cloud.S3())
        {
            await operatorsS3.PutBucketPolicyAsync(bucket, $$"""{"Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:PutObject","Resource":"arn:aws:s3:::{{bucket}}/*"}]}""");
            await RefusedAsync(() => s3.PutObjectAsync(new PutObjectRequest { BucketName = bucket, Key = "b", ContentBody = "x" }), "s3:PutObject");
            await operatorsS3.DeleteObjectAsync(bucket, "a");
        }

        var token = (await ExecAsync(ns, "with", "cat $AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")).Ok().Trim();
        var claims = token.Split('.')[1];
        (await AskAsync(token)).Should().Be(HttpStatusCode.OK);
        (await AskAsync(token.Replace(claims, claims[..^4] + "AAAA", StringComparison.Ordinal))).Should().Be(HttpStatusCode.BadRequest, "a changed token is nobody's");
        await ChangeStackAsync("update-stack", ns, bucket, "somebody-else");
        (await AskAsync(token)).Should().Be(HttpStatusCode.NotFound);
        (await cluster.KubectlAsync("-n", ns, "delete", "pod", "with", "--now", "--timeout", "90s")).Ok();
        (await AskAsync(token)).Should().Be(HttpStatusCode.BadRequest, "its pod is gone");
        (await cluster.KubectlAsync("delete", "namespace", ns, "--wait=false")).Ok();
        (await cluster.Cloud.AwsAsync("cloudformation", "delete-stack", "--stack-name", ns)).Ok();
    }

    private async Task<HttpStatusCode> AskAsync(string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/v1/credentials", UriKind.Relative));
        request.Headers.TryAddWithoutValidation("Authorization", token);
        using var answer = await cluster.Cloud.Http.SendAsync(request);
        return answer.StatusCode;
    }

    private static async Task RefusedAsync(Func<Task> call, string action) =>
        (await call.Should().ThrowAsync<AmazonS3Exception>()).Which.Should().Match<AmazonS3Exception>(refusal => refusal.ErrorCode == "AccessDenied" && refusal.Message.Contains(action));

    private Task<Outcome> ExecAsync(string ns, string pod, string command) => cluster.KubectlAsync("-n", ns, "exec", pod, "--", "sh", "-c", command);

    private async Task ChangeStackAsync(string verb, string ns, string bucket, string serviceAccount)
    {
        var template = $$$"""
            Resources:
              Bucket: {Type: "AWS::S3::Bucket", Properties: {BucketName: {{{bucket}}}}}
              Role:
                Type: AWS::IAM::Role
                Properties:
                  AssumeRolePolicyDocument: {Statement: [{Effect: Allow, Action: ["sts:AssumeRole", "sts:TagSession"], Principal: {Service: pods.eks.amazonaws.com}}]}
                  Policies: [{PolicyName: uploads, PolicyDocument: {Statement: [{Effect: Allow, Action: ["s3:PutObject", "s3:GetObject"], Resource: !Sub "${Bucket.Arn}/*"}]}}]
              Identity: {Type: "AWS::EKS::PodIdentityAssociation", Properties: {ClusterName: {{{Cluster.ClusterName}}}, Namespace: {{{ns}}}, ServiceAccount: {{{serviceAccount}}}, RoleArn: !GetAtt Role.Arn}}
            """;
        (await cluster.Cloud.AwsAsync("cloudformation", verb, "--stack-name", ns, "--capabilities", "CAPABILITY_IAM", "--template-body", template)).Ok();
        await cluster.UntilAsync(
            () => cluster.Cloud.AwsAsync("cloudformation", "describe-stacks", "--stack-name", ns, "--query", "Stacks[0].StackStatus"),
            outcome => outcome.Output.Contains($"{verb.Split('-')[0].ToUpperInvariant()}_COMPLETE", StringComparison.Ordinal));
    }
}
