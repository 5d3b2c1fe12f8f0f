using System.Text.Json.Nodes;
using Tiketi.LocalCloud.CloudFormation;
using Tiketi.LocalCloud.CloudFormation.Records;
using Tiketi.LocalCloud.Hosting;
using Tiketi.LocalCloud.Route53;

namespace Tiketi.LocalCloud.Acm;

/// <summary>
/// AWS::CertificateManager::Certificate, recorded. It is issued at once where its hosted zone is here, as CloudFormation itself
/// then writes the validation records. Where nobody could validate it the local cloud refuses: on AWS the stack would wait for days.
/// </summary>
internal static class AcmTypes
{
    public const string Certificate = "AWS::CertificateManager::Certificate";

    /// <summary>The attribute that says when, ISO 8601.</summary>
    public const string IssuedAt = "IssuedAt";

    public static IEnumerable<RecordedType> All(LocalCloudSettings settings) =>
    [
        new(Certificate, ["DomainName", "SubjectAlternativeNames", "DomainValidationOptions", "ValidationMethod", "KeyAlgorithm", "CertificateAuthorityArn"],
            request => $"arn:aws:acm:{(request.Region.Length > 0 ? request.Region : settings.Region)}:{LocalCloudSettings.AccountId}:certificate/{Guid.NewGuid()}",
            (id, _) => new(StringComparer.Ordinal) { ["Id"] = id, [IssuedAt] = TimeProvider.System.GetUtcNow().ToString("O") })
        {
            Names = new("DomainName", "CertificateAuthorityArn CertificateExport CertificateTransparencyLoggingPreference DomainValidationOptions KeyAlgorithm SubjectAlternativeNames Tags ValidationMethod"),
            Check = (request, records, _) => RequireZones(request.Properties, records),
        },
    ];

    private static void RequireZones(JsonObject properties, RecordStore records)
    {
        var options = properties.Objects("DomainValidationOptions");
        foreach (var name in properties.Texts("SubjectAlternativeNames").Prepend(properties.RequiredText("DomainName")))
        {
            var bare = Bare(name); // a wildcard has the validation record of the name below it
            var zoneId = options.FirstOrDefault(option => Bare(option.RequiredText("DomainName")) == bare)?.Text("HostedZoneId");
            if (properties.Text("ValidationMethod") != "DNS" || zoneId is null)
            {
                throw new ResourceException($"Nobody would validate {name}: on AWS the stack waits until somebody does. Name its hosted zone in DomainValidationOptions, with ValidationMethod DNS.");
            }

            var zone = records.Find(Route53Types.HostedZone, zoneId) ?? throw new ResourceException($"No hosted zone found with ID: {zoneId}");
            if (!Route53Types.IsIn(bare, zone))
            {
                throw new ResourceException($"RRSet with DNS name {bare}. is not permitted in zone {Route53Types.NameOf(zone)}.");
            }
        }
    }

    private static string Bare(string name) => name.StartsWith("*.", StringComparison.Ordinal) ? name[2..] : name;
}
