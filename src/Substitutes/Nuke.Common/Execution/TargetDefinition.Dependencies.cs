#nullable disable
using System.Reflection;

namespace Nuke.Common.Execution;

internal sealed partial class TargetDefinition
{
    public ITargetDefinition DependsOn(params Target[] targets) => Add(Find(targets), AddExecutionDependency);
    public ITargetDefinition DependsOn<T>(params Func<T, Target>[] targets) => Add(Find(targets), AddExecutionDependency);
    public ITargetDefinition TryDependsOn<T>(params Func<T, Target>[] targets) => Add(TryFind(targets), AddExecutionDependency);

    public ITargetDefinition DependentFor(params Target[] targets) => Add(Find(targets), AddExecutionDependent);
    public ITargetDefinition DependentFor<T>(params Func<T, Target>[] targets) => Add(Find(targets), AddExecutionDependent);
    public ITargetDefinition TryDependentFor<T>(params Func<T, Target>[] targets) => Add(TryFind(targets), AddExecutionDependent);

    public ITargetDefinition Before(params Target[] targets) => Add(Find(targets), x => x.OrderDependencies.Add(target));
    public ITargetDefinition Before<T>(params Func<T, Target>[] targets) => Add(Find(targets), x => x.OrderDependencies.Add(target));
    public ITargetDefinition TryBefore<T>(params Func<T, Target>[] targets) => Add(TryFind(targets), x => x.OrderDependencies.Add(target));

    public ITargetDefinition After(params Target[] targets) => Add(Find(targets), x => target.OrderDependencies.Add(x));
    public ITargetDefinition After<T>(params Func<T, Target>[] targets) => Add(Find(targets), x => target.OrderDependencies.Add(x));
    public ITargetDefinition TryAfter<T>(params Func<T, Target>[] targets) => Add(TryFind(targets), x => target.OrderDependencies.Add(x));

    public ITargetDefinition Triggers(params Target[] targets) => Add(Find(targets), x => AddTrigger(target, x));
    public ITargetDefinition Triggers<T>(params Func<T, Target>[] targets) => Add(Find(targets), x => AddTrigger(target, x));
    public ITargetDefinition TryTriggers<T>(params Func<T, Target>[] targets) => Add(TryFind(targets), x => AddTrigger(target, x));

    public ITargetDefinition TriggeredBy(params Target[] targets) => Add(Find(targets), x => AddTrigger(x, target));
    public ITargetDefinition TriggeredBy<T>(params Func<T, Target>[] targets) => Add(Find(targets), x => AddTrigger(x, target));
    public ITargetDefinition TryTriggeredBy<T>(params Func<T, Target>[] targets) => Add(TryFind(targets), x => AddTrigger(x, target));

    public ITargetDefinition Consumes(params Target[] targets) => Add(Find(targets), x => AddConsumption(x, x.ArtifactProducts));
    public ITargetDefinition Consumes<T>(params Func<T, Target>[] targets) => Add(Find(targets), x => AddConsumption(x, x.ArtifactProducts));
    public ITargetDefinition Consumes(Target target, params string[] artifacts) => Add(Find([target]), x => AddConsumption(x, artifacts));
    public ITargetDefinition Consumes<T>(Func<T, Target> target, params string[] artifacts) => Add(Find([target]), x => AddConsumption(x, artifacts));
    public ITargetDefinition Consumes<T>(params string[] artifacts) => Add(Find<T>([]), x => AddConsumption(x, artifacts));

    private TargetDefinition Add(IEnumerable<ExecutableTarget> found, Action<ExecutableTarget> add)
    {
        foreach (var other in found)
            add(other);
        return this;
    }

    private void AddExecutionDependency(ExecutableTarget dependency)
    {
        Assert.True(dependency != target, $"Target '{target.Name}' cannot have a dependency on itself");
        target.ExecutionDependencies.Add(dependency);
    }

    private void AddExecutionDependent(ExecutableTarget dependent)
    {
        Assert.True(dependent != target, $"Target '{target.Name}' cannot be a dependent of itself");
        dependent.ExecutionDependencies.Add(target);
    }

    private static void AddTrigger(ExecutableTarget source, ExecutableTarget triggered)
    {
        source.Triggers.Add(triggered);
        triggered.TriggerDependencies.Add(source);
    }

    private void AddConsumption(ExecutableTarget producer, IEnumerable<string> artifacts)
    {
        foreach (var artifact in artifacts)
            target.ConsumedArtifacts.Add((producer, artifact));
    }

    private IEnumerable<ExecutableTarget> Find(IEnumerable<Delegate> factories)
    {
        return factories.Select(factory =>
        {
            Assert.True(
                factory != null && targets.ContainsKey(factory),
                $"Target '{target.Name}' refers to a target that is no property of the build, or whose lambda captures a local variable");
            return targets[factory];
        }).ToList();
    }

    private IEnumerable<ExecutableTarget> Find<T>(Func<T, Target>[] selectors)
    {
        Assert.True(build is T, $"Target '{target.Name}' refers to component '{typeof(T).Name}', which '{build.GetType().Name}' does not implement");
        var component = (T)(object)build;
        return Find(selectors.Length > 0
            ? selectors.Select(x => x(component))
            : [(Delegate)OnlyTarget<T>().GetValue(build)]);
    }

    private IEnumerable<ExecutableTarget> TryFind<T>(Func<T, Target>[] selectors)
    {
        return build is T ? Find(selectors) : [];
    }

    private static PropertyInfo OnlyTarget<T>()
    {
        var properties = typeof(T).GetProperties().Where(x => x.PropertyType == typeof(Target)).ToList();
        Assert.True(
            properties.Count == 1,
            $"Component '{typeof(T).Name}' must have exactly one target to be used without a lambda, but has: {string.Join(", ", properties.Select(x => x.Name))}");
        return properties[0];
    }
}
