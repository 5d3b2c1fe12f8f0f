using Nuke.Common.Parameters;

namespace Nuke.Common.Tests.Parameters;

public sealed class CommandLineTests
{
    private static CommandLine Parse(params string[] words) => CommandLine.Parse(words, name => name switch
    {
        "flag" => OptionArity.Flag,
        "environment" => OptionArity.Single,
        "names" => OptionArity.Many,
        _ => null,
    });

    [Fact]
    public void AFlag_DoesNotSwallowATarget()
    {
        var line = Parse("--flag", "Deploy");
        line.Positional.Should().Equal("Deploy");
        line.Options["flag"].Should().BeEmpty();
    }

    [Fact]
    public void AFlag_TakesTrueAndFalse() => Parse("--flag", "false", "Deploy").Options["flag"].Should().Equal("false");

    [Fact]
    public void AScalar_TakesOneWord_TheRestAreTargets()
    {
        var line = Parse("--environment", "staging", "Deploy");
        line.Options["environment"].Should().Equal("staging");
        line.Positional.Should().Equal("Deploy");
    }

    [Fact]
    public void ACollection_TakesAllWordsUpToTheNextOption() =>
        Parse("--names", "a", "-1", "b", "--flag").Options["names"].Should().Equal("a", "-1", "b");

    [Theory]
    [InlineData("--environment")]
    [InlineData("-environment")]
    [InlineData("--Environment")]
    [InlineData("--en-viron-ment")]
    public void DashesAndCase_DoNotMatter(string option) => Parse(option, "x").Options["environment"].Should().Equal("x");

    [Fact]
    public void TheLastOccurrence_Wins() => Parse("--environment", "a", "--environment", "b").Options["environment"].Should().Equal("b");

    [Fact]
    public void AnEqualsSign_GivesTheValue() => Parse("--environment=a=b", "Deploy").Options["environment"].Should().Equal("a=b");

    [Fact]
    public void UnknownOptions_AreCollected() => Parse("--what", "x").UnknownOptions.Should().Equal("--what");

    [Theory]
    [InlineData("AppRoot", "app-root")]
    [InlineData("GitHubToken", "github-token")]
    [InlineData("DotNetVersion", "dotnet-version")]
    [InlineData("UseHTTPProxy", "use-http-proxy")]
    [InlineData("MyNuGetFeed", "my-nuget-feed")]
    public void Words_AreTakenApartAsInHelp(string name, string expected) =>
        ParameterMember.ToWords(name, '-').ToLowerInvariant().Should().Be(expected);

    [Theory]
    [InlineData("enviroment", "environment")]
    [InlineData("evnironment", "environment")]
    [InlineData("env", "environment")]
    [InlineData("banana", null)]
    public void Suggestions_AreNearOrNone(string typed, string? expected) =>
        Suggestions.GetNearest(typed, ["environment", "app-root", "names"]).Should().Be(expected);
}
