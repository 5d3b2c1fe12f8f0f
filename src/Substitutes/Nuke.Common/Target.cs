namespace Nuke.Common;

/// <summary>A target: a property of this type on the build class or a component, whose lambda fills in the definition.</summary>
public delegate ITargetDefinition Target(ITargetDefinition definition);

/// <summary>A target that prepares a component.</summary>
public delegate ITargetDefinition Setup(ITargetDefinition definition);

/// <summary>A target that cleans up after a component.</summary>
public delegate ITargetDefinition Cleanup(ITargetDefinition definition);

/// <summary>What happens to the dependencies of a skipped target.</summary>
public enum DependencyBehavior
{
    /// <summary>Dependencies that nothing else needs are skipped too.</summary>
    Skip,

    /// <summary>Dependencies run nevertheless.</summary>
    Execute,
}

/// <summary>How much is written to the console.</summary>
public enum Verbosity
{
    /// <summary>Everything.</summary>
    Verbose,

    /// <summary>Debug messages and up.</summary>
    Normal,

    /// <summary>Warnings and errors.</summary>
    Minimal,

    /// <summary>Errors.</summary>
    Quiet,
}

/// <summary>Severity of a message.</summary>
public enum LogLevel
{
    Trace,
    Normal,
    Warning,
    Error,
}
