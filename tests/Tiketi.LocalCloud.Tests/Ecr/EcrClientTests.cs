using System.Formats.Tar;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Tiketi.LocalCloud.CloudFormation;
using Tiketi.LocalCloud.Ecr;
using Tiketi.LocalCloud.Tests.S3;

namespace Tiketi.LocalCloud.Tests.Ecr;

/// <summary>The AWS CLI, docker and skopeo take this for ECR.</summary>
public sealed class EcrClientTests(RunningCloud cloud) : IClassFixture<RunningCloud>
{
    private string Registry => $"127.0.0.1:{cloud.Settings.AwsPort}";

    [Fact]
    public async Task Takes_an_image_from_docker_and_gives_it_to_docker_and_skopeo()
    {
        using var folder = new TemporaryFolder();
        var reference = $"{Registry}/tiketi/backend:v1";
        (await cloud.AwsAsync("ecr", "create-repository", "--repository-name", "tiketi/backend", "--image-scanning-configuration", "scanOnPush=true")).Ok();
        var password = (await cloud.AwsAsync("ecr", "get-login-password")).Ok();
        (await DockerAsync(folder, password, "login", "--username", "AWS", "--password-stdin", Registry)).Ok().Should().Contain("Login Succeeded");
        (await DockerAsync(folder, null, "import", Tar(folder), reference)).Ok();
        try
        {
            var pushed = (await DockerAsync(folder, null, "push", reference)).Ok();
            var described = JsonNode.Parse((await cloud.AwsAsync("ecr", "describe-images", "--repository-name", "tiketi/backend")).Ok())!["imageDetails"]![0]!;
            var digest = described["imageDigest"]!.GetValue<string>();
            pushed.Should().Contain(digest);
            described["imageTags"]!.AsArray().Select(tag => tag!.GetValue<string>()).Should().Equal("v1");
            described["imageSizeInBytes"]!.GetValue<long>().Should().BePositive();
            described["imageManifestMediaType"]!.GetValue<string>().Should().Be("application/vnd.docker.distribution.manifest.v2+json");
            described["imageScanStatus"]!["status"]!.GetValue<string>().Should().Be("FINDINGS_UNAVAILABLE", "no vulnerability is known here, and that is said");

            (await DockerAsync(folder, null, "push", reference)).Ok().Should().Contain("Layer already exists");
            (await DockerAsync(folder, null, "rmi", reference)).Ok();
            (await DockerAsync(folder, null, "pull", $"{Registry}/tiketi/backend@{digest}")).Ok();
            (await DockerAsync(folder, null, "rmi", $"{Registry}/tiketi/backend@{digest}")).Ok();

            (await cloud.AwsAsync("ecr", "create-repository", "--repository-name", "tiketi/copy")).Ok();
            var authentication = Path.Combine(folder.Path, "config.json");
            (await Command.RunAsync("skopeo", ["copy", "--authfile", authentication, "--src-tls-verify=false", "--dest-tls-verify=false", $"docker://{reference}", $"docker://{Registry}/tiketi/copy:v2"])).Ok();
            (await Command.RunAsync("skopeo", ["copy", "--authfile", authentication, "--src-tls-verify=false", "--format", "oci", $"docker://{reference}", $"oci:{folder.Path}/layout:v1"])).Ok();
            (await Command.RunAsync("skopeo", ["copy", "--authfile", authentication, "--dest-tls-verify=false", $"oci:{folder.Path}/layout:v1", $"docker://{Registry}/tiketi/copy:oci"])).Ok();
            (await Command.RunAsync("skopeo", ["inspect", "--authfile", authentication, "--tls-verify=false", $"docker://{Registry}/tiketi/copy:v2"])).Ok().Should().Contain(digest);
            (await cloud.AwsAsync("ecr", "list-images", "--repository-name", "tiketi/copy", "--filter", "tagStatus=TAGGED")).Ok().Should().Contain("\"oci\"").And.Contain("\"v2\"");
        }
        finally
        {
            await DockerAsync(folder, null, "rmi", "--force", reference);
        }
    }

    [Fact]
    public async Task Refuses_a_push_to_a_repository_that_there_is_not()
    {
        using var folder = new TemporaryFolder();
        var reference = $"{Registry}/tiketi/absent:v1";
        var password = (await cloud.AwsAsync("ecr", "get-login-password")).Ok();
        (await DockerAsync(folder, "guess", "login", "--username", "AWS", "--password-stdin", Registry)).ExitCode.Should().NotBe(0);
        (await DockerAsync(folder, password, "login", "--username", "AWS", "--password-stdin", Registry)).Ok();
        (await DockerAsync(folder, null, "import", Tar(folder), reference)).Ok();
        try
        {
            var push = await DockerAsync(folder, null, "push", reference);
            push.ExitCode.Should().NotBe(0);
            push.Error.Should().Contain("The repository with name 'tiketi/absent' does not exist in the registry with id '000000000000'");
        }
        finally
        {
            await DockerAsync(folder, null, "rmi", "--force", reference);
        }
    }

