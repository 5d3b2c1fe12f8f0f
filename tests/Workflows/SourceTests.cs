namespace Tiketi.Workflows.Tests;

#nullable disable

/// <summary>The address that image labels name: one that people can open, without what only this machine knows.</summary>
public sealed class SourceTests
{
    [Theory]
    [InlineData("https://github.com/owner/name.git", "https://github.com/owner/name.git")]
    [InlineData("https://user:token@github.com/owner/name", "https://github.com/owner/name")]
    [InlineData("git@github.com:owner/name.git", "https://github.com/owner/name.git")]
    [InlineData("ssh://git@git.example:2222/owner/name", "https://git.example/owner/name")]
    [InlineData("http://git.example:3000/owner/name", "http://git.example:3000/owner/name")]
    [InlineData("/srv/git/name", null)]
    [InlineData("file:///srv/git/name", null)]
    [InlineData(null, null)]
    public void Address_IsTheOneThatPeopleOpen(string remote, string expected) => Source.Address(remote).Should().Be(expected);
}
