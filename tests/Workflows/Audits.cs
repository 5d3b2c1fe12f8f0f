using System.Globalization;
using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace Tiketi.Workflows.Tests;

/// <summary>The rules that keep a workflow secure. Each gives one sentence for each place that breaks it.</summary>
internal static partial class Audits
{
    /// <summary>Versions by commit, as independent public repositories pin them: a comment must not claim another.</summary>
    private static readonly Dictionary<string, string> KnownVersions = new(StringComparer.Ordinal)
    {
        ["actions/checkout@de0fac2e4500dabe0009e67214ff5f5447ce83dd"] = "v6.0.2",
        ["actions/upload-artifact@043fb46d1a93c77aae656e7c1c64a875d1fc6a0a"] = "v7.0.1",
        ["actions/download-artifact@3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c"] = "v8.0.1",
    };

    public static readonly IReadOnlyDictionary<string, Func<WorkflowFile, IEnumerable<string>>> All = new Dictionary<string, Func<WorkflowFile, IEnumerable<string>>>(StringComparer.Ordinal)
    {
        [nameof(NothingIsPermittedAtTheTop)] = NothingIsPermittedAtTheTop,
        [nameof(JobsHaveTheLeastPermissions)] = JobsHaveTheLeastPermissions,
        [nameof(RolesComeFromTheEnvironment)] = RolesComeFromTheEnvironment,
        [nameof(ActionsArePinned)] = ActionsArePinned,
        [nameof(CheckoutsLeaveNoCredential)] = CheckoutsLeaveNoCredential,
        [nameof(JobsHaveATimeout)] = JobsHaveATimeout,
        [nameof(DeploymentsQueue)] = DeploymentsQueue,
        [nameof(CommandsContainNoExpression)] = CommandsContainNoExpression,
        [nameof(PublishingJobsRestoreNoCache)] = PublishingJobsRestoreNoCache,
        [nameof(SecretsStayInEnvironments)] = SecretsStayInEnvironments,
        [nameof(NoEventRunsForeignCodeWithRights)] = NoEventRunsForeignCodeWithRights,
        [nameof(ReviewersSeeAPlan)] = ReviewersSeeAPlan,
        [nameof(OnlyTheReviewedPlanIsApplied)] = OnlyTheReviewedPlanIsApplied,
        [nameof(CommandsAreThoseOfALaptop)] = CommandsAreThoseOfALaptop,
    };

    private static IEnumerable<string> NothingIsPermittedAtTheTop(WorkflowFile file)
    {
        if (file.Root.Get("permissions") is not YamlMappingNode { Children.Count: 0 })
        {
            yield return "the file's own permissions must be {}";
        }
    }

    private static IEnumerable<string> JobsHaveTheLeastPermissions(WorkflowFile file)
    {
        foreach (var job in file.Jobs)
        {
            if (job.Node.Get("permissions") is not YamlMappingNode)
            {
                yield return $"{job.Id} must list its permissions one by one";
            }

            foreach (var (name, value) in job.Permissions)
            {
                if ((name, value) is not ("contents", "read") && !((name, value) is ("id-token", "write") && job.Environment is not null))
                {
                    yield return $"{job.Id} has {name}: {value}";
                }
            }
        }
    }

    private static IEnumerable<string> RolesComeFromTheEnvironment(WorkflowFile file)
    {
        foreach (var (path, value) in file.Root.Scalars())
        {
            if (StaticKey().IsMatch(value))
            {
                yield return $"{path} is or names a static key";
            }
            else if (path.EndsWith(".AWS_ROLE_ARN", StringComparison.Ordinal) && value != "${{ vars.AWS_ROLE_ARN }}")
            {
                yield return $"{path} must be the environment's variable";
            }
        }

        foreach (var job in file.Jobs.Where(job => job.Permissions.ContainsKey("id-token")))
        {
            if (job.Environment is null || !job.Node.Scalars().Any(scalar => scalar.Path.EndsWith(".AWS_ROLE_ARN", StringComparison.Ordinal)))
            {
                yield return $"{job.Id} may ask for an identity and has no environment or no role";
            }
        }
    }

