using System.Xml.Linq;
using ArchUnitNET.Loader;
using ArchUnitNET.xUnitV3;
using static ArchUnitNET.Fluent.ArchRuleDefinition;

namespace Tiketi.Architecture;

/// <summary>The arrows of the architecture: build -> Tiketi.Pipeline -> SDKs; the local cloud stands alone.</summary>
public sealed class DependencyArrowTests
{
    private static readonly ArchUnitNET.Domain.Architecture Code = new ArchLoader()
        .LoadAssemblies(typeof(Pipeline.PipelineException).Assembly, typeof(LocalCloud.Hosting.LocalCloudSettings).Assembly)
        .Build();

    [Fact]
    public void ThePipeline_KnowsNothingOfNuke() =>
        Types().That().ResideInNamespaceMatching(@"^Tiketi\.Pipeline(\.|$)")
            .Should().NotDependOnAnyTypesThat().ResideInNamespaceMatching(@"^Nuke(\.|$)")
            .Because("capabilities are usable without the build graph")
            .Check(Code);

    [Fact]
    public void ThePipeline_ReachesTheSubstitutesOnlyThroughThePublishedApi() =>
        Types().That().ResideInNamespaceMatching(@"^Tiketi\.Pipeline(\.|$)")
            .Should().NotDependOnAnyTypesThat().ResideInNamespaceMatching(@"^Aws\.Protocol(\.|$)")
            .Because("the published packages have no such namespace, so UsePublishedPackages would not compile")
            .Check(Code);

    [Fact]
    public void Capabilities_ReadNoConsole() =>
        Types().That().ResideInNamespaceMatching(@"^Tiketi\.Pipeline(\.|$)")
            .Should().NotDependOnAnyTypesThat().HaveFullName("System.Console")
            .Because("a capability returns a result; the build prints it")
            .Check(Code);

    /// <summary>The project files say more than the compiled code: a reference not yet used is an arrow too.</summary>
    [Theory]
    [InlineData("src/Tiketi.Pipeline", "src/Substitutes/AWSSDK.")]
    [InlineData("src/Tiketi.LocalCloud")]
    [InlineData("src/Substitutes/Nuke.Common")]
    [InlineData("src/Substitutes/AWSSDK.Protocol")]
    [InlineData("src/Substitutes/AWSSDK.CloudFormation", "src/Substitutes/AWSSDK.Protocol")]
    [InlineData("src/Substitutes/AWSSDK.CloudFront", "src/Substitutes/AWSSDK.Protocol")]
    [InlineData("src/Substitutes/AWSSDK.ECR", "src/Substitutes/AWSSDK.Protocol")]
    [InlineData("src/Substitutes/AWSSDK.EKS", "src/Substitutes/AWSSDK.Protocol")]
    [InlineData("src/Substitutes/AWSSDK.ElasticLoadBalancingV2", "src/Substitutes/AWSSDK.Protocol")]
    [InlineData("src/Substitutes/AWSSDK.RDS", "src/Substitutes/AWSSDK.Protocol")]
    [InlineData("src/Substitutes/AWSSDK.ElastiCache", "src/Substitutes/AWSSDK.Protocol")]
    [InlineData("src/Substitutes/AWSSDK.CertificateManager", "src/Substitutes/AWSSDK.Protocol")]
    [InlineData("src/Substitutes/AWSSDK.CloudWatch", "src/Substitutes/AWSSDK.Protocol")]
    [InlineData("src/Substitutes/AWSSDK.CostExplorer", "src/Substitutes/AWSSDK.Protocol")]
    [InlineData("src/Substitutes/AWSSDK.SecretsManager", "src/Substitutes/AWSSDK.Protocol")]
    public void AProject_ReferencesOnly(string project, params string[] allowed)
    {
        var file = Directory.EnumerateFiles(Path.Combine(Repository.Root, project), "*.csproj").Single();

        var references = XDocument.Load(file).Descendants("ProjectReference")
            .Select(reference => Path.GetRelativePath(Repository.Root, Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, reference.Attribute("Include")!.Value))))
            .ToList();

        references.Should().OnlyContain(reference => allowed.Any(prefix => reference.StartsWith(prefix, StringComparison.Ordinal)));
    }
}
