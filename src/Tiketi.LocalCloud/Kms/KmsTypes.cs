using System.Text.Json.Nodes;
using Tiketi.LocalCloud.CloudFormation;
using Tiketi.LocalCloud.CloudFormation.Records;
using Tiketi.LocalCloud.Hosting;

namespace Tiketi.LocalCloud.Kms;

/// <summary>Keys, recorded: nothing here is encrypted with them.</summary>
internal static class KmsTypes
{
    public static IEnumerable<RecordedType> All(LocalCloudSettings settings) =>
    [
        new("AWS::KMS::Key", ["KeySpec", "KeyUsage", "Origin", "MultiRegion"], _ => Guid.NewGuid().ToString(),
            (id, _) => new(StringComparer.Ordinal) { ["KeyId"] = id, ["Arn"] = $"arn:aws:kms:{settings.Region}:{LocalCloudSettings.AccountId}:key/{id}" })
        {
            Names = new("", "BypassPolicyLockoutSafetyCheck Description EnableKeyRotation Enabled KeyPolicy KeySpec KeyUsage MultiRegion Origin PendingWindowInDays RotationPeriodInDays Tags"),
            Check = (request, _, _) =>
            {
                if (request.Properties["KeyPolicy"] is { } policy && (policy as JsonObject)?["Statement"] is null)
                {
                    throw new ResourceException("The new key policy is malformed. (Service: Kms, Status Code: 400)");
                }
            },
        },
    ];
}
