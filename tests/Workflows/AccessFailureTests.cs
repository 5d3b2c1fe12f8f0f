using System.Net;
using Amazon.Runtime;
using Nuke.Common;
using Nuke.Common.Tests.Running;

namespace Tiketi.Workflows.Tests;

[Collection(RunsBuilds.Name)]
public sealed class AccessFailureTests
{
    [Fact]
    public void A_target_whose_session_expired_says_how_to_go_on()
    {
        using var harness = new BuildHarness();

        var result = harness.Run<ExpiredBuild>("", build => build.Push);

        result.ExitCode.Should().NotBe(0);
        result.Output.Should().Contain("The AWS credentials have expired.").And.Contain("aws sso login").And.NotContain("the SDK's words");
    }

    [Fact]
    public void Any_other_failure_keeps_its_own_words()
    {
        using var harness = new BuildHarness();

        harness.Run<ExpiredBuild>("", build => build.Sync).Output.Should().Contain("the SDK's words");
    }

    public sealed class ExpiredBuild : NukeBuild
    {
        public Target Push => _ => _.Runs(() => Fail("ExpiredTokenException"));

        public Target Sync => _ => _.Runs(() => Fail("NoSuchBucket"));

        private static Task Fail(string code) => throw new AmazonServiceException("the SDK's words", ErrorType.Sender, code, "request-1", HttpStatusCode.BadRequest);
    }
}
