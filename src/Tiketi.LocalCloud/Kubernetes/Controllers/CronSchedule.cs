using System.Globalization;

namespace Tiketi.LocalCloud.Kubernetes.Controllers;

/// <summary>A five-field cron expression, or one of the names @hourly, @daily, @weekly, @monthly, @yearly.</summary>
internal sealed class CronSchedule
{
    private const int SearchDays = 366 * 5;
    private static readonly string[] Months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    private static readonly string[] Days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
    private readonly bool[] _minutes;
    private readonly bool[] _hours;
    private readonly bool[] _days;
    private readonly bool[] _months;
    private readonly bool[] _weekdays;
    private readonly bool _anyDay;
    private readonly bool _anyWeekday;

    private CronSchedule(string[] fields)
    {
        (_minutes, _hours, _days) = (Parse(fields[0], 0, 59, []), Parse(fields[1], 0, 23, []), Parse(fields[2], 1, 31, []));
        (_months, _weekdays) = (Parse(fields[3], 1, 12, Months), Parse(fields[4], 0, 7, Days));
        _weekdays[0] |= _weekdays[7];
        (_anyDay, _anyWeekday) = (fields[2][0] == '*', fields[4][0] == '*');
    }

    /// <exception cref="FormatException">It is no cron expression.</exception>
    public static CronSchedule Parse(string text)
    {
        var expanded = text switch
        {
            "@yearly" or "@annually" => "0 0 1 1 *",
            "@monthly" => "0 0 1 * *",
            "@weekly" => "0 0 * * 0",
            "@daily" or "@midnight" => "0 0 * * *",
            "@hourly" => "0 * * * *",
            _ => text,
        };
        var fields = expanded.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Length == 5 ? new CronSchedule(fields) : throw new FormatException($"expected exactly 5 fields, found {fields.Length}: [{text}]");
    }

    /// <summary>The first minute after a time that the expression names; null when there is none within five years.</summary>
    public DateTime? Next(DateTime after)
    {
        var at = new DateTime(after.Year, after.Month, after.Day, after.Hour, after.Minute, 0, after.Kind).AddMinutes(1);
        var end = at.AddDays(SearchDays);
        while (at < end)
        {
            if (!_months[at.Month] || !MatchesDay(at))
            {
                at = at.Date.AddDays(1);
            }
            else if (!_hours[at.Hour])
            {
                at = at.Date.AddHours(at.Hour + 1);
            }
            else if (!_minutes[at.Minute])
            {
                at = at.AddMinutes(1);
            }
            else
            {
                return at;
            }
        }

        return null;
    }

    /// <summary>When both the day of the month and the weekday are restricted, either will do.</summary>
    private bool MatchesDay(DateTime at)
    {
        var (day, weekday) = (_days[at.Day], _weekdays[(int)at.DayOfWeek]);
        return _anyDay || _anyWeekday ? day && weekday : day || weekday;
    }

    private static bool[] Parse(string field, int low, int high, string[] names)
    {
        var set = new bool[high + 1];
        foreach (var part in field.Split(','))
        {
            var (range, step) = part.Split('/') switch
            {
                [var all] => (all, 1),
                [var some, var every] => (some, Number(every, 1, high, [])),
                _ => throw new FormatException($"'{part}' is no range of a cron expression"),
            };
            var (from, to) = range.Split('-') switch
            {
                ["*" or "?"] => (low, high),
                [var single] when part.Contains('/') => (Number(single, low, high, names), high),
                [var single] => (Number(single, low, high, names), Number(single, low, high, names)),
                [var first, var last] => (Number(first, low, high, names), Number(last, low, high, names)),
                _ => throw new FormatException($"'{part}' is no range of a cron expression"),
            };
            for (var value = from; value <= to; value += step)
            {
                set[value] = true;
            }
        }

        return set;
    }

    private static int Number(string text, int low, int high, string[] names)
    {
        var index = Array.IndexOf(names, text.ToLowerInvariant());
        var value = index >= 0 ? index + low : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var parsed) ? parsed : -1;
        return value >= low && value <= high ? value : throw new FormatException($"'{text}' is not between {low} and {high}");
    }
}
