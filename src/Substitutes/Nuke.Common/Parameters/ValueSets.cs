using System.Reflection;
using Nuke.Common.Tooling;
using Nuke.Common.ValueInjection;

namespace Nuke.Common.Parameters;

/// <summary>The values that a parameter may have, where they are known.</summary>
internal static class ValueSets
{
    public static IEnumerable<(string, object?)>? Get(ParameterAttribute attribute, MemberInfo member, object? instance)
    {
        if (attribute.ValueProviderMember is { } providerName)
            return GetProvided(attribute, providerName, member, instance).Select(x => (x, (object?)x));
        var type = ParameterMember.Create(member, attribute).ElementType;
        if (type.IsEnum)
            return Enum.GetNames(type).Zip(Enum.GetValues(type).Cast<object?>());
        return typeof(Enumeration).IsAssignableFrom(type)
            ? Enumeration.GetMembers(type).Select(x => (x.Name, (object?)x.Value))
            : null;
    }

    private static IEnumerable<string> GetProvided(ParameterAttribute attribute, string providerName, MemberInfo member, object? instance)
    {
        const BindingFlags Flags = BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.FlattenHierarchy;
        var type = attribute.ValueProviderType ?? member.DeclaringType!;
        var provider = type.GetMember(providerName, Flags).FirstOrDefault()
            ?? throw new BuildInputException($"Parameter '{member.Name}' takes its values from '{type.Name}.{providerName}', which does not exist");
        return (IEnumerable<string>?)provider.GetMemberValue(type.IsInstanceOfType(instance) ? instance : null) ?? [];
    }
}
