using Tiketi.LocalCloud.Engine;

namespace Tiketi.LocalCloud.Tests.Engine;

public sealed class DebianRecipeTests : IDisposable
{
    private readonly string _bundle = Path.GetTempFileName();

    public void Dispose() => File.Delete(_bundle);

    [Fact]
    public void Tag_IsTheSameForTheSameRecipe_AndAnotherForWhatIsBakedIn()
    {
        File.WriteAllText(_bundle, "certificate one");
        var tag = new DebianRecipe(_bundle, NpmRegistry: null).Tag(Base.Node);
        var registry = new DebianRecipe(_bundle, "https://npm.example/").Tag(Base.Node);
        new DebianRecipe(_bundle, NpmRegistry: null).Tag(Base.Node).Should().Be(tag);
        File.WriteAllText(_bundle, "certificate two");
        var bundle = new DebianRecipe(_bundle, NpmRegistry: null).Tag(Base.Node);

        new[] { tag, registry, bundle }.Should().OnlyHaveUniqueItems().And.AllSatisfy(name => name.Should().MatchRegex("^tiketi-local/node:[0-9a-f]{12}$"));
    }

    [Fact]
    public void Dockerfile_SetsTheNpmRegistry_OnlyWhereTheHostHasItsOwn()
    {
        new DebianRecipe(CertificateBundle: null, "https://npm.example/").Dockerfile(Base.Node).Should().Contain("NPM_CONFIG_REGISTRY=https://npm.example/");
        new DebianRecipe(CertificateBundle: null, NpmRegistry: null).Dockerfile(Base.Node).Should().NotContain("NPM_CONFIG_REGISTRY");
    }

    [Theory]
    [InlineData(null, "registry=https://npm.example/", "https://npm.example/")]
    [InlineData(null, "cafile = /x\nregistry = \"https://npm.example/\"", "https://npm.example/")]
    [InlineData("https://given.example/", "registry=https://npm.example/", "https://given.example/")]
    [InlineData(null, "registry=https://registry.npmjs.org/", null)]
    [InlineData("https://registry.npmjs.org", "", null)]
    [InlineData(null, "@scope:registry=https://npm.example/\n; registry=https://x.example/", null)]
    public void NpmRegistry_IsTheHosts_UnlessItIsThePublicOne(string? environment, string npmrc, string? expected)
        => NpmRegistry.Choose(environment, [npmrc.Split('\n')]).Should().Be(expected);
}
