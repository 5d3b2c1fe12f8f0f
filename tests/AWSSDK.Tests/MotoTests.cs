using System.Xml.Linq;
using Amazon.CloudFormation;
using Amazon.CloudFormation.Model;
using Amazon.CloudFront;
using Amazon.CloudFront.Model;
using Amazon.ECR;
using Amazon.ECR.Model;
using Amazon.EKS;
using Amazon.EKS.Model;
using Amazon.ElasticLoadBalancingV2;
using Amazon.ElasticLoadBalancingV2.Model;
using Amazon.Runtime;
using Amazon.SecretsManager;
using Amazon.SecretsManager.Model;
using AwsSdk.Tests.Support;

namespace AwsSdk.Tests;

/// <summary>Every operation against somebody else's implementation of the APIs.</summary>
[Collection(nameof(Moto))]
public sealed class MotoTests(MotoServer moto)
{
    private static readonly BasicAWSCredentials Credentials = new("test", "test");

    [Fact]
    public async Task Ecr()
    {
        using var ecr = new AmazonECRClient(Credentials, new AmazonECRConfig { ServiceURL = moto.Url, AuthenticationRegion = "ap-northeast-2" });

        var created = await ecr.CreateRepositoryAsync(new CreateRepositoryRequest { RepositoryName = "aws-tests/backend" });
        var described = await ecr.DescribeRepositoriesAsync(new DescribeRepositoriesRequest { RepositoryNames = ["aws-tests/backend"] });
        var token = await ecr.GetAuthorizationTokenAsync(new GetAuthorizationTokenRequest());
        var missing = await ecr.BatchGetImageAsync(new BatchGetImageRequest
        {
            RepositoryName = "aws-tests/backend", ImageIds = [new ImageIdentifier { ImageTag = "none" }],
        });

        described.Repositories.Should().ContainSingle().Which.RepositoryUri.Should().Be(created.Repository.RepositoryUri);
        created.Repository.CreatedAt.Should().BeCloseTo(DateTime.UtcNow, TimeSpan.FromHours(24));
        token.AuthorizationData.Single().ProxyEndpoint.Should().NotBeEmpty();
        missing.Failures.Should().ContainSingle().Which.FailureCode.Should().Be(ImageFailureCode.ImageNotFound);
        await ecr.Invoking(c => c.CreateRepositoryAsync(new CreateRepositoryRequest { RepositoryName = "aws-tests/backend" }))
            .Should().ThrowAsync<RepositoryAlreadyExistsException>();
        await ecr.Invoking(c => c.DescribeImagesAsync(new DescribeImagesRequest { RepositoryName = "nowhere" }))
            .Should().ThrowAsync<RepositoryNotFoundException>();
    }

    [Fact]
    public async Task Eks()
    {
        using var eks = new AmazonEKSClient(Credentials, new AmazonEKSConfig { ServiceURL = moto.Url, AuthenticationRegion = "ap-northeast-2" });
        using var http = new HttpClient();
        await Moto(http, "eks", "POST", "/clusters", """{"name":"aws-tests","roleArn":"arn:aws:iam::123456789012:role/eks","resourcesVpcConfig":{"subnetIds":["s-1"]}}""");
        await Moto(http, "eks", "POST", "/clusters/aws-tests/node-groups",
            """{"nodegroupName":"main","nodeRole":"arn:aws:iam::123456789012:role/n","subnets":["s-1"],"scalingConfig":{"minSize":1,"maxSize":3,"desiredSize":2}}""");

        var cluster = (await eks.DescribeClusterAsync(new DescribeClusterRequest { Name = "aws-tests" })).Cluster;
        var nodegroups = await eks.ListNodegroupsAsync(new ListNodegroupsRequest { ClusterName = "aws-tests", MaxResults = 10 });
        var nodegroup = (await eks.DescribeNodegroupAsync(new DescribeNodegroupRequest { ClusterName = "aws-tests", NodegroupName = "main" })).Nodegroup;

        cluster.Status.Should().Be(ClusterStatus.ACTIVE);
        cluster.Endpoint.Should().StartWith("https://");
        cluster.CertificateAuthority.Data.Should().NotBeEmpty();
        nodegroups.Nodegroups.Should().Equal("main");
        nodegroup.ScalingConfig.DesiredSize.Should().Be(2);
        await eks.Invoking(c => c.DescribeClusterAsync(new DescribeClusterRequest { Name = "nowhere" }))
            .Should().ThrowAsync<Amazon.EKS.Model.ResourceNotFoundException>();
    }