    [Fact]
    public async Task Manages_repositories_and_images_with_ECRs_errors()
    {
        var made = JsonNode.Parse((await cloud.AwsAsync("ecr", "create-repository", "--repository-name", "cli-repo", "--tags", "Key=a,Value=b")).Ok())!["repository"]!;
        made["repositoryUri"]!.GetValue<string>().Should().Be($"{Registry}/cli-repo");
        const string keepTen = """{"rules":[{"rulePriority":1,"selection":{"tagStatus":"any","countType":"imageCountMoreThan","countNumber":10},"action":{"type":"expire"} }]}""";
        var arn = made["repositoryArn"]!.GetValue<string>();
        (await cloud.AwsAsync("ecr", "create-repository", "--repository-name", "cli-repo")).Error.Should().Contain("RepositoryAlreadyExistsException");
        (await cloud.AwsAsync("ecr", "create-repository", "--repository-name", "Bad Name")).Error.Should().Contain("InvalidParameterException");
        (await cloud.AwsAsync("ecr", "describe-repositories", "--repository-names", "none")).Error.Should().Contain("RepositoryNotFoundException").And.Contain("'none' does not exist");
        (await cloud.AwsAsync("ecr", "describe-images", "--repository-name", "cli-repo", "--image-ids", "imageTag=v9")).Error.Should().Contain("ImageNotFoundException").And.Contain("imageTag:'v9'");
        (await cloud.AwsAsync("ecr", "batch-get-image", "--repository-name", "cli-repo", "--image-ids", "imageTag=v9")).Ok().Should().Contain("ImageNotFound").And.Contain("Requested image not found");
        (await cloud.AwsAsync("ecr", "get-lifecycle-policy", "--repository-name", "cli-repo")).Error.Should().Contain("LifecyclePolicyNotFoundException");
        (await cloud.AwsAsync("ecr", "put-lifecycle-policy", "--repository-name", "cli-repo", "--lifecycle-policy-text", keepTen)).Ok();
        (await cloud.AwsAsync("ecr", "get-lifecycle-policy", "--repository-name", "cli-repo")).Ok().Should().Contain("rules");
        (await cloud.AwsAsync("ecr", "tag-resource", "--resource-arn", arn, "--tags", "Key=c,Value=d")).Ok();
        (await cloud.AwsAsync("ecr", "list-tags-for-resource", "--resource-arn", arn)).Ok().Should().Contain("\"Key\": \"a\"").And.Contain("\"Key\": \"c\"");
        (await cloud.AwsAsync("ecr", "batch-check-layer-availability", "--repository-name", "cli-repo", "--layer-digests", "sha256:" + new string('a', 64))).Ok().Should().Contain("UNAVAILABLE");
        (await cloud.AwsAsync("ecr", "delete-repository", "--repository-name", "cli-repo")).Ok();
    }

    [Fact]
    public void Ends_a_token_after_twelve_hours()
    {
        var time = new FakeTimeProvider();
        var tokens = new EcrTokens(time);
        var credentials = tokens.Issue();
        credentials.ExpiresAt.Should().Be(time.GetUtcNow().AddHours(12));
        var header = "Basic " + Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes($"AWS:{credentials.Password}"));
        tokens.Check(header).Should().Be(TokenState.Valid);
        new EcrTokens(time).Check(header).Should().Be(TokenState.Unknown, "another process has another key");
        tokens.Check(header.Replace("Basic", "Bearer", StringComparison.Ordinal)).Should().Be(TokenState.Unknown);
        time.Advance(TimeSpan.FromHours(12));
        tokens.Check(header).Should().Be(TokenState.Expired);
    }

    [Fact]
    public async Task Makes_a_repository_for_CloudFormation()
    {
        var provider = cloud.Services.GetServices<IResourceProvider>().Single(candidate => candidate.ResourceType == "AWS::ECR::Repository");
        var properties = JsonNode.Parse("""{"RepositoryName":"cfn/repo","ImageTagMutability":"IMMUTABLE","ImageScanningConfiguration":{"ScanOnPush":"true"},"EncryptionConfiguration":{"EncryptionType":"AES256"}}""")!.AsObject();
        var request = new ResourceRequest("stack", "Repository", provider.ResourceType, properties);
        var made = await provider.CreateAsync(request, TestContext.Current.CancellationToken);
        made.Id.Should().Be("cfn/repo");
        made.Attributes["RepositoryUri"].Should().Be($"{Registry}/cfn/repo");
        (await cloud.AwsAsync("ecr", "describe-repositories", "--repository-names", "cfn/repo")).Ok().Should().Contain("\"IMMUTABLE\"").And.Contain("\"scanOnPush\": true");
        var twice = () => provider.CreateAsync(request, TestContext.Current.CancellationToken);
        (await twice.Should().ThrowAsync<ResourceException>()).WithMessage("*already exists*");
        await provider.DeleteAsync(request, made, TestContext.Current.CancellationToken);
        await provider.DeleteAsync(request, made, TestContext.Current.CancellationToken);
    }

    private static string Tar(TemporaryFolder folder)
    {
        folder.Write("root/hello.txt", $"hello {Guid.NewGuid()}");
        var tar = Path.Combine(folder.Path, "root.tar");
        File.Delete(tar);
        TarFile.CreateFromDirectory(Path.Combine(folder.Path, "root"), tar, includeBaseDirectory: false);
        return tar;
    }

    /// <summary>docker with a configuration folder of its own: a login must not end up in the developer's.</summary>
    private static Task<Outcome> DockerAsync(TemporaryFolder folder, string? input, params string[] arguments) =>
        Command.RunAsync("docker", ["--config", folder.Path, .. arguments], input: input);
}