    private static IEnumerable<string> ActionsArePinned(WorkflowFile file)
    {
        foreach (var line in file.Lines.Where(line => Uses().IsMatch(line)))
        {
            var pin = Pin().Match(line);
            if (!pin.Success)
            {
                yield return $"'{line.Trim()}' has no commit or no version";
            }
            else if (!KnownVersions.TryGetValue(pin.Groups["action"].Value, out var version) || version != pin.Groups["version"].Value)
            {
                yield return $"'{line.Trim()}' is not known to be that version";
            }
        }
    }

    private static IEnumerable<string> CheckoutsLeaveNoCredential(WorkflowFile file) =>
        from job in file.Jobs
        from step in job.Steps
        where step.Text("uses")?.StartsWith("actions/checkout@", StringComparison.Ordinal) == true
        where (step.Get("with") as YamlMappingNode)?.Text("persist-credentials") != "false"
        select $"{job.Id} leaves a token in .git/config";

    private static IEnumerable<string> JobsHaveATimeout(WorkflowFile file) =>
        from job in file.Jobs
        where !int.TryParse(job.Node.Text("timeout-minutes"), NumberStyles.None, CultureInfo.InvariantCulture, out var minutes) || minutes is 0 or > 180
        select $"{job.Id} may run for hours";

    private static IEnumerable<string> DeploymentsQueue(WorkflowFile file)
    {
        if (file.Root.Get("concurrency") is not YamlMappingNode concurrency || concurrency.Text("group") is not { Length: > 0 } group)
        {
            yield return "there is no concurrency group";
            yield break;
        }

        var cancels = concurrency.Text("cancel-in-progress");
        var environments = file.Jobs.Select(job => job.Environment).OfType<string>().Order(StringComparer.Ordinal).ToList();
        var changes = environments.Exists(environment => !environment.EndsWith("-preview", StringComparison.Ordinal));
        if (cancels != "false" && (changes || cancels != "${{ github.event_name == 'pull_request' }}"))
        {
            yield return "only a superseded run of a pull request may be cancelled";
        }

        if (environments.Count > 0 && cancels == "false" && !group.EndsWith(EnvironmentOf(environments[0]), StringComparison.Ordinal))
        {
            yield return $"the group {group} is not the environment's";
        }
    }

    private static IEnumerable<string> CommandsContainNoExpression(WorkflowFile file) =>
        from job in file.Jobs
        from step in job.Steps
        where step.Text("run")?.Contains("${{", StringComparison.Ordinal) == true
        select $"{job.Id} makes shell code of an expression: {step.Text("run")}";

    private static IEnumerable<string> PublishingJobsRestoreNoCache(WorkflowFile file) =>
        from job in file.Jobs
        where job.Publishes
        from step in job.Steps
        where step.Text("uses")?.Contains("cache", StringComparison.OrdinalIgnoreCase) == true
            || (step.Get("with") as YamlMappingNode)?.Children.Keys.Any(key => $"{key}".Contains("cache", StringComparison.OrdinalIgnoreCase)) == true
        select $"{job.Id} takes files from a cache that others could have filled";

    private static IEnumerable<string> SecretsStayInEnvironments(WorkflowFile file)
    {
        var inEnvironments = file.Jobs.Where(job => job.Environment is not null).Select(job => $".jobs.{job.Id}.").ToList();
        return from scalar in file.Root.Scalars()
               where SecretsContext().IsMatch(scalar.Value) || scalar.Value == "inherit"
               where scalar.Value == "inherit" || AllSecrets().IsMatch(scalar.Value) || !inEnvironments.Exists(prefix => scalar.Path.StartsWith(prefix, StringComparison.Ordinal))
               select $"{scalar.Path} has secrets outside an environment, or all of them";
    }

