using System.Globalization;

namespace Tiketi.Pipeline.Cost;

/// <summary>One unit price, On-Demand and without tax.</summary>
/// <param name="Key">"nat.gateway", "ec2.t3.medium" ...</param>
/// <param name="Usd">US dollars.</param>
/// <param name="Unit">For one of these: "hour", "GB-month", "GB", "month", "request".</param>
/// <param name="AsOf">The month it was last looked at, "2026-11".</param>
/// <param name="IsConfirmed">Whether it was checked against a bill or AWS's list, not only written down from memory.</param>
/// <param name="Source">Where AWS publishes it.</param>
public sealed record Price(string Key, decimal Usd, string Unit, string AsOf, bool IsConfirmed, string Source);

/// <summary>What is assumed to be used in a month of what is billed by use.</summary>
public sealed record Usage(string Key, decimal Quantity, string Unit, string Why);

/// <summary>The prices of one region and the assumed usage: the files of infra/prices, which people keep up to date.</summary>
public sealed class PriceTable
{
    private readonly Dictionary<string, Price> _prices;
    private readonly Dictionary<string, Usage> _usage;

    private PriceTable(IEnumerable<Price> prices, IEnumerable<Usage> usage)
    {
        _prices = prices.ToDictionary(price => price.Key, StringComparer.Ordinal);
        _usage = usage.ToDictionary(one => one.Key, StringComparer.Ordinal);
    }

    public IReadOnlyCollection<Price> Prices => _prices.Values;

    /// <summary>The month of the oldest price.</summary>
    public string AsOf => _prices.Values.Select(price => price.AsOf).Min(StringComparer.Ordinal) ?? "";

    /// <summary>Reads <c>REGION.csv</c> and <c>usage.csv</c>.</summary>
    /// <param name="folder">infra/prices.</param>
    /// <param name="region">"ap-northeast-2".</param>
    /// <exception cref="PipelineException">There is no table of the region, or a line is not readable.</exception>
    public static PriceTable Load(string folder, string region)
    {
        var file = Path.Combine(folder, region + ".csv");
        if (!File.Exists(file))
        {
            throw new PipelineException($"There is no price table of region {region}.", $"Write infra/prices/{region}.csv in the form of the others, from AWS's price pages.");
        }

        return new PriceTable(
            Rows(file, 6, cells => new Price(cells[0], Number(cells[1]), cells[2], cells[3], cells[4] == "confirmed", cells[5])),
            Rows(Path.Combine(folder, "usage.csv"), 4, cells => new Usage(cells[0], Number(cells[1]), cells[2], cells[3])));
    }

    /// <summary>The price, or null where the table has none.</summary>
    public Price? Find(string key) => _prices.GetValueOrDefault(key);

    /// <summary>How much of it is assumed a month; nothing where the table does not say.</summary>
    public decimal UsageOf(string key) => _usage.TryGetValue(key, out var usage) ? usage.Quantity : 0;

    private static decimal Number(string text) => decimal.Parse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture);

    private static List<T> Rows<T>(string file, int columns, Func<string[], T> read)
    {
        var rows = new List<T>();
        foreach (var (line, text) in File.ReadAllLines(file).Index().Skip(1).Where(line => line.Item.Length > 0))
        {
            var cells = text.Split(',', columns);
            try
            {
                rows.Add(cells.Length == columns ? read(cells) : throw new FormatException($"it has {cells.Length} columns, not {columns}"));
            }
            catch (FormatException error)
            {
                throw new PipelineException($"infra/prices/{Path.GetFileName(file)}({line + 1}): {error.Message}", "Correct the line.", error);
            }
        }

        return rows;
    }
}
