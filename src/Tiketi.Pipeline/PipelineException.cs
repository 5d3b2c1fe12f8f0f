namespace Tiketi.Pipeline;

/// <summary>An expected failure: what went wrong, and what the user can do about it. Shown without a stack trace.</summary>
public sealed class PipelineException(string message, string remedy, Exception? innerException = null) : Exception(message, innerException)
{
    /// <summary>The next step, as a command or a setting where there is one.</summary>
    public string Remedy { get; } = remedy;

    /// <summary>Whether AWS or the cluster refused it for want of a right: with other credentials it might have gone well.</summary>
    public bool IsAccessRefused { get; init; }
}
