using Nuke.Common.Execution;

/// <summary>
/// ci.yml: what a pull request must pass, and main must keep passing, without environment, role or secret; and what the pull
/// request would change where main goes by itself, by a role that may read the set-up and no secret.
/// </summary>
sealed class CiWorkflowAttribute(string target) : WorkflowAttributeBase
{
    /// <summary>A fork's run gets no identity from GitHub, and its code no role.</summary>
    const string OwnPullRequest = "github.event_name == 'pull_request' && github.event.pull_request.head.repo.full_name == github.repository";

    /// <summary>A script, relative to the root, that installs what the target drives from outside.</summary>
    public string Preparation { get; set; }

    /// <summary>The target that shows what the pull request would change; null for none.</summary>
    public string Preview { get; set; }

    /// <summary>Where the preview looks.</summary>
    public string PreviewEnvironment { get; set; }

    protected override string Name => "ci";

    public override IEnumerable<string> RelevantTargetNames => Preview is null ? [target] : [target, Preview];

    public override ConfigurationEntity GetConfiguration(IReadOnlyCollection<ExecutableTarget> relevantTargets)
    {
        foreach (var name in RelevantTargetNames)
        {
            var secrets = RequiredSecrets(Find(relevantTargets, name));
            Assert.True(secrets.Count == 0, $"{name} requires the secret {secrets.JoinComma()}, and pull requests get none: run it in an environment's workflow");
        }

        var test = new WorkflowJob { Id = "test", Target = target, TimeoutMinutes = 60, Preparation = Preparation };
        return new Workflow
        {
            Name = Name,
            Triggers = "pull_request:\npush:\n  branches: [main]",
            ConcurrencyGroup = "ci-${{ github.event.pull_request.number || github.run_id }}",
            CancelsSupersededPullRequests = true,
            Jobs = Preview is null ? [test] : [test, JobInEnvironment("plan", Preview, PreviewEnvironment, "-preview", timeoutMinutes: 30, needs: [], relevantTargets, condition: OwnPullRequest)],
        };
    }
}
