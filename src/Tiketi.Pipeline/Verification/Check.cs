namespace Tiketi.Pipeline.Verification;

/// <summary>What a check that does not pass means for the deployment.</summary>
public enum CheckSeverity
{
    /// <summary>The deployment is not good.</summary>
    Failure,

    /// <summary>It works, and somebody should look at it.</summary>
    Warning,
}

public enum CheckStatus
{
    Passed,
    Failed,
    Warning,
    Skipped,
}

/// <summary>How often a check is tried before its failure counts.</summary>
/// <param name="Attempts">At least 1.</param>
/// <param name="Pause">Between two attempts.</param>
public sealed record CheckRetry(int Attempts, TimeSpan Pause)
{
    public static readonly CheckRetry Default = new(3, TimeSpan.FromSeconds(2));
}

/// <summary>What one attempt found.</summary>
/// <param name="Status">Passed, Failed or Skipped; a Failed of severity Warning is reported as a warning.</param>
/// <param name="Evidence">What was seen, or why the check was skipped.</param>
/// <param name="Remedy">What to do about a failure.</param>
public sealed record CheckOutcome(CheckStatus Status, string Evidence, string? Remedy = null)
{
    public static CheckOutcome Passed(string evidence) => new(CheckStatus.Passed, evidence);

    public static CheckOutcome Failed(string evidence, string remedy) => new(CheckStatus.Failed, evidence, remedy);

    public static CheckOutcome Skipped(string reason) => new(CheckStatus.Skipped, reason);
}

/// <summary>One thing that must be true of a deployed system. Stateless: it may be run any number of times.</summary>
public interface ICheck
{
    /// <summary>For --only and --skip: "api-backend", "socket-io".</summary>
    string Id { get; }

    /// <summary>What it means for the system when it holds.</summary>
    string Meaning { get; }

    CheckSeverity Severity { get; }

    /// <summary>For all attempts together.</summary>
    TimeSpan Timeout { get; }

    CheckRetry Retry { get; }

    /// <summary>Looks once. A <see cref="PipelineException"/> or a network error counts as a failed attempt.</summary>
    Task<CheckOutcome> RunAsync(CancellationToken cancellationToken);
}

/// <summary>A check made of a function.</summary>
public sealed class Check(string id, string meaning, Func<CancellationToken, Task<CheckOutcome>> run) : ICheck
{
    public string Id => id;

    public string Meaning => meaning;

    public CheckSeverity Severity { get; init; } = CheckSeverity.Failure;

    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    public CheckRetry Retry { get; init; } = CheckRetry.Default;

    public Task<CheckOutcome> RunAsync(CancellationToken cancellationToken) => run(cancellationToken);
}
