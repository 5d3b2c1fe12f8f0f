#nullable disable
using System.Linq.Expressions;
using System.Reflection;
using System.Runtime.CompilerServices;
using Nuke.Common.Tooling;
using Nuke.Common.ValueInjection;

namespace Nuke.Common.Execution;

/// <summary>Writes what a target's lambda says into its <see cref="ExecutableTarget"/>.</summary>
internal sealed partial class TargetDefinition(ExecutableTarget target, NukeBuild build, IReadOnlyDictionary<Delegate, ExecutableTarget> targets)
    : ITargetDefinition
{
    // The properties whose lambdas are being applied; Base() refers to the innermost.
    private readonly Stack<PropertyInfo> _properties = new();

    /// <summary>Applies the lambda that a property gives.</summary>
    public void Apply(PropertyInfo property, Delegate factory)
    {
        _properties.Push(property);
        factory.DynamicInvokeUnwrapped(this);
        _properties.Pop();
    }

    public ITargetDefinition Description(string description)
    {
        target.Description = description;
        return this;
    }

    public ITargetDefinition Executes(params Action[] actions)
    {
        foreach (var action in actions)
            target.Actions.Add(action);
        return this;
    }

    public ITargetDefinition Executes<T>(Func<T> action)
    {
        // An async lambda that returns a value binds here, so its task is awaited too.
        return Executes(new Action(() => (action() as Task)?.GetAwaiter().GetResult()));
    }

    public ITargetDefinition Executes(Func<Task> action)
    {
        return Executes(new Action(() => action().GetAwaiter().GetResult()));
    }

    public ITargetDefinition OnlyWhenDynamic(Func<bool> condition, [CallerArgumentExpression("condition")] string conditionExpression = null)
    {
        target.DynamicConditions.Add((ToText(conditionExpression), condition));
        return this;
    }

    public ITargetDefinition OnlyWhenStatic(Func<bool> condition, [CallerArgumentExpression("condition")] string conditionExpression = null)
    {
        target.StaticConditions.Add((ToText(conditionExpression), condition));
        return this;
    }

    public ITargetDefinition WhenSkipped(DependencyBehavior dependencyBehavior)
    {
        target.DependencyBehavior = dependencyBehavior;
        return this;
    }

    public ITargetDefinition Requires<T>(Expression<Func<T>> parameterRequirement, params Expression<Func<T>>[] parameterRequirements)
        where T : class
    {
        return AddRequirements([parameterRequirement, .. parameterRequirements]);
    }

    public ITargetDefinition Requires<T>(Expression<Func<T?>> parameterRequirement, params Expression<Func<T?>>[] parameterRequirements)
        where T : struct
    {
        return AddRequirements([parameterRequirement, .. parameterRequirements]);
    }

    public ITargetDefinition Requires(Expression<Func<bool>> requirement, params Expression<Func<bool>>[] requirements)
    {
        return AddRequirements([requirement, .. requirements]);
    }

    public ITargetDefinition Requires<T>()
        where T : IRequireTool
    {
        target.ToolRequirements.Add(new ToolRequirement(typeof(T), Version: null));
        return this;
    }

    public ITargetDefinition Requires<T>(string version)
        where T : IRequireToolWithVersion
    {
        target.ToolRequirements.Add(new ToolRequirement(typeof(T), version));
        return this;
    }

    public ITargetDefinition Requires(Expression<Func<Tool>> tool, params Expression<Func<Tool>>[] tools)
    {
        return AddRequirements([tool, .. tools]);
    }

    public ITargetDefinition AssuredAfterFailure()
    {
        target.AssuredAfterFailure = true;
        return this;
    }

    public ITargetDefinition ProceedAfterFailure()
    {
        target.ProceedAfterFailure = true;
        return this;
    }

    public ITargetDefinition Unlisted()
    {
        target.Listed = false;
        return this;
    }

    public ITargetDefinition Base()
    {
        var property = _properties.Peek();
        for (var type = property.DeclaringType?.BaseType; type != null; type = type.BaseType)
        {
            var inherited = type.GetProperty(
                property.Name, BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly);
            if (inherited?.GetMethod is not { IsAbstract: false })
                continue;
            Apply(inherited, InvokeNonVirtually(inherited));
            return this;
        }

        Assert.Fail($"Target '{target.Name}' calls Base() but no base class of '{property.DeclaringType?.Name}' defines it");
        return this;
    }

    public ITargetDefinition Inherit(params Target[] targets)
    {
        foreach (var inherited in targets)
            inherited(this);
        return this;
    }

    public ITargetDefinition Inherit<T>(params Expression<Func<T, Target>>[] targets)
    {
        foreach (var expression in targets)
        {
            var property = expression.GetMemberOrNull() as PropertyInfo;
            Assert.NotNull(property, $"Target '{target.Name}' can only inherit properties, not '{expression}'");
            Apply(property, InvokeNonVirtually(property));
        }

        return this;
    }

    public ITargetDefinition Produces(params string[] artifacts)
    {
        foreach (var artifact in artifacts)
            target.ArtifactProducts.Add(artifact);
        return this;
    }

    public ITargetDefinition DependsOnContext<T>()
        where T : INukeBuild
    {
        foreach (var (factory, other) in targets)
        {
            if (factory.Method.DeclaringType is { } type && typeof(T).IsAssignableFrom(type) && other != target)
                target.ExecutionDependencies.Add(other);
        }

        return this;
    }

    public ITargetDefinition Partition(int size)
    {
        target.PartitionSize = size;
        return this;
    }

    private TargetDefinition AddRequirements(IEnumerable<LambdaExpression> requirements)
    {
        foreach (var requirement in requirements)
            target.DelegateRequirements.Add(requirement);
        return this;
    }

    private static string ToText(string expression)
    {
        return expression == null ? "condition" : expression.StartsWith("() =>", StringComparison.Ordinal) ? expression[5..].Trim() : expression;
    }

    // A virtual call would come back to the overriding property.
    private Delegate InvokeNonVirtually(PropertyInfo property)
    {
        var pointer = property.GetMethod.NotNull().MethodHandle.GetFunctionPointer();
        var getter = (Func<Delegate>)Activator.CreateInstance(typeof(Func<Delegate>), build, pointer);
        return getter();
    }
}
