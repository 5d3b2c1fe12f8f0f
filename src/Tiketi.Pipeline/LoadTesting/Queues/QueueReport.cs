using System.Globalization;
using System.Text;

namespace Tiketi.Pipeline.LoadTesting.Queues;

/// <summary>Shows what became of a queue's visitors to people.</summary>
public static class QueueReport
{
    /// <summary>More of one kind are not listed: what is wrong shows in the first ones, too.</summary>
    private const int Most = 10;

    /// <summary>Some 10 lines, at most 80 columns wide.</summary>
    public static string ToText(QueueResult queue)
    {
        var text = new StringBuilder();
        Line("Queue", $"{queue.Entered:N0} entered, {queue.Admissions.Count:N0} admitted, {queue.Lost.Count:N0} lost, {queue.Duplicates.Count:N0} admitted twice");
        if (queue.Admissions.Count > 0)
        {
            Line("Time in it", $"p50 {At(50)}, p95 {At(95)}, p99 {At(99)}, max {At(100)}");
            Line("Order", $"{queue.Overtaken.Count:N0} were admitted clearly after somebody who had come later");
            Line("First", $"{string.Join(", ", queue.Admissions.Take(Most).Select(admission => admission.Visitor.Number + 1))}{(queue.Admissions.Count > Most ? " ..." : "")} (visitors by their arrival)");
        }

        Line("Disconnects", $"{queue.Disconnects:N0}");
        List("lost", queue.Lost.Select(lost => $"{Name(lost.Visitor)}: {lost.Why}{(lost.LastPosition > 0 ? $", last place {lost.LastPosition}" : "")}"));
        List("twice", queue.Duplicates.Select(duplicate => $"{Name(duplicate.Visitor)}: admitted {duplicate.Times} times"));
        return text.ToString();

        string At(double percentile) => $"{queue.Waiting.Latency.At(percentile).TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture)} s";

        void Line(string label, FormattableString value) =>
            text.AppendLine(CultureInfo.InvariantCulture, $"{label,-12} {value.ToString(CultureInfo.InvariantCulture)}");

        void List(string label, IEnumerable<string> lines)
        {
            var all = lines.ToList();
            foreach (var line in all.Take(Most))
            {
                Line(label, $"{line}");
            }

            if (all.Count > Most)
            {
                Line(label, $"... and {all.Count - Most} more");
            }
        }
    }

    private static string Name(QueueVisitor visitor) => $"visitor {visitor.Number + 1} ({visitor.Unique})";
}
