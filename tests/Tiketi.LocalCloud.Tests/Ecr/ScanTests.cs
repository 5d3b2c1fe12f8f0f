using System.Formats.Tar;
using System.Text.Json.Nodes;
using Tiketi.LocalCloud.Ecr.Scanning;
using Tiketi.LocalCloud.Tests.S3;

namespace Tiketi.LocalCloud.Tests.Ecr;

/// <summary>The scan finds what is in the image and in the vulnerability records, and nothing else.</summary>
public sealed class ScanTests(RunningCloud cloud) : IClassFixture<RunningCloud>
{
    private const string Critical = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H";
    private const string Medium = "CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N";

    private string Folder => Path.Combine(cloud.Settings.StateDirectory, "ecr", "vulnerabilities");

    [Fact]
    public async Task Reports_what_the_images_packages_have()
    {
        using var folder = new TemporaryFolder();
        await PushAsync(folder, "scan/backend", scanOnPush: true);
        Directory.EnumerateFiles(Folder).ToList().ForEach(File.Delete);
        (await FindingsAsync("scan/backend"))["imageScanStatus"]!["status"]!.GetValue<string>().Should().Be("FINDINGS_UNAVAILABLE", "there are no records yet, and that is said");

        Record("DEBIAN-CVE-2026-1", "Debian:13", "openssl", Critical, """{"introduced":"0"},{"fixed":"3.5.1-2"}""");
        Record("DEBIAN-CVE-2026-2", "Debian:13", "zlib", Medium, """{"introduced":"0"}""");
        Record("DEBIAN-CVE-2026-3", "Debian:13", "zlib", Critical, """{"introduced":"0"},{"fixed":"1:1.3.dfsg-1"}"""); // has it already
        Record("DEBIAN-CVE-2026-4", "Debian:12", "zlib", Critical, """{"introduced":"0"}"""); // another release
        Record("DEBIAN-CVE-2026-5", "Debian:13", "removed", Critical, """{"introduced":"0"}"""); // only its configuration is left
        Record("GHSA-1", "npm", "openssl", Critical, """{"introduced":"0"}""");
        (await cloud.AwsAsync("ecr", "wait", "image-scan-complete", "--repository-name", "scan/backend", "--image-id", "imageTag=v1")).Ok();

        var found = await FindingsAsync("scan/backend");
        found["imageScanFindings"]!["findingSeverityCounts"]!.ToJsonString().Should().Be("""{"CRITICAL":2,"MEDIUM":1}""");
        found["imageScanFindings"]!["findings"]!.AsArray().Select(Describe).Should().Equal(
            "CVE-2026-1 CRITICAL libssl3t64 3.5.1-1+b1 9.8", "CVE-2026-1 CRITICAL openssl 3.5.1-1 9.8", "CVE-2026-2 MEDIUM zlib1g 1:1.3.dfsg+really1.3.1-1+b1 6.1");
        var described = JsonNode.Parse((await cloud.AwsAsync("ecr", "describe-images", "--repository-name", "scan/backend")).Ok())!["imageDetails"]![0]!;
        described["imageScanStatus"]!["status"]!.GetValue<string>().Should().Be("COMPLETE");
        described["imageScanFindingsSummary"]!["findingSeverityCounts"]!["CRITICAL"]!.GetValue<int>().Should().Be(2);

        var paged = JsonNode.Parse((await cloud.AwsAsync("ecr", "describe-image-scan-findings", "--repository-name", "scan/backend", "--image-id", "imageTag=v1", "--page-size", "1", "--max-items", "2")).Ok())!;
        paged["imageScanFindings"]!["findings"]!.AsArray().Should().HaveCount(2);
    }

