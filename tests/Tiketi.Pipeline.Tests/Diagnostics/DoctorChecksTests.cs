using Amazon.SecurityToken;
using Amazon.SecurityToken.Model;
using NSubstitute;
using NSubstitute.ExceptionExtensions;
using Tiketi.Pipeline.Diagnostics;
using Tiketi.Pipeline.Verification;

namespace Tiketi.Pipeline.Tests.Diagnostics;

public sealed class DoctorChecksTests
{
    [Fact]
    public async Task AnInstalledTool_PassesWithItsVersion() =>
        (await Tool("git", "1.0")).Should().Match<CheckOutcome>(outcome => outcome.Status == CheckStatus.Passed && outcome.Evidence.StartsWith("git 2."));

    [Fact]
    public async Task ATooOldTool_FailsWithBothVersionsAndTheRemedy()
    {
        var outcome = await Tool("git", "99.0");

        outcome.Status.Should().Be(CheckStatus.Failed);
        outcome.Evidence.Should().Contain("99.0 is needed");
        outcome.Remedy.Should().Be("Install it.");
    }

    [Fact]
    public async Task AMissingTool_Fails() =>
        (await Tool("no-such-tool-anywhere", "1.0")).Should().Be(CheckOutcome.Failed("no-such-tool-anywhere is not installed", "Install it."));

    [Fact]
    public async Task RefusedCredentials_FailWithWhatToDo()
    {
        var sts = Substitute.For<IAmazonSecurityTokenService>();
        sts.GetCallerIdentityAsync(Arg.Any<GetCallerIdentityRequest>(), Arg.Any<CancellationToken>())
            .ThrowsAsync(new AmazonSecurityTokenServiceException("expired") { ErrorCode = "ExpiredToken" });

        var outcome = await DoctorChecks.AwsIdentity(sts).RunAsync(TestContext.Current.CancellationToken);

        outcome.Status.Should().Be(CheckStatus.Failed);
        outcome.Remedy.Should().Contain("aws sso login");
    }

    [Fact]
    public async Task AFullDisk_IsJudgedByWhatIsFree()
    {
        var outcome = await DoctorChecks.DiskSpace(Path.GetTempPath()).RunAsync(TestContext.Current.CancellationToken);

        var enough = new DriveInfo(Path.GetTempPath()).AvailableFreeSpace >= 5L << 30;
        outcome.Status.Should().Be(enough ? CheckStatus.Passed : CheckStatus.Failed);
    }

    private static Task<CheckOutcome> Tool(string name, string minimum) =>
        DoctorChecks.Tool(name, "needed here", ["--version"], Version.Parse(minimum), "Install it.").RunAsync(TestContext.Current.CancellationToken);
}
