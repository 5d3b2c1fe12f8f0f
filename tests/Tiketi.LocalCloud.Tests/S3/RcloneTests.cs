namespace Tiketi.LocalCloud.Tests.S3;

public sealed class RcloneTests(RunningCloud cloud) : IClassFixture<RunningCloud>
{
    [Fact]
    public async Task Syncs_checks_and_reads_back()
    {
        using var folder = new TemporaryFolder();
        folder.Write("index.html", "<html></html>");
        folder.Write("a/b/ü + &.txt", "text");
        using var s3 = cloud.S3();
        await s3.PutBucketAsync("rclone-sync", TestContext.Current.CancellationToken);
        (await RunAsync("sync", folder.Path, "rclone-sync")).Ok();
        (await RunAsync("check", folder.Path, "rclone-sync")).Ok();
        var again = await RunAsync("sync", folder.Path, "rclone-sync", "-v", "--checksum");
        again.Ok();
        again.Error.Should().NotContain("Copied");
        File.Delete(Path.Combine(folder.Path, "index.html"));
        (await RunAsync("sync", folder.Path, "rclone-sync")).Ok();
        (await s3.ListObjectsV2Async(new() { BucketName = "rclone-sync" }, TestContext.Current.CancellationToken)).S3Objects.Should().ContainSingle(item => item.Key == "a/b/ü + &.txt");
    }

    private Task<Outcome> RunAsync(string verb, string folder, string bucket, params string[] further) => Command.RunAsync(
        "rclone",
        [verb, folder, $":s3,provider=Other,endpoint='{cloud.Endpoint}',env_auth=true,force_path_style=true:{bucket}", "--s3-no-check-bucket", "--config", "/dev/null", .. further],
        cloud.Environment());
}
