using System.Globalization;

namespace Tiketi.LocalCloud.Ecr.Scanning;

/// <summary>The base score of a CVSS 3 vector (first.org/cvss/v3.1/specification-document, section 7.1) and NVD's word for it.</summary>
internal static class Cvss
{
    /// <returns>0.0 to 10.0; null when it is no complete CVSS 3 vector.</returns>
    public static double? BaseScore(string vector)
    {
        var metrics = vector.Split('/').Select(part => part.Split(':')).Where(pair => pair.Length == 2).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
        if (metrics.GetValueOrDefault("CVSS") is not ("3.0" or "3.1"))
        {
            return null;
        }

        var isChanged = metrics.GetValueOrDefault("S") == "C";
        double? Weight(string metric, params ReadOnlySpan<(string Value, double Weight)> weights)
        {
            foreach (var (value, weight) in weights)
            {
                if (metrics.GetValueOrDefault(metric) == value)
                {
                    return weight;
                }
            }

            return null;
        }

        double? Impact(string metric) => Weight(metric, ("H", 0.56), ("L", 0.22), ("N", 0));
        var exploitability = 8.22
            * Weight("AV", ("N", 0.85), ("A", 0.62), ("L", 0.55), ("P", 0.2))
            * Weight("AC", ("L", 0.77), ("H", 0.44))
            * Weight("PR", ("N", 0.85), ("L", isChanged ? 0.68 : 0.62), ("H", isChanged ? 0.5 : 0.27))
            * Weight("UI", ("N", 0.85), ("R", 0.62));
        var affected = 1 - ((1 - Impact("C")) * (1 - Impact("I")) * (1 - Impact("A")));
        if (exploitability is not { } ease || affected is not { } share)
        {
            return null;
        }

        var impact = isChanged ? (7.52 * (share - 0.029)) - (3.25 * Math.Pow(share - 0.02, 15)) : 6.42 * share;
        return impact <= 0 ? 0 : RoundUp(Math.Min((isChanged ? 1.08 : 1) * (impact + ease), 10));
    }

    public static string Severity(double? score) => score switch
    {
        null => "UNDEFINED",
        0 => "INFORMATIONAL",
        < 4 => "LOW",
        < 7 => "MEDIUM",
        < 9 => "HIGH",
        _ => "CRITICAL",
    };

    public static string Text(double score) => score.ToString("0.0", CultureInfo.InvariantCulture);

    /// <summary>Up to one decimal, in whole numbers, as the specification asks: 4.02 is 4.1, and 4.00000001 is 4.0.</summary>
    private static double RoundUp(double value)
    {
        var whole = (long)Math.Round(value * 100_000);
        return whole % 10_000 == 0 ? whole / 100_000.0 : (Math.Floor(whole / 10_000.0) + 1) / 10.0;
    }
}
