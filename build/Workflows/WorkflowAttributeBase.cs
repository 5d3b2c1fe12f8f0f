using System.Linq.Expressions;
using System.Reflection;
using System.Text.RegularExpressions;
using Nuke.Common.Execution;

/// <summary>A workflow that is written from the graph: its commands, their order and the secrets they need.</summary>
abstract partial class WorkflowAttributeBase : ConfigurationAttributeBase
{
    /// <summary>The options, as their declarations name them.</summary>
    static string EnvironmentOption { get; } = OptionOf<IHazEnvironment>(nameof(IHazEnvironment.EnvironmentName));

    protected static string PlanOutOption { get; } = OptionOf<IInfrastructure>(nameof(IInfrastructure.PlanOut));

    protected static string PlanFileOption { get; } = OptionOf<IInfrastructure>(nameof(IInfrastructure.ApprovedPlanFile));

    /// <summary>The file's name without extension.</summary>
    protected abstract string Name { get; }

    public override string IdPostfix => Name;

    public override Type HostType => typeof(GitHubActions);

    public override AbsolutePath ConfigurationFile => Build.RootDirectory / ".github" / "workflows" / $"{Name}.yml";

    public override IEnumerable<AbsolutePath> GeneratedFiles => [ConfigurationFile];

    public override IEnumerable<string> IrrelevantTargetNames => [];

    public override CustomFileWriter CreateWriter(StreamWriter streamWriter) => new(streamWriter, indentationFactor: 2, commentPrefix: "#");

    /// <summary>A job in an environment, where it has a role, and the secrets that its targets require.</summary>
    /// <param name="id">The job's id.</param>
    /// <param name="target">The target it runs.</param>
    /// <param name="environment">What the build calls the environment, as a workflow expression or literally.</param>
    /// <param name="suffix">What the GitHub environment is called beyond that: each has a role of its own.</param>
    /// <param name="timeoutMinutes">The job's limit.</param>
    /// <param name="needs">The jobs before it.</param>
    /// <param name="targets">All targets of the workflow.</param>
    /// <param name="options">The target's further options.</param>
    /// <param name="condition">When it runs at all, as a workflow expression; null for always.</param>
    /// <param name="takes">A file that an earlier job left; null for none.</param>
    /// <param name="leaves">A file for later jobs; null for none.</param>
    protected WorkflowJob JobInEnvironment(
        string id, string target, string environment, string suffix, int timeoutMinutes, IReadOnlyList<string> needs, IReadOnlyCollection<ExecutableTarget> targets,
        string options = "", string condition = null, string takes = null, string leaves = null, string[] optionalSecrets = null) => new()
        {
            Id = id,
            Target = target,
            Options = $"{EnvironmentOption} \"$DEPLOY_TO\"{options}",
            Needs = needs,
            Condition = condition,
            Takes = takes,
            Leaves = leaves,
            Products = [.. Find(targets, target).ArtifactProducts.Select(product => $"{Build.RootDirectory.GetRelativePathTo((AbsolutePath)product)}".Replace('\\', '/'))],
            TimeoutMinutes = timeoutMinutes,
            GitHubEnvironment = environment + suffix,
            Variables =
            [
                ("AWS_ROLE_ARN", "${{ vars.AWS_ROLE_ARN }}"),
                ("DEPLOY_TO", environment),
                .. RequiredSecrets(Find(targets, target)).Union(optionalSecrets ?? []).Select(secret => (secret, $"${{{{ secrets.{UpperSnake(secret)} }}}}")),
            ],
        };

    protected static ExecutableTarget Find(IReadOnlyCollection<ExecutableTarget> targets, string name) => targets.Single(target => target.Name == name);

    /// <summary>Everything that a target depends on; with orders also what would run before it if it were in the run.</summary>
    protected static IReadOnlySet<ExecutableTarget> Before(ExecutableTarget target, bool withOrders)
    {
        var found = new HashSet<ExecutableTarget>();
        var pending = new Stack<ExecutableTarget>([target]);
        while (pending.TryPop(out var current))
        {
            foreach (var earlier in withOrders ? current.AllDependencies : current.ExecutionDependencies.ToList())
            {
                if (found.Add(earlier))
                {
                    pending.Push(earlier);
                }
            }
        }

        return found;
    }

    /// <summary>The secret parameters that the target, or one that it depends on, requires.</summary>
    protected static IReadOnlyList<string> RequiredSecrets(ExecutableTarget target) =>
    [
        .. Before(target, withOrders: false).Append(target)
            .SelectMany(each => each.DelegateRequirements)
            .Select(requirement => requirement.Body is UnaryExpression { Operand: var operand } ? operand : requirement.Body)
            .OfType<MemberExpression>()
            .Select(expression => expression.Member)
            .Where(member => member.IsDefined(typeof(SecretAttribute)))
            .Select(member => member.GetCustomAttribute<ParameterAttribute>()?.Name ?? member.Name)
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal),
    ];

    static string OptionOf<T>(string property) =>
        "--" + (typeof(T).GetProperty(property).GetCustomAttribute<ParameterAttribute>().Name ?? WordStart().Replace(property, "-").ToLowerInvariant());

    static string UpperSnake(string name) => WordStart().Replace(name, "_").Replace('-', '_').ToUpperInvariant();

    [GeneratedRegex("(?<=[a-z0-9])(?=[A-Z])", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex WordStart();
}
