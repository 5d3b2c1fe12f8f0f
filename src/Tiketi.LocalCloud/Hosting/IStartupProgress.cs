namespace Tiketi.LocalCloud.Hosting;

/// <summary>What was there before this process started and is not back yet; `/_health` tells, and `up` waits for it.</summary>
public interface IStartupProgress
{
    /// <summary>Names as a person knows them; empty once everything is back.</summary>
    IReadOnlyCollection<string> Pending { get; }
}
