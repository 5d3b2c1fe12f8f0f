using System.Globalization;

namespace Tiketi.Pipeline.LoadTesting.Queues;

/// <summary>Collects what the visitors of one queue are told, and finds what is wrong with it.</summary>
internal sealed class AdmissionLog(TimeProvider time)
{
    /// <summary>Those who are admitted in one round learn of it one after the other, in any order.</summary>
    private static readonly TimeSpan OneRound = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<QueueVisitor, Entry> _entries = [];
    private readonly List<LostVisitor> _lost = [];
    private int _disconnects, _admitted;

    /// <summary>How many have entered, were admitted, and have given up.</summary>
    public (int Entered, int Admitted, int Lost) Counts
    {
        get
        {
            lock (_lock)
            {
                return (_entries.Count, _admitted, _lost.Count);
            }
        }
    }

    /// <param name="visitor">Who has got a place.</param>
    /// <param name="asked">When the visitor asked for it.</param>
    public void Entered(QueueVisitor visitor, long asked)
    {
        lock (_lock)
        {
            _entries.Add(visitor, new Entry(asked, time.GetTimestamp()));
        }
    }

    /// <summary>The visitor is somewhere in the queue.</summary>
    public void Waits(QueueVisitor visitor, int position)
    {
        lock (_lock)
        {
            var entry = _entries[visitor];
            entry.LastPosition = position;
            entry.FirstPosition ??= position;
        }
    }

    /// <summary>It is the visitor's turn.</summary>
    /// <param name="visitor">Whose.</param>
    /// <param name="isState">True when that was the answer to a question about the state, which may be asked often; false for the event itself, which comes once.</param>
    /// <returns>Whether that is news.</returns>
    public bool Admitted(QueueVisitor visitor, bool isState)
    {
        lock (_lock)
        {
            var entry = _entries[visitor];
            var isNews = entry.Admitted is null;
            if (isNews)
            {
                (entry.Admitted, entry.Turn) = (time.GetTimestamp(), _admitted++);
            }

            entry.Events += isState ? 0 : 1;
            return isNews;
        }
    }

    /// <summary>Entering itself let the visitor in: an event that says so again is one too many.</summary>
    public void AdmittedAtOnce(QueueVisitor visitor)
    {
        Waits(visitor, 0);
        Admitted(visitor, isState: false);
    }

    public void Disconnected()
    {
        lock (_lock)
        {
            _disconnects++;
        }
    }

    public void Lost(QueueVisitor visitor, string why)
    {
        lock (_lock)
        {
            _lost.Add(new LostVisitor(visitor, _entries[visitor].LastPosition, why));
        }
    }

    /// <param name="waiting">The times in the queue.</param>
    /// <param name="thresholds">Held against them.</param>
    public QueueResult Result(LoadTestResult waiting, IReadOnlyList<LoadThreshold> thresholds)
    {
        lock (_lock)
        {
            var start = _entries.Count == 0 ? 0 : _entries.Values.Min(entry => entry.Asked);
            var admitted = _entries.Where(entry => entry.Value.Admitted is not null).OrderBy(entry => entry.Value.Turn).ToList();
            var duplicates = admitted.Where(entry => entry.Value.Events > 1).Select(entry => (entry.Key, entry.Value.Events)).ToList();
            return new QueueResult
            {
                Entered = _entries.Count,
                Admissions = [.. admitted.Select(entry => new QueueAdmission(
                    entry.Key,
                    time.GetElapsedTime(start, entry.Value.Placed),
                    time.GetElapsedTime(start, entry.Value.Admitted!.Value),
                    entry.Value.FirstPosition ?? 0))],
                Lost = [.. _lost.OrderBy(lost => lost.Visitor.Number)],
                Duplicates = duplicates,
                Overtaken = Overtaken(admitted),
                Disconnects = _disconnects,
                Waiting = waiting,
                Thresholds =
                [
                    new LoadThresholdOutcome("queue lost=0", _lost.Count == 0, _lost.Count.ToString(CultureInfo.InvariantCulture)),
                    new LoadThresholdOutcome("queue duplicates=0", duplicates.Count == 0, duplicates.Count.ToString(CultureInfo.InvariantCulture)),
                    .. thresholds.Select(threshold => threshold.Check(waiting)).Select(outcome => outcome with { Threshold = $"queue {outcome.Threshold}" }),
                ],
            };
        }
    }

    /// <summary>Those before whom somebody was admitted, a round earlier, who asked for a place only after theirs was sure.</summary>
    private List<QueueVisitor> Overtaken(List<KeyValuePair<QueueVisitor, Entry>> admitted)
    {
        var (overtaken, earlier, latest) = (new List<QueueVisitor>(), 0, long.MinValue);
        foreach (var (visitor, entry) in admitted)
        {
            for (; time.GetElapsedTime(admitted[earlier].Value.Admitted!.Value, entry.Admitted!.Value) > OneRound; earlier++)
            {
                latest = Math.Max(latest, admitted[earlier].Value.Asked);
            }

            if (latest > entry.Placed)
            {
                overtaken.Add(visitor);
            }
        }

        return overtaken;
    }

    /// <param name="asked">When the visitor asked for a place.</param>
    /// <param name="placed">When the answer was there.</param>
    private sealed class Entry(long asked, long placed)
    {
        public long Asked => asked;

        public long Placed => placed;

        public int? FirstPosition { get; set; }

        public int LastPosition { get; set; }

        public long? Admitted { get; set; }

        /// <summary>Of the admission, from 0.</summary>
        public int Turn { get; set; }

        public int Events { get; set; }
    }
}
