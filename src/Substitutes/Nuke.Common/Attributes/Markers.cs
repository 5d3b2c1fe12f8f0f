#nullable disable

namespace Nuke.Common;

/// <summary>The member must have a value, whichever targets run.</summary>
[AttributeUsage(AttributeTargets.Field | AttributeTargets.Property)]
public class RequiredAttribute : Attribute;

/// <summary>A value that cannot be had is no reason for a warning.</summary>
[AttributeUsage(AttributeTargets.Field | AttributeTargets.Property)]
public class OptionalAttribute : Attribute;

/// <summary>The value is masked in everything that the build writes.</summary>
[AttributeUsage(AttributeTargets.Field | AttributeTargets.Property | AttributeTargets.Parameter)]
public class SecretAttribute : Attribute;

/// <summary>The member is injected when it is asked for, not before.</summary>
[AttributeUsage(AttributeTargets.Field | AttributeTargets.Property)]
public class OnDemandAttribute : Attribute;

/// <summary>Members of the class are injected when they are asked for.</summary>
[AttributeUsage(AttributeTargets.Class)]
public class OnDemandValueInjectionAttribute : Attribute;

/// <summary>The component's parameters are named with this prefix; a trailing "Prefix" is trimmed.</summary>
[AttributeUsage(AttributeTargets.Interface)]
public class ParameterPrefixAttribute : Attribute
{
    private const string Suffix = "Prefix";

    public ParameterPrefixAttribute(string prefix)
    {
        Prefix = prefix.EndsWith(Suffix, StringComparison.Ordinal) ? prefix[..^Suffix.Length] : prefix;
    }

    public string Prefix { get; }
}

/// <summary>The tool must be available for the build or component.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Interface, AllowMultiple = true)]
public class RequiresAttribute<T> : Attribute
    where T : IRequireTool
{
    public string Version { get; set; }
}

/// <summary>A tool that a target can require.</summary>
public interface IRequireTool;

/// <summary>A tool that a target can require in a version.</summary>
public interface IRequireToolWithVersion : IRequireTool;

/// <summary>Parts of the console output that a build can turn off.</summary>
[Flags]
public enum DefaultOutput
{
    Logo = 1,
    TargetHeader = 2,
    TargetCollapse = 4,
    ErrorsAndWarnings = 8,
    TargetOutcome = 16,
    BuildOutcome = 32,
    Timestamps = 64,
}

/// <summary>Turns parts of the console output off.</summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
public class DisableDefaultOutputAttribute(params DefaultOutput[] disabledOutputs) : Attribute
{
    public DefaultOutput[] DisabledOutputs { get; } = disabledOutputs;
}
