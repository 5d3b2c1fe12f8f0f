namespace Tiketi.Architecture;

/// <summary>
/// The build compiles against our engine here and against the published one elsewhere, so it may only use what both have.
/// PublishedApi.txt lists that, read from the published package's sources and documentation by hand, not from our engine.
/// </summary>
public sealed class PublishedApiTests
{
    private static readonly string Build = Path.Combine(Repository.Root, "build", "bin", "Debug", "_build.dll");

    private static readonly string[] Published =
        [.. File.ReadLines(Path.Combine(Repository.Root, "tests", "Architecture", "PublishedApi.txt")).Select(line => line.Split('#')[0].TrimEnd())];

    [Fact]
    public void TheBuild_UsesOnlyWhatThePublishedEngineHas() =>
        string.Join('\n', ApiUse.Of(Build).Except(Published, StringComparer.Ordinal))
            .Should().BeEmpty("the build must compile with -p:UsePublishedPackages=true; what the published package does have, PublishedApi.txt is to list");

    [Theory]
    [InlineData("Nuke.Common.ITargetDefinition", "a type")]
    [InlineData("Nuke.Common.NukeBuild.Execute(Expression<Func<T, Target>>[])", "a call, with its parameters")]
    [InlineData("Nuke.Common.INukeBuild.RootDirectory { get; }", "a property")]
    [InlineData("Nuke.Common.ParameterAttribute.Name { set; }", "an attribute's setting")]
    public void TheComparison_Sees(string use, string kind) => ApiUse.Of(Build).Should().Contain(use, "{0} is used so", kind);
}
