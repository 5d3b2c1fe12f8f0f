using System.Buffers.Text;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Web;
using Amazon.Runtime;
using Tiketi.Pipeline.Aws;

namespace Tiketi.Pipeline.Tests.Aws;

public sealed class EksTokenTests
{
    [Fact]
    public void AToken_NamesTheClusterInASignedHeader_AndIsNotPadded()
    {
        var token = EksToken.Create(new ImmutableCredentials("AKIDEXAMPLE", "secret", null), "ap-northeast-2", "tiketi-local",
            new DateTimeOffset(2026, 11, 23, 1, 2, 3, TimeSpan.Zero));

        token.Value.Should().StartWith("k8s-aws-v1.").And.NotContain("=");
        var url = Decode(token.Value);
        url.GetLeftPart(UriPartial.Path).Should().Be("https://sts.ap-northeast-2.amazonaws.com/");
        var query = HttpUtility.ParseQueryString(url.Query);
        query["X-Amz-SignedHeaders"].Should().Be("host;x-k8s-aws-id");
        query["X-Amz-Date"].Should().Be("20261123T010203Z");
        query["X-Amz-Expires"].Should().Be("60");
        token.ToString().Should().NotContain(token.Value);
    }

    [Theory]
    [InlineData("ap-northeast-2", null)]
    [InlineData("us-east-1", "session/token+with=signs")]
    public async Task TheSignature_IsTheOneOfTheAwsCli(string region, string? sessionToken)
    {
        var aws = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Select(folder => Path.Combine(folder, "aws")).FirstOrDefault(File.Exists);
        Assert.SkipWhen(aws is null, "the aws CLI is not on PATH");
        var theirs = HttpUtility.ParseQueryString(Decode(await GetTokenAsync(aws, region, sessionToken)).Query);
        var signedAt = DateTimeOffset.ParseExact(theirs["X-Amz-Date"]!, "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

        var token = EksToken.Create(new ImmutableCredentials("AKIDEXAMPLE", "secret", sessionToken), region, "tiketi-local", signedAt);

        var ours = HttpUtility.ParseQueryString(Decode(token.Value).Query);
        ours.AllKeys.ToDictionary(key => key!, key => ours[key]).Should().BeEquivalentTo(theirs.AllKeys.ToDictionary(key => key!, key => theirs[key]));
    }

    private static async Task<string> GetTokenAsync(string aws, string region, string? sessionToken)
    {
        var start = new ProcessStartInfo(aws, ["eks", "get-token", "--cluster-name", "tiketi-local", "--region", region])
        {
            UseShellExecute = false, RedirectStandardOutput = true,
        };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("AWS_ENDPOINT_URL", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(name);
        }

        start.Environment["AWS_ACCESS_KEY_ID"] = "AKIDEXAMPLE";
        start.Environment["AWS_SECRET_ACCESS_KEY"] = "secret";
        start.Environment["AWS_SESSION_TOKEN"] = sessionToken ?? "";
        start.Environment["AWS_STS_REGIONAL_ENDPOINTS"] = "regional";
        using var process = Process.Start(start)!;
        using var document = JsonDocument.Parse(await process.StandardOutput.ReadToEndAsync());
        await process.WaitForExitAsync();
        return document.RootElement.GetProperty("status").GetProperty("token").GetString()!;
    }

    private static Uri Decode(string token) => new(Encoding.UTF8.GetString(Base64Url.DecodeFromChars(token.AsSpan("k8s-aws-v1.".Length))));
}
