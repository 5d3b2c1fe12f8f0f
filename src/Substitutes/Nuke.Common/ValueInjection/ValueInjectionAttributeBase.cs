#nullable disable
using System.Reflection;
using Serilog;

namespace Nuke.Common.ValueInjection;

/// <summary>Base of the attributes that give a field or property its value before targets run.</summary>
[AttributeUsage(AttributeTargets.Field | AttributeTargets.Property)]
public abstract class ValueInjectionAttributeBase : Attribute
{
    public INukeBuild Build { get; internal set; }

    public virtual int Priority => 0;

    public virtual bool SuppressWarnings => false;

    /// <summary>The value, or null with a warning when it cannot be had.</summary>
    public object TryGetValue(MemberInfo member, object instance)
    {
        try
        {
            return GetValue(member, instance);
        }
        catch (Exception exception) when (exception is not BuildInputException)
        {
            if (!SuppressWarnings && !member.IsDefined(typeof(OptionalAttribute)))
                Log.Warning("Could not inject value for {Member}: {Message}", $"{member.DeclaringType?.Name}.{member.Name}", exception.Message);
            return null;
        }
    }

    public abstract object GetValue(MemberInfo member, object instance);

    protected T GetMemberValue<T>(string memberName, object instance)
    {
        var member = FindMember(memberName, instance);
        Assert.NotNull(member, $"Type '{instance.GetType().Name}' has no member '{memberName}'");
        return (T)member.GetMemberValue(instance);
    }

    protected T GetMemberValueOrNull<T>(string memberName, object instance)
    {
        var member = memberName == null ? null : FindMember(memberName, instance);
        return member == null ? default : (T)member.GetMemberValue(instance);
    }

    private static MemberInfo FindMember(string memberName, object instance)
    {
        const BindingFlags Flags = BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;
        for (var type = instance.GetType(); type != null; type = type.BaseType)
        {
            var member = type.GetMember(memberName, MemberTypes.Field | MemberTypes.Property | MemberTypes.Method, Flags).FirstOrDefault();
            if (member != null)
                return member;
        }

        return null;
    }
}
