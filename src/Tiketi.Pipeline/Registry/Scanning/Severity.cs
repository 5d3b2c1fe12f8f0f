namespace Tiketi.Pipeline.Registry.Scanning;

/// <summary>How bad a finding is, in ECR's words; the least first.</summary>
public enum Severity
{
    /// <summary>Nobody has rated it yet (Inspector's UNTRIAGED is the same).</summary>
    Undefined,
    Informational,
    Low,
    Medium,
    High,
    Critical,
}

/// <summary>Severities as ECR and people write them.</summary>
public static class Severities
{
    /// <summary>No severity fails a run.</summary>
    public const string Off = "off";

    /// <summary>What a setting may say: "off", or the severity from which on a finding fails the run.</summary>
    public static IReadOnlyList<string> Thresholds { get; } = [Off, "informational", "low", "medium", "high", "critical"];

    /// <summary>A finding's severity; what is not known is unrated.</summary>
    public static Severity Parse(string? text) => Enum.TryParse<Severity>(text, ignoreCase: true, out var severity) ? severity : Severity.Undefined;

    /// <returns>Null for "off".</returns>
    /// <exception cref="PipelineException">It is none of <see cref="Thresholds"/>.</exception>
    public static Severity? ParseThreshold(string text)
    {
        if (!Thresholds.Contains(text, StringComparer.OrdinalIgnoreCase))
        {
            throw new PipelineException($"'{text}' is no severity to fail on.", $"Choose one of: {string.Join(", ", Thresholds)}.");
        }

        return text.Equals(Off, StringComparison.OrdinalIgnoreCase) ? null : Parse(text);
    }
}
