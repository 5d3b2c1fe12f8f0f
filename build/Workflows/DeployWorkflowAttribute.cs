using Nuke.Common.Execution;

/// <summary>
/// deploy.yml: publish, preview, and apply when the environment's reviewers agree. Each job has a GitHub environment and in it a
/// role of its own: NAME-build may push images, NAME-plan may read, and only NAME, which waits for the reviewers, may change things.
/// Which job waits for which follows the graph, and applying always waits for the preview.
/// </summary>
sealed class DeployWorkflowAttribute : WorkflowAttributeBase
{
    /// <summary>The target that makes and publishes what is deployed.</summary>
    public string Publish { get; set; }

    /// <summary>The target that shows what applying would do.</summary>
    public string Preview { get; set; }

    /// <summary>The target that does it.</summary>
    public string Apply { get; set; }

    /// <summary>Secrets that applying takes where the environment has them.</summary>
    public string[] OptionalSecrets { get; set; } = [];

    /// <summary>Where one can deploy to; the first is where main goes by itself.</summary>
    public string[] Environments { get; set; }

    /// <summary>The plan that reviewers saw, and that applying is held to.</summary>
    const string PlanFile = "plan.json";

    protected override string Name => "deploy";

    public override IEnumerable<string> RelevantTargetNames => [Publish, Preview, Apply];

    public override ConfigurationEntity GetConfiguration(IReadOnlyCollection<ExecutableTarget> relevantTargets)
    {
        var environment = $"${{{{ inputs.environment || '{Environments[0]}' }}}}";
        (string Id, string Target, string Suffix, int TimeoutMinutes, string Options, string Takes, string Leaves)[] stages =
        [
            ("build", Publish, "-build", 60, "", null, null),
            ("plan", Preview, "-plan", 30, $" {PlanOutOption} {PlanFile}", null, PlanFile),
            ("deploy", Apply, "", 120, $" {PlanFileOption} {PlanFile}", PlanFile, null), // a first one waits for a cluster and a database
        ];
        return new Workflow
        {
            Name = Name,
            Triggers = string.Join('\n', (string[])
            [
                "push:",
                "  branches: [main]",
                "workflow_dispatch:",
                "  inputs:",
                "    environment:",
                "      description: Where to deploy",
                "      type: choice",
                "      required: true",
                $"      default: {Environments[0]}",
                $"      options: [{Environments.JoinComma()}]",
            ]),
            ConcurrencyGroup = $"deploy-{environment}",
            Jobs =
            [
                .. stages.Select(stage =>
                {
                    var before = Before(Find(relevantTargets, stage.Target), withOrders: true);
                    var needs = stages.Where(other => before.Any(target => target.Name == other.Target) || (stage.Target == Apply && other.Target == Preview));
                    return JobInEnvironment(stage.Id, stage.Target, environment, stage.Suffix, stage.TimeoutMinutes, [.. needs.Select(other => other.Id)], relevantTargets, stage.Options, takes: stage.Takes, leaves: stage.Leaves, optionalSecrets: stage.Target == Apply ? OptionalSecrets : []);
                }),
            ],
        };
    }
}