    [Fact]
    public async Task Scans_on_request_only_where_a_push_starts_none()
    {
        using var folder = new TemporaryFolder();
        await PushAsync(folder, "scan/asked", scanOnPush: false);
        Record("DEBIAN-CVE-2026-1", "Debian:13", "openssl", Critical, """{"introduced":"0"},{"fixed":"3.5.1-2"}""");
        string[] image = ["--repository-name", "scan/asked", "--image-id", "imageTag=v1"];
        (await cloud.AwsAsync(["ecr", "describe-image-scan-findings", .. image])).Error.Should().Contain("ScanNotFoundException");

        (await cloud.AwsAsync(["ecr", "start-image-scan", .. image])).Ok().Should().Contain("IN_PROGRESS");
        (await cloud.AwsAsync(["ecr", "wait", "image-scan-complete", .. image])).Ok();

        (await FindingsAsync("scan/asked"))["imageScanFindings"]!["findings"]!.AsArray().Should().HaveCountGreaterThanOrEqualTo(2);
    }

    [Fact]
    public async Task Says_when_an_image_is_none_that_it_can_scan()
    {
        using var folder = new TemporaryFolder();
        folder.Write("root/hello.txt", "no package of any distribution");
        await PushAsync(folder, "scan/scratch", scanOnPush: true, prepare: false);
        Record("DEBIAN-CVE-2026-1", "Debian:13", "openssl", Critical, """{"introduced":"0"}""");

        JsonNode status;
        do
        {
            status = (await FindingsAsync("scan/scratch"))["imageScanStatus"]!;
        }
        while (status["status"]!.GetValue<string>() == "IN_PROGRESS");

        status["status"]!.GetValue<string>().Should().Be("UNSUPPORTED_IMAGE");
    }

    /// <summary>dpkg is the judge.</summary>
    [Theory]
    [InlineData("1.0", "1.0")]
    [InlineData("1.0", "1.0-1")]
    [InlineData("1.0-1", "1.0-0")]
    [InlineData("1.0~rc1", "1.0")]
    [InlineData("1.0~rc1-1", "1.0~~-1")]
    [InlineData("1:0.9", "2.0")]
    [InlineData("0:2.0", "2.0")]
    [InlineData("1.10", "1.9")]
    [InlineData("1.010", "1.10")]
    [InlineData("1.2a", "1.2")]
    [InlineData("1.2a", "1.2+b1")]
    [InlineData("1.2.", "1.2a")]
    [InlineData("3.5.1-1+deb13u1", "3.5.1-1+deb13u2")]
    [InlineData("3.5.1-1+deb13u10", "3.5.1-1+deb13u2")]
    [InlineData("1.3.dfsg+really1.3.1-1+b1", "1.3.dfsg-1")]
    [InlineData("2.41-12", "2.41-12+deb13u1")]
    [InlineData("20240203", "20240203~deb12u1")]
    [InlineData("9.9p1-3", "9.9p1-3.1")]
    public async Task Compares_versions_as_dpkg_does(string left, string right)
    {
        foreach (var (one, other) in new[] { (left, right), (right, left) })
        {
            var order = Math.Sign(DebianVersion.Compare(one, other));
            var relation = order switch { < 0 => "lt", 0 => "eq", _ => "gt" };
            (await Command.RunAsync("dpkg", ["--compare-versions", one, relation, other])).ExitCode.Should().Be(0, $"{one} {relation} {other}");
        }
    }

    /// <summary>Scores that the CVSS 3.1 examples document publishes.</summary>
    [Theory]
    [InlineData("CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", 6.1, "MEDIUM")]
    [InlineData("CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:L/I:L/A:N", 6.4, "MEDIUM")]
    [InlineData("CVSS:3.1/AV:N/AC:H/PR:N/UI:R/S:U/C:L/I:N/A:N", 3.1, "LOW")]
    [InlineData("CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:H/I:H/A:H", 9.9, "CRITICAL")]
    [InlineData("CVSS:3.0/AV:L/AC:L/PR:N/UI:R/S:U/C:H/I:H/A:H", 7.8, "HIGH")]
    [InlineData("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H", 7.5, "HIGH")]
    [InlineData("CVSS:3.1/AV:P/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", 0, "INFORMATIONAL")]
    public void Rates_vectors_as_published(string vector, double score, string severity)
    {
        Cvss.BaseScore(vector).Should().BeApproximately(score, 1e-9);
        Cvss.Severity(Cvss.BaseScore(vector)).Should().Be(severity);
    }

