#nullable disable
using System.Reflection;
using Nuke.Common.Parameters;
using Nuke.Common.ValueInjection;

namespace Nuke.Common;

/// <summary>A value from the command line, the environment or .nuke/parameters.json, in this order of precedence.</summary>
public class ParameterAttribute : ValueInjectionAttributeBase
{
    private readonly string _description;

    public ParameterAttribute(string description = null)
    {
        _description = description;
    }

    public virtual string Description => _description;

    /// <summary>The parameter's name when it differs from the member's.</summary>
    public string Name { get; set; }

    /// <summary>Splits one value into several.</summary>
    public string Separator { get; set; }

    /// <summary>Whether help lists the parameter.</summary>
    public virtual bool List { get; set; } = true;

    /// <summary>The type that declares <see cref="ValueProviderMember"/>; by default the build class.</summary>
    public Type ValueProviderType { get; set; }

    /// <summary>A member of type <c>IEnumerable&lt;string&gt;</c> that lists the allowed values.</summary>
    public string ValueProviderMember { get; set; }

    public override object GetValue(MemberInfo member, object instance)
    {
        return Build.Session.Parameters.GetValue(member);
    }

    /// <summary>The allowed values with their texts, or null when any value is.</summary>
    public virtual IEnumerable<(string, object)> GetValueSet(MemberInfo member, object instance)
    {
        return ValueSets.Get(this, member, instance);
    }
}
