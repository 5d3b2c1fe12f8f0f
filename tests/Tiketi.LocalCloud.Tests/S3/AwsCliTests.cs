using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Tiketi.LocalCloud.Tests.S3;

/// <summary>The AWS CLI takes this S3 for S3.</summary>
public sealed class AwsCliTests(RunningCloud cloud) : IClassFixture<RunningCloud>
{
    [Fact]
    public async Task Makes_lists_fills_reads_and_removes_a_bucket()
    {
        using var folder = new TemporaryFolder();
        (await cloud.AwsAsync("s3", "mb", "s3://cli-life")).Ok();
        (await cloud.AwsAsync("s3", "ls")).Ok().Should().Contain("cli-life");
        var source = folder.Write("größe & ü+=.txt", "hello");
        (await cloud.AwsAsync("s3", "cp", source, "s3://cli-life/a b/größe & ü+=.txt")).Ok();
        (await cloud.AwsAsync("s3", "ls", "s3://cli-life", "--recursive")).Ok().Should().Contain("a b/größe & ü+=.txt");
        (await cloud.AwsAsync("s3", "cp", "s3://cli-life/a b/größe & ü+=.txt", "-")).Ok().Should().Be("hello");
        var refused = await cloud.AwsAsync("s3", "rb", "s3://cli-life");
        refused.ExitCode.Should().NotBe(0);
        refused.Error.Should().Contain("BucketNotEmpty");
        (await cloud.AwsAsync("s3", "rm", "s3://cli-life", "--recursive")).Ok();
        (await cloud.AwsAsync("s3", "rb", "s3://cli-life")).Ok();
        (await cloud.AwsAsync("s3", "ls", "s3://cli-life")).Error.Should().Contain("NoSuchBucket");
    }

    [Fact]
    public async Task Syncs_only_what_changed_and_deletes_what_is_gone()
    {
        using var folder = new TemporaryFolder();
        folder.Write("index.html", "<html>1</html>");
        folder.Write("static/app.123.js", "1");
        folder.Write("static/old.js", "0");
        (await cloud.AwsAsync("s3", "mb", "s3://cli-sync")).Ok();
        (await cloud.AwsAsync("s3", "sync", folder.Path, "s3://cli-sync", "--delete")).Ok().Should().Contain("old.js");
        (await cloud.AwsAsync("s3", "sync", folder.Path, "s3://cli-sync", "--delete")).Ok().Should().BeEmpty();
        File.Delete(Path.Combine(folder.Path, "static/old.js"));
        folder.Write("index.html", "<html>22</html>");
        var output = (await cloud.AwsAsync("s3", "sync", folder.Path, "s3://cli-sync", "--delete")).Ok();
        output.Should().Contain("upload: ").And.Contain("index.html").And.Contain("delete: s3://cli-sync/static/old.js").And.NotContain("app.123.js");
    }

    [Fact]
    public async Task Uploads_copies_and_downloads_in_parts()
    {
        using var folder = new TemporaryFolder();
        var content = RandomNumberGenerator.GetBytes(21 * 1024 * 1024 + 7);
        var source = Path.Combine(folder.Path, "large.bin");
        await File.WriteAllBytesAsync(source, content);
        (await cloud.AwsAsync("s3", "mb", "s3://cli-large")).Ok();
        (await cloud.AwsAsync("s3", "cp", source, "s3://cli-large/large.bin", "--no-progress")).Ok();
        var head = JsonNode.Parse((await cloud.AwsAsync("s3api", "head-object", "--bucket", "cli-large", "--key", "large.bin", "--checksum-mode", "ENABLED")).Ok())!;
        head["ETag"]!.GetValue<string>().Should().EndWith("-3\"");
        head["ContentLength"]!.GetValue<long>().Should().Be(content.Length);
        (await cloud.AwsAsync("s3", "cp", "s3://cli-large/large.bin", "s3://cli-large/copy.bin", "--no-progress")).Ok();
        var target = Path.Combine(folder.Path, "back.bin");
        (await cloud.AwsAsync("s3", "cp", "s3://cli-large/copy.bin", target, "--no-progress")).Ok();
        (await File.ReadAllBytesAsync(target)).Should().Equal(content);
        (await cloud.AwsAsync("s3api", "list-multipart-uploads", "--bucket", "cli-large")).Ok().Should().NotContain("UploadId");
    }

    [Fact]
    public async Task Keeps_a_buckets_configuration()
    {
        (await cloud.AwsAsync("s3api", "create-bucket", "--bucket", "cli-config", "--create-bucket-configuration", "LocationConstraint=ap-northeast-2")).Ok();
        (await cloud.AwsAsync("s3api", "get-bucket-location", "--bucket", "cli-config")).Ok().Should().Contain("ap-northeast-2");
        (await cloud.AwsAsync("s3api", "get-public-access-block", "--bucket", "cli-config")).Ok().Should().Contain("\"BlockPublicPolicy\": true");
        (await cloud.AwsAsync("s3api", "get-bucket-encryption", "--bucket", "cli-config")).Ok().Should().Contain("AES256");
        (await cloud.AwsAsync("s3api", "get-bucket-ownership-controls", "--bucket", "cli-config")).Ok().Should().Contain("BucketOwnerEnforced");
        (await cloud.AwsAsync("s3api", "get-bucket-acl", "--bucket", "cli-config")).Ok().Should().Contain("FULL_CONTROL");
        (await cloud.AwsAsync("s3api", "get-bucket-policy", "--bucket", "cli-config")).Error.Should().Contain("NoSuchBucketPolicy");
        (await cloud.AwsAsync("s3api", "put-bucket-tagging", "--bucket", "cli-config", "--tagging", "TagSet=[{Key=a,Value=b}]")).Ok();
        (await cloud.AwsAsync("s3api", "get-bucket-tagging", "--bucket", "cli-config")).Ok().Should().Contain("\"Value\": \"b\"");
        const string rule = """{"Rules":[{"ID":"x","Status":"Enabled","Filter":{"Prefix":""},"Transitions":[{"Days":30,"StorageClass":"INTELLIGENT_TIERING"}]}]}""";
        (await cloud.AwsAsync("s3api", "put-bucket-lifecycle-configuration", "--bucket", "cli-config", "--lifecycle-configuration", rule)).Ok();
        (await cloud.AwsAsync("s3api", "get-bucket-lifecycle-configuration", "--bucket", "cli-config")).Ok().Should().Contain("INTELLIGENT_TIERING");
        const string open = """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::cli-config/*"}]}""";
        (await cloud.AwsAsync("s3api", "put-bucket-policy", "--bucket", "cli-config", "--policy", open)).Error.Should().Contain("AccessDenied").And.Contain("BlockPublicPolicy");
        (await cloud.AwsAsync("s3api", "delete-public-access-block", "--bucket", "cli-config")).Ok();
        (await cloud.AwsAsync("s3api", "put-bucket-policy", "--bucket", "cli-config", "--policy", open)).Ok();
        (await cloud.AwsAsync("s3api", "create-bucket", "--bucket", "cli-config", "--create-bucket-configuration", "LocationConstraint=ap-northeast-2")).Error.Should().Contain("BucketAlreadyOwnedByYou");
    }
}
