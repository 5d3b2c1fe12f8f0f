using System.Security.Cryptography;

namespace Tiketi.LocalCloud.CloudFormation;

/// <summary>Ids and names in AWS's shapes.</summary>
internal static class ResourceNames
{
    private const string Hexadecimal = "0123456789abcdef";
    private const string Capitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    private const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    /// <summary>"vpc-0a1b2c3d4e5f60718".</summary>
    public static string Id(string prefix) => $"{prefix}-0{RandomNumberGenerator.GetString(Hexadecimal, 16)}";

    /// <summary>"AROA" and 17 more, as IAM's unique ids are.</summary>
    public static string UniqueId(string prefix) => prefix + RandomNumberGenerator.GetString(Capitals, 17);

    /// <summary>The name that CloudFormation gives a resource without one: stack, logical id and 12 random characters.</summary>
    public static string Generated(ResourceRequest request, int maximumLength = 64)
    {
        var stem = $"{request.StackName}-{request.LogicalId}";
        return $"{stem[..Math.Min(stem.Length, maximumLength - 13)]}-{RandomNumberGenerator.GetString(Capitals, 12)}";
    }

    /// <summary>The six characters at the end of a secret's ARN.</summary>
    public static string Suffix() => RandomNumberGenerator.GetString(Letters, 6);
}
