using System.Linq.Expressions;
using System.Reflection;

namespace Nuke.Common.ValueInjection;

/// <summary>Fields and properties seen alike.</summary>
internal static class MemberExtensions
{
    public static Type GetMemberType(this MemberInfo member) => member switch
    {
        FieldInfo field => field.FieldType,
        PropertyInfo property => property.PropertyType,
        MethodInfo method => method.ReturnType,
        _ => throw new ArgumentException($"Member '{member.Name}' has no type", nameof(member)),
    };

    public static object? GetMemberValue(this MemberInfo member, object? instance)
    {
        try
        {
            return member switch
            {
                FieldInfo field => field.GetValue(instance),
                PropertyInfo property => property.GetValue(instance),
                MethodInfo method => method.Invoke(instance, []),
                _ => throw new ArgumentException($"Member '{member.Name}' has no value", nameof(member)),
            };
        }
        catch (TargetInvocationException exception) when (exception.InnerException != null)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(exception.InnerException);
            throw;
        }
    }

    /// <summary>Sets a field, a property, or the backing field of a property without setter. False when there is nothing to set.</summary>
    public static bool TrySetMemberValue(this MemberInfo member, object instance, object? value)
    {
        switch (member)
        {
            case FieldInfo field:
                field.SetValue(instance, value);
                return true;
            case PropertyInfo { SetMethod: not null } property:
                property.SetValue(instance, value);
                return true;
            case PropertyInfo property:
                var backing = property.DeclaringType?.GetField(
                    $"<{property.Name}>k__BackingField", BindingFlags.Instance | BindingFlags.Static | BindingFlags.NonPublic);
                backing?.SetValue(instance, value);
                return backing != null;
            default:
                return false;
        }
    }

    /// <summary>The member's name without the interface of an explicit implementation.</summary>
    public static string GetShortName(this MemberInfo member) => member.Name[(member.Name.LastIndexOf('.') + 1)..];

    /// <summary>The member that a lambda like <c>() =&gt; Member</c> names, or null for any other expression.</summary>
    public static MemberInfo? GetMemberOrNull(this LambdaExpression expression)
    {
        var body = expression.Body;
        while (body is UnaryExpression { NodeType: ExpressionType.Convert } conversion)
            body = conversion.Operand;
        return (body as MemberExpression)?.Member;
    }
}
