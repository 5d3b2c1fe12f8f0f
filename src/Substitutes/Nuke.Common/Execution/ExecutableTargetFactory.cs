using System.Linq.Expressions;
using System.Reflection;

namespace Nuke.Common.Execution;

/// <summary>Finds the targets of a build and applies their definitions.</summary>
internal static class ExecutableTargetFactory
{
    private const BindingFlags DeclaredInstance =
        BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    /// <summary>All targets in declaration order: the build class from base to derived, then its components.</summary>
    public static IReadOnlyList<ExecutableTarget> CreateAll(NukeBuild build, IReadOnlyCollection<Delegate> defaults)
    {
        var properties = GetTargetProperties(build.GetType());
        var targets = new List<(ExecutableTarget Target, PropertyInfo Property)>();
        var byFactory = new Dictionary<Delegate, ExecutableTarget>();
        foreach (var property in properties)
        {
            if (property.GetMethod?.Invoke(build, []) is not Delegate factory)
                continue;
            if (!byFactory.TryGetValue(factory, out var target))
            {
                target = new ExecutableTarget
                {
                    Name = ToName(property),
                    Member = property,
                    Factory = factory,
                    IsDefault = defaults.Contains(factory),
                };
                byFactory.Add(factory, target);
                targets.Add((target, property));
            }
        }

        foreach (var (target, property) in targets)
            new TargetDefinition(target, build, byFactory).Apply(property, target.Factory);
        return targets.ConvertAll(x => x.Target);
    }

    private static string ToName(PropertyInfo property) => property.Name[(property.Name.LastIndexOf('.') + 1)..];

    private static List<PropertyInfo> GetTargetProperties(Type buildType)
    {
        var byName = new Dictionary<string, PropertyInfo>(StringComparer.OrdinalIgnoreCase);
        var order = new List<string>();
        for (var type = buildType; type != null && type != typeof(NukeBuild); type = type.BaseType)
        {
            var names = new List<string>();
            foreach (var property in type.GetProperties(DeclaredInstance).Where(IsTarget).OrderBy(x => x.MetadataToken))
            {
                if (byName.TryAdd(ToName(property), property))
                    names.Add(ToName(property));
            }

            order.InsertRange(0, names);
        }

        foreach (var component in buildType.GetInterfaces())
        {
            foreach (var property in component.GetProperties(DeclaredInstance).Where(IsTarget).OrderBy(x => x.MetadataToken))
            {
                // A dotted name re-implements another component's target; that one is found there.
                if (property.Name.Contains('.', StringComparison.Ordinal))
                    continue;
                if (byName.TryAdd(property.Name, property))
                    order.Add(property.Name);
                else
                    AssertSameTarget(buildType, byName[property.Name], property);
            }
        }

        return order.ConvertAll(x => byName[x]);
    }

    private static void AssertSameTarget(Type buildType, PropertyInfo known, PropertyInfo other)
    {
        if (known.DeclaringType is { IsInterface: true } component)
        {
            Assert.Fail($"Target '{other.Name}' is defined by both '{component.Name}' and '{other.DeclaringType!.Name}'; "
                + $"implement it in '{buildType.Name}' to say which one is meant");
        }
    }

    private static bool IsTarget(PropertyInfo property) =>
        property.PropertyType == typeof(Target) || property.PropertyType == typeof(Setup) || property.PropertyType == typeof(Cleanup);

    /// <summary>The targets that expressions like <c>x =&gt; x.Compile</c> name.</summary>
    public static IReadOnlyList<Delegate> GetDefaults<T>(T build, IEnumerable<Expression<Func<T, Target>>> expressions) =>
        [.. expressions.Select(x => (Delegate)x.Compile(preferInterpretation: true)(build))];

    public static object? DynamicInvokeUnwrapped(this Delegate factory, ITargetDefinition definition) => factory switch
    {
        Target target => target(definition),
        Setup setup => setup(definition),
        Cleanup cleanup => cleanup(definition),
        _ => throw new ArgumentException($"'{factory.GetType().Name}' is no target", nameof(factory)),
    };
}