    [Theory]
    [InlineData("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N")]
    [InlineData("CVSS:3.1/AV:N/AC:L")]
    public void Rates_nothing_else(string vector) => Cvss.Severity(Cvss.BaseScore(vector)).Should().Be("UNDEFINED");

    private static string Describe(JsonNode? finding)
    {
        string? Attribute(string key) => finding!["attributes"]!.AsArray().SingleOrDefault(attribute => attribute!["key"]!.GetValue<string>() == key)?["value"]!.GetValue<string>();
        return $"{finding!["name"]} {finding["severity"]} {Attribute("package_name")} {Attribute("package_version")} {Attribute("CVSS3_SCORE")}";
    }

    private async Task<JsonNode> FindingsAsync(string repository) =>
        JsonNode.Parse((await cloud.AwsAsync("ecr", "describe-image-scan-findings", "--repository-name", repository, "--image-id", "imageTag=v1")).Ok())!;

    private void Record(string id, string ecosystem, string package, string vector, string events) => File.WriteAllText(Path.Combine(Folder, $"{id}.json"), $$"""
        {"schema_version":"1.6.0","id":"{{id}}","upstream":["{{id.Replace("DEBIAN-", "", StringComparison.Ordinal)}}"],"summary":"made for a test","modified":"2026-11-01T00:00:00Z",
         "severity":[{"type":"CVSS_V3","score":"{{vector}}"}],
         "affected":[{"package":{"ecosystem":"{{ecosystem}}","name":"{{package}}"},"ranges":[{"type":"ECOSYSTEM","events":[{{events}}]}]}]}
        """);

    private async Task PushAsync(TemporaryFolder folder, string repository, bool scanOnPush, bool prepare = true)
    {
        if (prepare)
        {
            folder.Write("root/usr/lib/os-release", "PRETTY_NAME=\"Debian GNU/Linux 13 (trixie)\"\nVERSION_ID=\"13\"\nID=debian\n");
            folder.Write("root/var/lib/dpkg/status", """
                Package: openssl
                Status: install ok installed
                Architecture: amd64
                Version: 3.5.1-1
                Description: Secure Sockets Layer toolkit
                 Package: not a field, the description goes on

                Package: libssl3t64
                Status: install ok installed
                Architecture: amd64
                Source: openssl (3.5.1-1)
                Version: 3.5.1-1+b1

                Package: zlib1g
                Status: install ok installed
                Source: zlib (1:1.3.dfsg+really1.3.1-1)
                Version: 1:1.3.dfsg+really1.3.1-1+b1

                Package: removed
                Status: deinstall ok config-files
                Version: 1.0

                """);
        }

        var tar = Path.Combine(folder.Path, "root.tar");
        await TarFile.CreateFromDirectoryAsync(Path.Combine(folder.Path, "root"), tar, includeBaseDirectory: false);
        (await cloud.AwsAsync("ecr", "create-repository", "--repository-name", repository, "--image-scanning-configuration", $"scanOnPush={(scanOnPush ? "true" : "false")}")).Ok();
        var reference = $"127.0.0.1:{cloud.Settings.AwsPort}/{repository}:v1";
        var password = (await cloud.AwsAsync("ecr", "get-login-password")).Ok();
        (await Command.RunAsync("docker", ["--config", folder.Path, "login", "--username", "AWS", "--password-stdin", reference.Split('/')[0]], input: password)).Ok();
        (await Command.RunAsync("docker", ["import", tar, reference])).Ok();
        try
        {
            (await Command.RunAsync("docker", ["--config", folder.Path, "push", reference])).Ok();
        }
        finally
        {
            await Command.RunAsync("docker", ["rmi", "--force", reference]);
        }
    }
}
