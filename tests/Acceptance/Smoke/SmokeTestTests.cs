using Tiketi.Pipeline.Verification;

namespace Tiketi.Acceptance.Smoke;

/// <summary>
/// Each check of the smoke test on the deployed sample: red, with the right remedy, when its cause is brought about on the local cloud,
/// and green once it is over. That all are green to begin with, the first deployment has shown.
/// </summary>
[Collection(DeploymentCollection.Name)]
public sealed class SmokeTestTests(Deployment deployment, KubectlLogin login) : IClassFixture<KubectlLogin>
{
    public static TheoryData<string> Names => [.. Causes.All.Select(cause => cause.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task ACause_TurnsItsChecksRed_AndItsEndGreen(string name)
    {
        var cause = Causes.All.Single(candidate => candidate.Name == name);
        await using var checks = await DeployedChecks.ConnectAsync(deployment.Checkout, cause.HasExtraStack ? $"tiketi-{deployment.Checkout.Environment}-extra" : null);
        var somebody = new Somebody(deployment.Checkout, login.Environment, checks);
        var remedies = cause.Red.ToDictionary(red => red.Check, red => red.Remedy, StringComparer.Ordinal);

        var endAsync = await cause.BringAsync(somebody);
        try
        {
            await checks.UntilAsync(remedies.Keys, result => result.Status is CheckStatus.Failed or CheckStatus.Warning && result.Remedy!.Contains(remedies[result.Id], StringComparison.Ordinal));
        }
        finally
        {
            await endAsync();
        }

        await checks.UntilAsync(remedies.Keys, result => result.Status == (cause.EndsInSkip ? CheckStatus.Skipped : CheckStatus.Passed));
        if (cause.HasExtraStack)
        {
            await somebody.DeleteExtraStackAsync();
        }
    }

    [Fact]
    public async Task AVisitorWhoWaits_AndIsCutOff_IsFound()
    {
        await using var checks = await DeployedChecks.ConnectAsync(deployment.Checkout);
        var somebody = new Somebody(deployment.Checkout, login.Environment, checks);
        var time = new TimerWatch();
        var check = checks.All(target => target with { WebSocketHold = TimeSpan.FromMinutes(5) }, time).Single(candidate => candidate.Id == "socket-io-holds");

        var running = check.RunAsync(TestContext.Current.CancellationToken);
        await time.TimerWasMade.WaitAsync(TimeSpan.FromMinutes(1)); // now it is connected, and waits
        await somebody.KubectlAsync("delete", "pods", "-l", "app=ticket-service", "--now", "--wait=false");

        var outcome = await running;
        outcome.Status.Should().Be(CheckStatus.Failed, outcome.Evidence);
        outcome.Remedy.Should().Contain("idle_timeout.timeout_seconds").And.Contain("whether ticket-service restarts");
        await checks.UntilAsync(["socket-io-holds", "deployments", "redis"], result => result.Status == CheckStatus.Passed);
    }

    [Fact]
    public async Task EveryCheck_HasACause()
    {
        await using var checks = await DeployedChecks.ConnectAsync(deployment.Checkout);

        Causes.All.SelectMany(cause => cause.Red).Select(red => red.Check).Concat(Causes.Elsewhere.Select(row => row.Check)).Should().BeEquivalentTo(checks.All().Select(check => check.Id), "each has one");
        foreach (var row in Causes.Elsewhere)
        {
            row.Reason.Should().NotBeEmpty();
            (await File.ReadAllTextAsync(Path.Combine(Repository.Root, row.File))).Should().Contain($" {row.Test}(", "{0} is proved there", row.Check).And.Contain($"\"{row.Check}\"");
        }
    }

    /// <summary>Tells when somebody began to wait by this clock.</summary>
    private sealed class TimerWatch : TimeProvider
    {
        private readonly TaskCompletionSource _made = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task TimerWasMade => _made.Task;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _made.TrySetResult();
            return base.CreateTimer(callback, state, dueTime, period);
        }
    }
}
