using System.Globalization;
using System.Text.Json.Nodes;
using Tiketi.Pipeline.Kubernetes;

namespace Tiketi.Pipeline.Releases;

/// <summary>Who holds a <see cref="ReleaseLease"/>, for what, and since when.</summary>
/// <param name="Identity">Different for each run.</param>
/// <param name="By">The person or job.</param>
/// <param name="Version">What is being deployed.</param>
/// <param name="Run">The CI run's address; null on a person's machine.</param>
/// <param name="Since">When it took the lease, by its own clock.</param>
/// <param name="RenewedAt">Its last sign of life, by its own clock.</param>
/// <param name="Duration">Not renewed for that long, it is dead.</param>
internal sealed record LeaseHolder(string Identity, string? By, string? Version, string? Run, DateTimeOffset? Since, DateTimeOffset? RenewedAt, TimeSpan Duration)
{
    public const string ByAnnotation = "tiketi.io/by";
    public const string VersionAnnotation = "tiketi.io/version";
    public const string RunAnnotation = "tiketi.io/run";

    public static LeaseHolder Nobody { get; } = new("", "Somebody", null, null, null, null, TimeSpan.Zero);

    /// <summary>Null where nobody holds it.</summary>
    public static LeaseHolder? Of(JsonObject? lease) => lease is not null && lease.Text("spec", "holderIdentity") is { Length: > 0 } identity
        ? new(
            identity,
            lease.Text("metadata", "annotations", ByAnnotation),
            lease.Text("metadata", "annotations", VersionAnnotation),
            lease.Text("metadata", "annotations", RunAnnotation),
            Time(lease, "acquireTime"),
            Time(lease, "renewTime"),
            TimeSpan.FromSeconds(lease.Number("spec", "leaseDurationSeconds")))
        : null;

    /// <summary>"alice (version v2, since 2026-01-01 10:00:00Z, https://...)".</summary>
    public override string ToString()
    {
        var details = new[] { Version is null ? null : $"version {Version}", Since is { } since ? $"since {since:u}" : null, Run }.OfType<string>().ToList();
        return (By ?? Identity) + (details.Count > 0 ? $" ({string.Join(", ", details)})" : "");
    }

    private static DateTimeOffset? Time(JsonObject lease, string field) =>
        DateTimeOffset.TryParse(lease.Text("spec", field), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;
}