    [Fact]
    public async Task CloudFront()
    {
        using var cdn = new AmazonCloudFrontClient(Credentials, new AmazonCloudFrontConfig { ServiceURL = moto.Url, AuthenticationRegion = "us-east-1" });
        using var http = new HttpClient();
        await Moto(http, "cloudfront", "POST", "/2020-05-31/distribution", """
            <DistributionConfig xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/"><CallerReference>aws-tests</CallerReference><Comment>c</Comment><Enabled>true</Enabled>
            <Origins><Quantity>1</Quantity><Items><Origin><Id>o</Id><DomainName>b.s3.amazonaws.com</DomainName><S3OriginConfig><OriginAccessIdentity></OriginAccessIdentity></S3OriginConfig></Origin></Items></Origins>
            <DefaultCacheBehavior><TargetOriginId>o</TargetOriginId><ViewerProtocolPolicy>allow-all</ViewerProtocolPolicy><MinTTL>0</MinTTL></DefaultCacheBehavior></DistributionConfig>
            """);

        var listed = (await cdn.ListDistributionsAsync(new ListDistributionsRequest())).DistributionList;
        var summary = listed.Items.Should().ContainSingle().Subject;
        var distribution = await cdn.GetDistributionAsync(new GetDistributionRequest(summary.Id));
        var created = await cdn.CreateInvalidationAsync(new CreateInvalidationRequest(summary.Id, new InvalidationBatch(new Paths { Quantity = 1, Items = ["/*"] }, "ref")));
        var read = await cdn.GetInvalidationAsync(new GetInvalidationRequest(summary.Id, created.Invalidation.Id));

        distribution.ETag.Should().NotBeEmpty();
        distribution.Distribution.DomainName.Should().Be(summary.DomainName);
        distribution.Distribution.DistributionConfig.Origins.Items.Single().DomainName.Should().Be("b.s3.amazonaws.com");
        read.Invalidation.InvalidationBatch.Paths.Items.Should().Equal("/*");
        await cdn.Invoking(c => c.GetDistributionAsync(new GetDistributionRequest("E0"))).Should().ThrowAsync<NoSuchDistributionException>();
    }

    [Fact]
    public async Task CloudFormation()
    {
        const string Template = """{"Resources":{"Bucket":{"Type":"AWS::S3::Bucket","Properties":{"BucketName":"aws-tests-bucket"}}},"Outputs":{"Name":{"Value":{"Ref":"Bucket"}}}}""";
        using var cloudFormation = new AmazonCloudFormationClient(Credentials, new AmazonCloudFormationConfig { ServiceURL = moto.Url, AuthenticationRegion = "ap-northeast-2" });

        (await cloudFormation.ValidateTemplateAsync(new ValidateTemplateRequest { TemplateBody = Template })).HttpStatusCode.Should().Be(System.Net.HttpStatusCode.OK);
        var changeSet = await cloudFormation.CreateChangeSetAsync(new CreateChangeSetRequest
        {
            StackName = "aws-tests", ChangeSetName = "first", ChangeSetType = ChangeSetType.CREATE, TemplateBody = Template,
            Capabilities = [Capability.CAPABILITY_NAMED_IAM], Tags = [new Amazon.CloudFormation.Model.Tag { Key = "a", Value = "b" }],
        });
        var described = await cloudFormation.DescribeChangeSetAsync(new DescribeChangeSetRequest { ChangeSetName = changeSet.Id });
        await cloudFormation.ExecuteChangeSetAsync(new ExecuteChangeSetRequest { ChangeSetName = changeSet.Id });
        var stack = (await cloudFormation.DescribeStacksAsync(new DescribeStacksRequest { StackName = "aws-tests" })).Stacks.Single();
        var events = await cloudFormation.DescribeStackEventsAsync(new DescribeStackEventsRequest { StackName = "aws-tests" });
        var resources = await cloudFormation.DescribeStackResourcesAsync(new DescribeStackResourcesRequest { StackName = "aws-tests" });
        var template = await cloudFormation.GetTemplateAsync(new GetTemplateRequest { StackName = "aws-tests" });

        described.Changes.Single().ResourceChange.Action.Should().Be(ChangeAction.Add);
        stack.StackStatus.Should().Be(StackStatus.CREATE_COMPLETE);
        stack.Tags.Single().Value.Should().Be("b");
        events.StackEvents.Should().Contain(e => e.LogicalResourceId == "aws-tests" && e.ResourceStatus == ResourceStatus.CREATE_COMPLETE);
        resources.StackResources.Single().PhysicalResourceId.Should().Be("aws-tests-bucket");
        template.TemplateBody.Should().Contain("aws-tests-bucket");
        await cloudFormation.DeleteStackAsync(new DeleteStackRequest { StackName = "aws-tests" });
        await cloudFormation.Invoking(c => c.DescribeStacksAsync(new DescribeStacksRequest { StackName = "aws-tests" }))
            .Should().ThrowAsync<AmazonCloudFormationException>();
    }

