namespace Tiketi.Pipeline.LoadTesting.Queues;

/// <summary>What became of those who waited in an event's queue.</summary>
public sealed record QueueResult
{
    /// <summary>Who got a place, admitted or not.</summary>
    public required int Entered { get; init; }

    /// <summary>In the order in which the visitors learnt of it; each visitor once.</summary>
    public required IReadOnlyList<QueueAdmission> Admissions { get; init; }

    /// <summary>Who was not admitted in time.</summary>
    public required IReadOnlyList<LostVisitor> Lost { get; init; }

    /// <summary>Who was admitted more than once, and how often.</summary>
    public required IReadOnlyList<(QueueVisitor Visitor, int Times)> Duplicates { get; init; }

    /// <summary>Who saw somebody else, who had come later, admitted clearly (a second) before.</summary>
    public required IReadOnlyList<QueueVisitor> Overtaken { get; init; }

    /// <summary>Live connections that ended although their visitor wanted to follow on.</summary>
    public required int Disconnects { get; init; }

    /// <summary>The time in the queue as latency, from the planned entering to the admission; who was not admitted is an error.</summary>
    public required LoadTestResult Waiting { get; init; }

    /// <summary>Nobody lost, nobody admitted twice, and what the scenario says of the time in the queue.</summary>
    public required IReadOnlyList<LoadThresholdOutcome> Thresholds { get; init; }
}

/// <summary>A virtual user.</summary>
/// <param name="Number">In the order of arrival, from 0.</param>
/// <param name="Unique">What {unique} stood for, so that the user is found in the system's own records.</param>
public sealed record QueueVisitor(long Number, string Unique);

/// <summary>It was a visitor's turn.</summary>
/// <param name="Visitor">Whose.</param>
/// <param name="Entered">When the visitor had a place, from the first one's entering.</param>
/// <param name="Admitted">When the visitor learnt of the admission, from the first one's entering.</param>
/// <param name="FirstPosition">The place at the beginning; 0 for who did not have to wait.</param>
public sealed record QueueAdmission(QueueVisitor Visitor, TimeSpan Entered, TimeSpan Admitted, int FirstPosition)
{
    /// <summary>From having a place to the admission.</summary>
    public TimeSpan Waited => Admitted - Entered;
}

/// <summary>A visitor who was never admitted.</summary>
/// <param name="Visitor">Who.</param>
/// <param name="LastPosition">The last place that the visitor was told; 0 for none.</param>
/// <param name="Why">"still waiting at the end", "no live connection: ..." ...</param>
public sealed record LostVisitor(QueueVisitor Visitor, int LastPosition, string Why);
