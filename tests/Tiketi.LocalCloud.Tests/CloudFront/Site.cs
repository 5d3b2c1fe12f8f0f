using System.Text.Json.Nodes;
using Amazon.S3;
using Microsoft.Extensions.DependencyInjection;
using Tiketi.LocalCloud.CloudFormation;
using Tiketi.LocalCloud.Tests.S3;

namespace Tiketi.LocalCloud.Tests.CloudFront;

/// <summary>A bucket behind a distribution, made as CloudFormation makes them: by the resource providers.</summary>
internal sealed class Site : IDisposable
{
    private readonly RunningCloud _cloud;

    private Site(RunningCloud cloud, string bucket, string distribution, string domain)
    {
        _cloud = cloud;
        (Bucket, Distribution) = (bucket, distribution);
        S3 = cloud.S3();
        Http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri($"http://{domain}") };
    }

    public string Bucket { get; }

    public string Distribution { get; }

    public AmazonS3Client S3 { get; }

    public HttpClient Http { get; }

    /// <param name="cloud">Where.</param>
    /// <param name="bucket">A name of its own in this cloud.</param>
    /// <param name="change">Changes the DistributionConfig.</param>
    /// <param name="allowed">Whether the bucket policy lets the distribution read.</param>
    public static async Task<Site> CreateAsync(RunningCloud cloud, string bucket, Action<JsonObject>? change = null, bool allowed = true)
    {
        var made = await MakeAsync(cloud, "AWS::S3::Bucket", new JsonObject { ["BucketName"] = bucket });
        var access = await MakeAsync(cloud, "AWS::CloudFront::OriginAccessControl", Json($$$"""
            {"OriginAccessControlConfig":{"Name":"{{{bucket}}}-oac","OriginAccessControlOriginType":"s3","SigningBehavior":"always","SigningProtocol":"sigv4"}}
            """));
        var headers = await MakeAsync(cloud, "AWS::CloudFront::ResponseHeadersPolicy", Json($$$"""
            {"ResponseHeadersPolicyConfig":{"Name":"{{{bucket}}}-headers","SecurityHeadersConfig":{
              "ContentSecurityPolicy":{"ContentSecurityPolicy":"default-src 'self'","Override":true},
              "ContentTypeOptions":{"Override":true},
              "StrictTransportSecurity":{"AccessControlMaxAgeSec":31536000,"IncludeSubdomains":true,"Override":true} } } }
            """));
        var config = Json($$$"""
            {"Comment":"Tiketi Frontend","Enabled":true,"DefaultRootObject":"index.html","HttpVersion":"http2and3","PriceClass":"PriceClass_All",
             "Origins":[{"Id":"site","DomainName":"{{{made.Attributes["RegionalDomainName"]}}}","S3OriginConfig":{"OriginAccessIdentity":""},"OriginAccessControlId":"{{{access.Id}}}"}],
             "DefaultCacheBehavior":{"TargetOriginId":"site","ViewerProtocolPolicy":"redirect-to-https","AllowedMethods":["GET","HEAD"],"Compress":"true",
               "CachePolicyId":"658327ea-f89d-4fab-a63d-7e88639e58f6","OriginRequestPolicyId":"88a5eaf4-2fd4-4709-b370-b4c650ea3fcf","ResponseHeadersPolicyId":"{{{headers.Id}}}"},
             "CustomErrorResponses":[{"ErrorCode":403,"ResponseCode":200,"ResponsePagePath":"/index.html","ErrorCachingMinTTL":10},{"ErrorCode":404,"ResponseCode":200,"ResponsePagePath":"/index.html","ErrorCachingMinTTL":10}]}
            """);
        change?.Invoke(config);
        var distribution = await MakeAsync(cloud, "AWS::CloudFront::Distribution", new JsonObject { ["DistributionConfig"] = config });
        if (allowed)
        {
            await MakeAsync(cloud, "AWS::S3::BucketPolicy", Json($$$"""
                {"Bucket":"{{{bucket}}}","PolicyDocument":{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"cloudfront.amazonaws.com"},
                 "Action":"s3:GetObject","Resource":"arn:aws:s3:::{{{bucket}}}/*","Condition":{"StringEquals":{"AWS:SourceArn":"arn:aws:cloudfront::000000000000:distribution/{{{distribution.Id}}}"} } }]} }
                """));
        }

        return new Site(cloud, bucket, distribution.Id, distribution.Attributes["DomainName"]);
    }

    public Task PutAsync(string key, string content, string type = "text/html", string? cacheControl = null)
    {
        var request = new Amazon.S3.Model.PutObjectRequest { BucketName = Bucket, Key = key, ContentBody = content, ContentType = type };
        request.Headers.CacheControl = cacheControl;
        return S3.PutObjectAsync(request, TestContext.Current.CancellationToken);
    }

    /// <summary>Status, body and X-Cache of a path.</summary>
    public async Task<(int Status, string Body, string Cache)> GetAsync(string path)
    {
        using var response = await Http.GetAsync(path, TestContext.Current.CancellationToken);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), response.Headers.GetValues("X-Cache").Single());
    }

    public async Task InvalidateAsync(params string[] paths) =>
        (await _cloud.AwsAsync(["cloudfront", "create-invalidation", "--distribution-id", Distribution, "--paths", .. paths])).Ok();

    public void Dispose()
    {
        S3.Dispose();
        Http.Dispose();
    }

    public static Task<PhysicalResource> MakeAsync(RunningCloud cloud, string type, JsonObject properties) =>
        cloud.Services.GetServices<IResourceProvider>().Single(provider => provider.ResourceType == type)
            .CreateAsync(new ResourceRequest("tiketi-local-frontend", "Thing", type, properties), TestContext.Current.CancellationToken);

    private static JsonObject Json(string text) => JsonNode.Parse(text)!.AsObject();
}
