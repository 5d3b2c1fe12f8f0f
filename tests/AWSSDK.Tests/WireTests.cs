using Amazon.CloudFormation;
using Amazon.CloudFormation.Model;
using Amazon.CloudFront;
using Amazon.CloudFront.Model;
using Amazon.ECR;
using Amazon.ECR.Model;
using Amazon.EKS;
using Amazon.EKS.Model;
using Amazon.SecretsManager;
using Amazon.SecretsManager.Model;
using AwsSdk.Tests.Support;

namespace AwsSdk.Tests;

/// <summary>The four wire formats, byte for byte where it matters, against scripted answers.</summary>
public sealed class WireTests
{
    private const string Key = "AKIDEXAMPLE", Secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

    [Fact]
    public async Task JsonRpc_WritesTargetCamelCaseAndCapitalisedTags_ReadsEpochSeconds()
    {
        await using var server = new ScriptedServer(new Answer(200,
            """{"repository":{"repositoryName":"tiketi/backend","repositoryUri":"r/tiketi/backend","createdAt":1700000000.5,"imageTagMutability":"SOMETHING_NEW"}}"""));
        using var ecr = new AmazonECRClient(Key, Secret, new AmazonECRConfig { ServiceURL = server.Url, AuthenticationRegion = "ap-northeast-2" });

        var answer = await ecr.CreateRepositoryAsync(new CreateRepositoryRequest
        {
            RepositoryName = "tiketi/backend",
            ImageTagMutability = ImageTagMutability.IMMUTABLE,
            ImageScanningConfiguration = new ImageScanningConfiguration { ScanOnPush = true },
            Tags = [new Amazon.ECR.Model.Tag { Key = "project", Value = "tiketi" }],
        });

        var sent = server.Requests.Single();
        sent.Headers["x-amz-target"].Should().Be("AmazonEC2ContainerRegistry_V20150921.CreateRepository");
        sent.Headers["content-type"].Should().Be("application/x-amz-json-1.1");
        sent.Body.Should().Be("""{"repositoryName":"tiketi/backend","tags":[{"Key":"project","Value":"tiketi"}],"imageTagMutability":"IMMUTABLE","imageScanningConfiguration":{"scanOnPush":true}}""");
        answer.Repository.CreatedAt.Should().Be(new DateTime(2023, 11, 14, 22, 13, 20, 500, DateTimeKind.Utc));
        answer.Repository.ImageTagMutability.Value.Should().Be("SOMETHING_NEW");
        answer.HttpStatusCode.Should().Be(System.Net.HttpStatusCode.OK);
    }

    [Fact]
    public async Task SecretsManager_KeepsNamesAsDeclared_AndDecodesBinary()
    {
        await using var server = new ScriptedServer(new Answer(200,
            """{"ARN":"arn:x","Name":"db","SecretString":"{\"password\":\"p\"}","SecretBinary":"aGk=","VersionStages":["AWSCURRENT"]}"""));
        using var secrets = new AmazonSecretsManagerClient(Key, Secret, new AmazonSecretsManagerConfig { ServiceURL = server.Url, AuthenticationRegion = "ap-northeast-2" });

        var answer = await secrets.GetSecretValueAsync(new GetSecretValueRequest { SecretId = "db" });

        server.Requests.Single().Headers["x-amz-target"].Should().Be("secretsmanager.GetSecretValue");
        server.Requests.Single().Body.Should().Be("""{"SecretId":"db"}""");
        (answer.ARN, answer.SecretString, System.Text.Encoding.UTF8.GetString(answer.SecretBinary.ToArray()), answer.VersionStages.Single())
            .Should().Be(("arn:x", """{"password":"p"}""", "hi", "AWSCURRENT"));
    }

    [Fact]
    public async Task RestJson_PutsMembersInPathAndQuery_EscapedAndSigned()
    {
        await using var server = new ScriptedServer(new Answer(200, """{"nodegroups":["a"],"nextToken":"t"}""", "application/json"));
        using var eks = new AmazonEKSClient(Key, Secret, "session/token+x=", new AmazonEKSConfig { ServiceURL = server.Url, AuthenticationRegion = "ap-northeast-2" });

        var answer = await eks.ListNodegroupsAsync(new ListNodegroupsRequest { ClusterName = "a b/c+é~", MaxResults = 5, NextToken = "a+b/c== é~*" });

        var sent = server.Requests.Single();
        sent.RawUrl.Should().Be("/clusters/a%20b%2Fc%2B%C3%A9~/node-groups?maxResults=5&nextToken=a%2Bb%2Fc%3D%3D%20%C3%A9~%2A");
        sent.Headers["x-amz-security-token"].Should().Be("session/token+x=");
        var (expected, actual, scope) = SigV4.Of(sent, Secret);
        actual.Should().Be(expected);
        scope.Should().EndWith("/ap-northeast-2/eks/aws4_request");
        (answer.Nodegroups.Single(), answer.NextToken).Should().Be(("a", "t"));
    }

    [Fact]
    public async Task RestJson_WithoutARequiredPathMember_FailsBeforeSending()
    {
        await using var server = new ScriptedServer(new Answer(200, "{}"));
        using var eks = new AmazonEKSClient(Key, Secret, new AmazonEKSConfig { ServiceURL = server.Url });

        var act = () => eks.DescribeClusterAsync(new DescribeClusterRequest());

        (await act.Should().ThrowAsync<Amazon.Runtime.AmazonClientException>()).WithMessage("*Name*");
        server.Requests.Should().BeEmpty();
    }

