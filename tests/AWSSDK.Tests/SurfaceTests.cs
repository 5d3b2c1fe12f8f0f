using System.Reflection;
using Amazon.Runtime;

namespace AwsSdk.Tests;

/// <summary>
/// surface.txt is the part of the published packages' surface that is stood in for, written down from the services' API
/// models by the naming rule of the published generator. A member more or less, or of another type, would compile on one
/// side of UsePublishedPackages only.
/// </summary>
public sealed class SurfaceTests
{
    private static readonly Dictionary<string, Assembly> Assemblies = new()
    {
        ["ECR"] = typeof(Amazon.ECR.IAmazonECR).Assembly,
        ["EKS"] = typeof(Amazon.EKS.IAmazonEKS).Assembly,
        ["ElasticLoadBalancingV2"] = typeof(Amazon.ElasticLoadBalancingV2.IAmazonElasticLoadBalancingV2).Assembly,
        ["CloudFront"] = typeof(Amazon.CloudFront.IAmazonCloudFront).Assembly,
        ["CloudFormation"] = typeof(Amazon.CloudFormation.IAmazonCloudFormation).Assembly,
        ["RDS"] = typeof(Amazon.RDS.IAmazonRDS).Assembly,
        ["ElastiCache"] = typeof(Amazon.ElastiCache.IAmazonElastiCache).Assembly,
        ["CertificateManager"] = typeof(Amazon.CertificateManager.IAmazonCertificateManager).Assembly,
        ["CloudWatch"] = typeof(Amazon.CloudWatch.IAmazonCloudWatch).Assembly,
        ["CostExplorer"] = typeof(Amazon.CostExplorer.IAmazonCostExplorer).Assembly,
        ["SecretsManager"] = typeof(Amazon.SecretsManager.IAmazonSecretsManager).Assembly,
    };

    public static TheoryData<string> Services => [.. Assemblies.Keys];

    [Theory, MemberData(nameof(Services))]
    public void EveryShapeEnumAndException_IsAsPublished(string service)
    {
        var actual = Assemblies[service].GetExportedTypes().Select(Describe).OfType<string>().Order(StringComparer.Ordinal);

        actual.Should().BeEquivalentTo(Expected(service));
    }

    [Theory, MemberData(nameof(Services))]
    public void EveryOperation_IsAVirtualMethodOfTheClientAndAMethodOfTheInterface(string service)
    {
        var contract = Assemblies[service].GetType($"Amazon.{service}.IAmazon{service}", throwOnError: true)!;
        var client = Assemblies[service].GetType($"Amazon.{service}.Amazon{service}Client", throwOnError: true)!;
        var operations = Expected(service).Where(line => line.Contains("Request:", StringComparison.Ordinal))
            .Select(line => line[..line.IndexOf("Request:", StringComparison.Ordinal)]).ToList();

        operations.Should().NotBeEmpty();
        foreach (var operation in operations)
        {
            var request = Assemblies[service].GetType($"Amazon.{service}.Model.{operation}Request", throwOnError: true)!;
            foreach (var type in new[] { contract, client })
            {
                var method = type.GetMethod(operation + "Async", [request, typeof(CancellationToken)]);
                method.Should().NotBeNull($"{type.Name} should have {operation}Async");
                method!.IsVirtual.Should().BeTrue();
                method.GetParameters()[1].HasDefaultValue.Should().BeTrue();
                method.ReturnType.GetGenericArguments().Should().ContainSingle().Which.Name.Should().Be(operation + "Response");
            }
        }
    }

    /// <summary>With these overloads <c>XAsync(new())</c> binds to the token, so product code must name the request's type.</summary>
    [Theory]
    [InlineData("CloudFormation", "DescribeStacksAsync")]
    [InlineData("CloudFormation", "ValidateTemplateAsync")]
    [InlineData("CloudFront", "ListDistributionsAsync")]
    [InlineData("CloudFront", "GetDistributionAsync")]
    public void NoArgumentOverloads_ArePresent(string service, string method) =>
        Assemblies[service].GetType($"Amazon.{service}.IAmazon{service}", throwOnError: true)!
            .GetMethod(method, [typeof(CancellationToken)]).Should().NotBeNull();

    [Theory, MemberData(nameof(Services))]
    public void Clients_HaveAllPublishedConstructors(string service)
    {
        var client = Assemblies[service].GetType($"Amazon.{service}.Amazon{service}Client", throwOnError: true)!;
        var config = $"Amazon{service}Config";

        client.GetConstructors().Select(ctor => string.Join(", ", ctor.GetParameters().Select(p => p.ParameterType.Name)))
            .Should().BeEquivalentTo(
                "", "RegionEndpoint", config, "AWSCredentials", "AWSCredentials, RegionEndpoint", $"AWSCredentials, {config}",
                "String, String", "String, String, RegionEndpoint", $"String, String, {config}",
                "String, String, String", "String, String, String, RegionEndpoint", $"String, String, String, {config}");
    }

    private static IEnumerable<string> Expected(string service)
    {
        using var reader = new StreamReader(typeof(SurfaceTests).Assembly.GetManifestResourceStream("surface.txt")!);
        var lines = reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return lines.SkipWhile(line => line != "## " + service).Skip(1).TakeWhile(line => !line.StartsWith("## ", StringComparison.Ordinal));
    }

    private static string? Describe(Type type)
    {
        const BindingFlags Own = BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly;
        if (typeof(ConstantClass).IsAssignableFrom(type))
        {
            return $"enum {type.Name}: " + string.Join(", ", type.GetFields(BindingFlags.Public | BindingFlags.Static)
                .Select(field => field.Name).Order(StringComparer.Ordinal));
        }

        if (type.Namespace?.EndsWith(".Model", StringComparison.Ordinal) != true)
        {
            return null;
        }

        return typeof(Exception).IsAssignableFrom(type)
            ? $"exception {type.Name}: {WireCodes.Of(type)}"
            : $"{type.Name}: " + string.Join(", ", type.GetProperties(Own).OrderBy(p => p.Name, StringComparer.Ordinal)
                .Select(p => $"{Name(p.PropertyType)} {p.Name}"));
    }

    private static string Name(Type type) => type switch
    {
        _ when Nullable.GetUnderlyingType(type) is { } inner => Name(inner) + "?",
        _ when type == typeof(string) => "string",
        _ when type == typeof(bool) => "bool",
        _ when type == typeof(int) => "int",
        _ when type == typeof(long) => "long",
        _ when type == typeof(double) => "double",
        { IsGenericType: true } => $"{type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)]}<{string.Join(',', type.GetGenericArguments().Select(Name))}>",
        _ => type.Name,
    };
}