    private static IEnumerable<string> NoEventRunsForeignCodeWithRights(WorkflowFile file)
    {
        var events = file.Root["on"].Scalars().Select(scalar => scalar.Value).Intersect(["pull_request_target", "workflow_run", "issue_comment"], StringComparer.Ordinal);
        foreach (var name in events)
        {
            yield return $"{name} runs with the rights of main on what a stranger wrote";
        }

        if (!file.Root["on"].Scalars().Any(scalar => scalar.Value == "pull_request"))
        {
            yield break;
        }

        foreach (var job in file.Jobs.Where(job => job.Publishes))
        {
            if (job.Environment?.EndsWith("-preview", StringComparison.Ordinal) != true)
            {
                yield return $"{job.Id} may publish in a pull request's run";
            }

            if (job.Node.Text("if")?.Contains("github.event.pull_request.head.repo.full_name == github.repository", StringComparison.Ordinal) != true)
            {
                yield return $"{job.Id} gives a stranger's code a role";
            }
        }
    }

    private static IEnumerable<string> ReviewersSeeAPlan(WorkflowFile file) =>
        from job in file.Jobs
        where job.Environment is { } environment && environment == EnvironmentOf(environment)
        where !file.Jobs.Any(plan => plan.Environment == job.Environment + "-plan" && job.Needs.Contains(plan.Id, StringComparer.Ordinal))
        select $"{job.Id} changes {job.Environment} without a plan that its reviewers can read";

    private static IEnumerable<string> OnlyTheReviewedPlanIsApplied(WorkflowFile file)
    {
        foreach (var job in file.Jobs.Where(job => job.Environment is { } environment && environment == EnvironmentOf(environment)))
        {
            var saved = Artifacts(file.Jobs.Where(other => job.Needs.Contains(other.Id, StringComparer.Ordinal)), "actions/upload-artifact@");
            var taken = Artifacts([job], "actions/download-artifact@").Intersect(saved, StringComparer.Ordinal).ToList();
            if (!job.Steps.Any(step => taken.Exists(plan => step.Text("run")?.EndsWith($" --plan-file {plan}", StringComparison.Ordinal) == true)))
            {
                yield return $"{job.Id} applies whatever it finds, not what its reviewers saw";
            }
        }
    }

    private static List<string> Artifacts(IEnumerable<WorkflowFileJob> jobs, string action) =>
    [
        .. from job in jobs
           from step in job.Steps
           where step.Text("uses")?.StartsWith(action, StringComparison.Ordinal) == true
           select (step.Get("with") as YamlMappingNode)?.Text("name"),
    ];

    private static IEnumerable<string> CommandsAreThoseOfALaptop(WorkflowFile file)
    {
        foreach (var job in file.Jobs)
        {
            foreach (var command in job.Steps.Select(step => step.Text("run")).OfType<string>())
            {
                if (!Command().IsMatch(command) && !(command == "sudo ./.ci/packages" && !job.Publishes))
                {
                    yield return $"{job.Id} runs something of its own: {command}";
                }
            }
        }
    }

    private static string EnvironmentOf(string gitHubEnvironment) => Role().Replace(gitHubEnvironment, "");

    private const RegexOptions Options = RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;

    [GeneratedRegex(@"AKIA[0-9A-Z]{16}|AWS_(SECRET_)?ACCESS_KEY", Options, 1000)]
    private static partial Regex StaticKey();

    [GeneratedRegex(@"^[\s-]*uses:", Options, 1000)]
    private static partial Regex Uses();

    [GeneratedRegex(@"uses: (?<action>[\w.-]+/[\w./-]+@[0-9a-f]{40}) # (?<version>v\d+\.\d+\.\d+)$", Options, 1000)]
    private static partial Regex Pin();

    [GeneratedRegex(@"\$\{\{.*\bsecrets\b.*\}\}", Options, 1000)]
    private static partial Regex SecretsContext();

    [GeneratedRegex(@"\bsecrets\s*(\)|\}\}|\[)", Options, 1000)]
    private static partial Regex AllSecrets();

    [GeneratedRegex(@"^\./build\.sh [A-Z]\w+( --[a-z-]+ (""\$[A-Z_]+""|[\w.-]+))*$", Options, 1000)]
    private static partial Regex Command();

    [GeneratedRegex("-(build|preview|plan)$", Options, 1000)]
    private static partial Regex Role();
}
