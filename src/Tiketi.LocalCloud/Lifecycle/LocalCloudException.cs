namespace Tiketi.LocalCloud.Lifecycle;

/// <summary>An expected failure of starting, stopping or reading the local cloud: shown without a stack trace.</summary>
public sealed class LocalCloudException(string message, string remedy, Exception? innerException = null) : Exception(message, innerException)
{
    /// <summary>The next step, as a command or a setting where there is one.</summary>
    public string Remedy { get; } = remedy;
}
