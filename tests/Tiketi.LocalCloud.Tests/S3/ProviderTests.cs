using System.Text.Json.Nodes;
using Amazon.S3.Model;
using Microsoft.Extensions.DependencyInjection;
using Tiketi.LocalCloud.CloudFormation;

namespace Tiketi.LocalCloud.Tests.S3;

/// <summary>AWS::S3::Bucket and AWS::S3::BucketPolicy.</summary>
public sealed class ProviderTests(RunningCloud cloud) : IClassFixture<RunningCloud>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Makes_a_bucket_with_its_documents_and_deletes_only_an_empty_one()
    {
        using var s3 = cloud.S3();
        var provider = Provider("AWS::S3::Bucket");
        var request = Request(provider, """
            {"BucketName":"cfn-bucket","Tags":[{"Key":"a","Value":"b"}],
             "OwnershipControls":{"Rules":[{"ObjectOwnership":"BucketOwnerPreferred"}]},
             "PublicAccessBlockConfiguration":{"BlockPublicAcls":true,"BlockPublicPolicy":false,"IgnorePublicAcls":"true","RestrictPublicBuckets":false},
             "BucketEncryption":{"ServerSideEncryptionConfiguration":[{"ServerSideEncryptionByDefault":{"SSEAlgorithm":"AES256"}}]},
             "LifecycleConfiguration":{"Rules":[{"Id":"x","Status":"Enabled","ExpirationInDays":90,"Transitions":[{"StorageClass":"INTELLIGENT_TIERING","TransitionInDays":30}],"AbortIncompleteMultipartUpload":{"DaysAfterInitiation":7}}]}}
            """);
        var made = await provider.CreateAsync(request, Token);
        made.Id.Should().Be("cfn-bucket");
        made.Attributes["Arn"].Should().Be("arn:aws:s3:::cfn-bucket");
        made.Attributes["RegionalDomainName"].Should().Be("cfn-bucket.s3.ap-northeast-2.amazonaws.com");

        (await s3.GetBucketTaggingAsync(new GetBucketTaggingRequest { BucketName = made.Id }, Token)).TagSet.Should().ContainSingle(tag => tag.Key == "a" && tag.Value == "b");
        var block = (await s3.GetPublicAccessBlockAsync(new GetPublicAccessBlockRequest { BucketName = made.Id }, Token)).PublicAccessBlockConfiguration;
        (block.BlockPublicAcls, block.BlockPublicPolicy, block.IgnorePublicAcls).Should().Be((true, false, true));
        (await s3.GetBucketOwnershipControlsAsync(new GetBucketOwnershipControlsRequest { BucketName = made.Id }, Token)).OwnershipControls.Rules[0].ObjectOwnership.Value.Should().Be("BucketOwnerPreferred");
        var rule = (await s3.GetLifecycleConfigurationAsync(made.Id, Token)).Configuration.Rules.Single();
        (rule.Id, rule.Expiration.Days, rule.Transitions[0].Days, rule.AbortIncompleteMultipartUpload.DaysAfterInitiation).Should().Be(("x", 90, 30, 7));

        await s3.PutObjectAsync(new PutObjectRequest { BucketName = made.Id, Key = "k", ContentBody = "x" }, Token);
        var delete = () => provider.DeleteAsync(request, made, Token);
        (await delete.Should().ThrowAsync<ResourceException>()).WithMessage("The bucket you tried to delete is not empty*BucketNotEmpty*");
        await s3.DeleteObjectAsync(made.Id, "k", Token);
        await provider.DeleteAsync(request, made, Token);
        await provider.DeleteAsync(request, made, Token);
    }

    [Fact]
    public async Task Names_a_bucket_itself_and_refuses_what_it_does_not_have()
    {
        var provider = Provider("AWS::S3::Bucket");
        (await provider.CreateAsync(Request(provider, "{}"), Token)).Id.Should().MatchRegex("^tiketi-local-x-bucket-[a-z0-9]{12}$");
        var create = () => provider.CreateAsync(Request(provider, """{"ReplicationConfiguration":{}}"""), Token);
        (await create.Should().ThrowAsync<ResourceException>()).WithMessage("*ReplicationConfiguration*");
        await provider.CreateAsync(Request(provider, """{"BucketName":"cfn-twice"}"""), Token);
        var twice = () => provider.CreateAsync(Request(provider, """{"BucketName":"cfn-twice"}"""), Token);
        (await twice.Should().ThrowAsync<ResourceException>()).WithMessage("cfn-twice already exists");
    }

    [Fact]
    public async Task Carries_out_a_policy()
    {
        using var s3 = cloud.S3();
        var bucket = Provider("AWS::S3::Bucket");
        await bucket.CreateAsync(Request(bucket, """{"BucketName":"cfn-policy","PublicAccessBlockConfiguration":{"BlockPublicPolicy":false,"RestrictPublicBuckets":false}}"""), Token);
        await s3.PutObjectAsync(new PutObjectRequest { BucketName = "cfn-policy", Key = "open/a", ContentBody = "a" }, Token);
        (await cloud.Http.GetAsync("/cfn-policy/open/a", Token)).StatusCode.Should().Be(System.Net.HttpStatusCode.Forbidden);

        var provider = Provider("AWS::S3::BucketPolicy");
        var request = Request(provider, """
            {"Bucket":"cfn-policy","PolicyDocument":{"Statement":[
              {"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::cfn-policy/open/*"},
              {"Effect":"Deny","Principal":"*","Action":"s3:DeleteObject","Resource":"arn:aws:s3:::cfn-policy/*"},
              {"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::cfn-policy/*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}]}}
            """);
        var made = await provider.CreateAsync(request, Token);
        (await cloud.Http.GetStringAsync("/cfn-policy/open/a", Token)).Should().Be("a");
        (await cloud.Http.GetAsync("/cfn-policy/closed", Token)).StatusCode.Should().Be(System.Net.HttpStatusCode.Forbidden);
        var delete = () => s3.DeleteObjectAsync("cfn-policy", "open/a", Token);
        (await delete.Should().ThrowAsync<Amazon.S3.AmazonS3Exception>()).Which.ErrorCode.Should().Be("AccessDenied");
        await provider.DeleteAsync(request, made, Token);
        await s3.DeleteObjectAsync("cfn-policy", "open/a", Token);
    }

    private IResourceProvider Provider(string type) => cloud.Services.GetServices<IResourceProvider>().Single(provider => provider.ResourceType == type);

    private static ResourceRequest Request(IResourceProvider provider, string properties) =>
        new("tiketi-local-x", "Bucket", provider.ResourceType, JsonNode.Parse(properties)!.AsObject());
}
