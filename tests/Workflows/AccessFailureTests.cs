using System.Net;
using Amazon.Runtime;
using Nuke.Common;
using Nuke.Common.Tests.Running;
using Tiketi.Pipeline;

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

    [Fact]
    public async Task A_plan_says_what_its_role_may_not_see_and_goes_on()
    {
        (await Access.WhereAllowedAsync("Cluster", () => Look(Fail("AccessDenied")))).Should().BeNull();
        (await Access.WhereAllowedAsync("Cluster", () => Look(Task.FromException(new PipelineException("Forbidden", "Ask.") { IsAccessRefused = true })))).Should().BeNull();
        (await Access.WhereAllowedAsync("Cluster", () => Look(Task.CompletedTask))).Should().Be("seen");
        await FluentActions.Awaiting(() => Access.WhereAllowedAsync("Cluster", () => Look(Fail("NoSuchBucket")))).Should().ThrowAsync<AmazonServiceException>();
        await FluentActions.Awaiting(() => Access.WhereAllowedAsync("Cluster", () => Look(Task.FromException(new PipelineException("wrong", "Mend."))))).Should().ThrowAsync<PipelineException>();
    }

    private static async Task<string> Look(Task first)
    {
        await first;
        return "seen";
    }

    private static Task Fail(string code) =>
        Task.FromException(new AmazonServiceException("the SDK's words", ErrorType.Sender, code, "request-1", HttpStatusCode.BadRequest));

    public sealed class ExpiredBuild : NukeBuild
    {
        public Target Push => _ => _.Runs(() => Fail("ExpiredTokenException"));

        public Target Sync => _ => _.Runs(() => Fail("NoSuchBucket"));
    }
}