    [Fact]
    public async Task RestXml_WritesItemNamesAndNamespace_ReadsBodyAndHeader_SignsForTheGlobalRegion()
    {
        await using var server = new ScriptedServer(new Answer(201, """
            <?xml version="1.0"?><Invalidation xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/"><Id>I1</Id><Status>InProgress</Status>
            <CreateTime>2026-11-23T01:02:03.456Z</CreateTime><InvalidationBatch><CallerReference>r</CallerReference>
            <Paths><Quantity>1</Quantity><Items><Path>/*</Path></Items></Paths></InvalidationBatch></Invalidation>
            """, "text/xml", ("Location", "https://somewhere/I1")));
        using var cdn = new AmazonCloudFrontClient(Key, Secret, new AmazonCloudFrontConfig { ServiceURL = server.Url, AuthenticationRegion = "us-east-1" });

        var answer = await cdn.CreateInvalidationAsync(new CreateInvalidationRequest("E1", new InvalidationBatch(
            new Paths { Quantity = 2, Items = ["/index.html", "/a&b/*"] }, "r")));

        var sent = server.Requests.Single();
        sent.RawUrl.Should().Be("/2020-05-31/distribution/E1/invalidation");
        sent.Body.Should().Be("""<InvalidationBatch xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/"><Paths><Quantity>2</Quantity><Items><Path>/index.html</Path><Path>/a&amp;b/*</Path></Items></Paths><CallerReference>r</CallerReference></InvalidationBatch>""");
        var (expected, actual, scope) = SigV4.Of(sent, Secret);
        actual.Should().Be(expected);
        scope.Should().EndWith("/us-east-1/cloudfront/aws4_request");
        answer.Location.Should().Be("https://somewhere/I1");
        answer.Invalidation.InvalidationBatch.Paths.Items.Should().Equal("/*");
        answer.Invalidation.CreateTime.Should().Be(new DateTime(2026, 11, 23, 1, 2, 3, 456, DateTimeKind.Utc));
    }

    [Fact]
    public async Task Query_WritesDottedNames_ReadsNestedListsEnumsAndRequestId()
    {
        await using var server = new ScriptedServer(new Answer(200, """
            <DescribeChangeSetResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><DescribeChangeSetResult>
            <ChangeSetName>c</ChangeSetName><Status>CREATE_COMPLETE</Status><CreationTime>2026-11-23T01:02:03.456Z</CreationTime><IncludeNestedStacks>false</IncludeNestedStacks>
            <Changes><member><Type>Resource</Type><ResourceChange><Action>Modify</Action><Replacement>True</Replacement><LogicalResourceId>Db</LogicalResourceId><Scope><member>Properties</member></Scope></ResourceChange></member></Changes>
            <Parameters/></DescribeChangeSetResult><ResponseMetadata><RequestId>rid</RequestId></ResponseMetadata></DescribeChangeSetResponse>
            """, "text/xml"), new Answer(200, "<DeleteStackResponse><ResponseMetadata><RequestId>r2</RequestId></ResponseMetadata></DeleteStackResponse>", "text/xml"));
        using var cloudFormation = new AmazonCloudFormationClient(Key, Secret, new AmazonCloudFormationConfig { ServiceURL = server.Url, AuthenticationRegion = "ap-northeast-2" });

        var answer = await cloudFormation.DescribeChangeSetAsync(new DescribeChangeSetRequest { StackName = "s", ChangeSetName = "c*'(){}\n&=" });
        await cloudFormation.DeleteStackAsync(new DeleteStackRequest { StackName = "s", RetainResources = ["A", "B"] });

        var sent = server.Requests.ToArray();
        sent[0].Form.Should().BeEquivalentTo(new Dictionary<string, string>
        {
            ["Action"] = "DescribeChangeSet", ["Version"] = "2010-05-15", ["StackName"] = "s", ["ChangeSetName"] = "c*'(){}\n&=",
        });
        sent[1].Form["RetainResources.member.2"].Should().Be("B");
        foreach (var request in sent)
        {
            var (expected, actual, _) = SigV4.Of(request, Secret);
            actual.Should().Be(expected);
        }

        answer.Status.Should().Be(ChangeSetStatus.CREATE_COMPLETE);
        answer.IncludeNestedStacks.Should().BeFalse();
        var change = answer.Changes.Should().ContainSingle().Which.ResourceChange;
        (change.Action.Value, change.Replacement.Value, change.LogicalResourceId, change.Scope.Single()).Should().Be(("Modify", "True", "Db", "Properties"));
        answer.Parameters.Should().BeEmpty();
        answer.ResponseMetadata.RequestId.Should().Be("rid");
    }

    [Fact]
    public async Task Paging_FollowsTheToken()
    {
        await using var server = new ScriptedServer(
            new Answer(200, """{"repositories":[{"repositoryName":"a"}],"nextToken":"2"}"""),
            new Answer(200, """{"repositories":[{"repositoryName":"b"}]}"""));
        using var ecr = new AmazonECRClient(Key, Secret, new AmazonECRConfig { ServiceURL = server.Url });
        var names = new List<string>();
        string? token = null;
        do
        {
            var page = await ecr.DescribeRepositoriesAsync(new DescribeRepositoriesRequest { NextToken = token });
            names.AddRange(page.Repositories.Select(repository => repository.RepositoryName));
            token = page.NextToken;
        }
        while (token is not null);

        names.Should().Equal("a", "b");
        server.Requests.Last().Body.Should().Be("""{"nextToken":"2"}""");
    }
}
