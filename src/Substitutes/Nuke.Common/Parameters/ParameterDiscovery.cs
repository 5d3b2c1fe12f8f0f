using System.Reflection;
using Nuke.Common.ValueInjection;

namespace Nuke.Common.Parameters;

/// <summary>Finds the members of a build and its components that get values from outside.</summary>
internal static class ParameterDiscovery
{
    private const BindingFlags Declared = BindingFlags.Instance | BindingFlags.Static
        | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    public static IReadOnlyList<ParameterMember> GetEngineParameters() =>
    [
        .. typeof(EngineParameters).GetProperties()
            .Select(x => ParameterMember.Create(x, x.GetCustomAttribute<ParameterAttribute>()!, isEngine: true)),
    ];

    /// <summary>The build's members with the attribute, in declaration order; a class's member hides a component's of the same name.</summary>
    public static IReadOnlyList<(MemberInfo Member, ValueInjectionAttributeBase Attribute)> GetInjectionMembers(NukeBuild build)
    {
        var found = new List<(MemberInfo, ValueInjectionAttributeBase)>();
        var classNames = new HashSet<string>(StringComparer.Ordinal);
        for (var type = build.GetType(); type != null && type != typeof(NukeBuild); type = type.BaseType)
        {
            var members = GetMembers(type, build).ToList();
            found.InsertRange(0, members.Where(x => classNames.Add(x.Member.GetShortName())));
        }

        foreach (var component in build.GetType().GetInterfaces())
            found.AddRange(GetMembers(component, build).Where(x => !x.Member.Name.Contains('.', StringComparison.Ordinal) && !classNames.Contains(x.Member.Name)));
        return found;
    }

    /// <summary>The build's parameters after the engine's.</summary>
    /// <exception cref="BuildInputException">Two parameters have the same name outside.</exception>
    public static IReadOnlyList<ParameterMember> GetParameters(NukeBuild build)
    {
        List<ParameterMember> members =
        [
            .. GetEngineParameters(),
            .. GetInjectionMembers(build)
                .Where(x => x.Attribute is ParameterAttribute)
                .Select(x => ParameterMember.Create(x.Member, (ParameterAttribute)x.Attribute)),
        ];
        var duplicate = members.GroupBy(x => x.NormalizedName, StringComparer.Ordinal).FirstOrDefault(x => x.Count() > 1);
        return duplicate == null
            ? members
            : throw new BuildInputException(
                $"Parameter '{duplicate.First().Option}' is declared more than once:",
                [.. duplicate.Select(x => $"{x.Member.DeclaringType?.Name}.{x.Member.Name}")]);
    }

    private static IEnumerable<(MemberInfo Member, ValueInjectionAttributeBase Attribute)> GetMembers(Type type, NukeBuild build)
    {
        foreach (var member in type.GetMembers(Declared).Where(x => x is FieldInfo or PropertyInfo).OrderBy(x => x.MemberType).ThenBy(x => x.MetadataToken))
        {
            if (!member.IsDefined(typeof(ValueInjectionAttributeBase)))
                continue;
            var attribute = member.GetCustomAttribute<ValueInjectionAttributeBase>()!;
            attribute.Build = build;
            yield return (member, attribute);
        }
    }
}