    [Fact]
    public async Task ElasticLoadBalancing()
    {
        using var elb = new AmazonElasticLoadBalancingV2Client(Credentials, new AmazonElasticLoadBalancingV2Config { ServiceURL = moto.Url, AuthenticationRegion = "ap-northeast-2" });
        using var http = new HttpClient();
        var vpcs = XDocument.Parse(await Moto(http, "ec2", "POST", "/?Action=DescribeVpcs&Version=2016-11-15", ""));
        var vpc = vpcs.Descendants().First(element => element.Name.LocalName == "vpcId").Value;
        await Moto(http, "elasticloadbalancing", "POST", $"/?Action=CreateTargetGroup&Version=2015-12-01&Name=aws-tests&Protocol=HTTP&Port=3001&TargetType=ip&VpcId={vpc}&Tags.member.1.Key=a&Tags.member.1.Value=b", "");

        var group = (await elb.DescribeTargetGroupsAsync(new DescribeTargetGroupsRequest { Names = ["aws-tests"] })).TargetGroups.Single();
        await Moto(http, "elasticloadbalancing", "POST", $"/?Action=RegisterTargets&Version=2015-12-01&TargetGroupArn={Uri.EscapeDataString(group.TargetGroupArn)}&Targets.member.1.Id=10.0.0.2&Targets.member.1.Port=3001", "");
        var target = (await elb.DescribeTargetHealthAsync(new DescribeTargetHealthRequest { TargetGroupArn = group.TargetGroupArn })).TargetHealthDescriptions.Single();
        var tags = await elb.DescribeTagsAsync(new DescribeTagsRequest { ResourceArns = [group.TargetGroupArn] });

        group.Port.Should().Be(3001);
        group.TargetType.Should().Be(TargetTypeEnum.Ip);
        (target.Target.Id, target.Target.Port).Should().Be(("10.0.0.2", 3001));
        target.TargetHealth.State.Value.Should().NotBeEmpty();
        tags.TagDescriptions.Single().Tags.Single().Value.Should().Be("b");
        (await elb.DescribeLoadBalancersAsync(new DescribeLoadBalancersRequest())).LoadBalancers.Should().BeEmpty();
        await elb.Invoking(c => c.DescribeLoadBalancersAsync(new DescribeLoadBalancersRequest { Names = ["nowhere"] })).Should().ThrowAsync<LoadBalancerNotFoundException>();
    }

    [Fact]
    public async Task SecretsManager()
    {
        using var secrets = new AmazonSecretsManagerClient(Credentials, new AmazonSecretsManagerConfig { ServiceURL = moto.Url, AuthenticationRegion = "ap-northeast-2" });
        using var http = new HttpClient();
        await Moto(http, "secretsmanager", "POST", "/", """{"Name":"aws-tests","SecretString":"{\"password\":\"p\"}"}""", "secretsmanager.CreateSecret");

        var value = await secrets.GetSecretValueAsync(new GetSecretValueRequest { SecretId = "aws-tests" });
        var description = await secrets.DescribeSecretAsync(new DescribeSecretRequest { SecretId = "aws-tests" });
        var list = await secrets.ListSecretsAsync(new ListSecretsRequest());

        value.SecretString.Should().Be("""{"password":"p"}""");
        description.VersionIdsToStages.Single().Value.Should().Equal("AWSCURRENT");
        list.SecretList.Should().Contain(secret => secret.Name == "aws-tests");
        await secrets.Invoking(c => c.GetSecretValueAsync(new GetSecretValueRequest { SecretId = "nowhere" }))
            .Should().ThrowAsync<Amazon.SecretsManager.Model.ResourceNotFoundException>();
    }

    /// <summary>Sets moto up through operations that the substitutes do not have.</summary>
    private async Task<string> Moto(HttpClient http, string service, string method, string path, string body, string? target = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), moto.Url + path) { Content = new StringContent(body) };
        request.Headers.TryAddWithoutValidation("Authorization",
            $"AWS4-HMAC-SHA256 Credential=test/20260101/ap-northeast-2/{service}/aws4_request, SignedHeaders=host, Signature=0");
        if (target is not null)
        {
            request.Headers.Add("X-Amz-Target", target);
            request.Content.Headers.ContentType = new("application/x-amz-json-1.1");
        }

        using var response = await http.SendAsync(request);
        return await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync();
    }
}
