using System.Collections.Concurrent;
using System.Linq.Expressions;
using System.Reflection;

namespace Nuke.Common.ValueInjection;

/// <summary>What <c>TryGetValue(() =&gt; Member)</c> gives; kept once it is not null.</summary>
internal sealed class ComponentValues
{
    private readonly ConcurrentDictionary<(Module, int), object> _values = new();

    public object? Get(NukeBuild build, LambdaExpression expression)
    {
        var member = expression.GetMemberOrNull();
        Assert.True(member != null, $"TryGetValue needs an expression like '() => Member', not '{expression}'");
        var key = (member!.Module, member.MetadataToken);
        if (_values.TryGetValue(key, out var known))
            return known;
        var attribute = member.GetCustomAttribute<ValueInjectionAttributeBase>();
        Assert.True(attribute != null, $"Member '{member.DeclaringType?.Name}.{member.Name}' has no attribute that gives it a value, such as [Parameter]");
        attribute!.Build = build;
        var value = attribute.TryGetValue(member, build);
        return value == null ? null : _values.GetOrAdd(key, value);
    }
}
