using System.Diagnostics;
using Nuke.Common.IO;

namespace Tiketi.Workflows.Tests;

#nullable disable

/// <summary>What images are tagged and labelled with, from a checkout as git knows it.</summary>
public sealed class SourceTests : IDisposable
{
    private readonly AbsolutePath _directory = AbsolutePath.Create(Directory.CreateTempSubdirectory("tiketi-source-").FullName);

    public void Dispose() => _directory.DeleteDirectory();

    [Fact]
    public void Version_and_labels_say_what_was_built_and_from_where()
    {
        Commit();
        Git("tag", "release/1.2");
        Git("remote", "add", "origin", "git@github.com:owner/name.git");

        var source = new Source(_directory);

        source.Version.Should().Be("release-1.2", "an image's tag has no slash");
        source.Labels.Should().BeEquivalentTo(new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["org.opencontainers.image.version"] = "release-1.2",
            ["org.opencontainers.image.revision"] = Git("rev-parse", "HEAD"),
            ["org.opencontainers.image.source"] = "https://github.com/owner/name.git",
        });
    }

    [Fact]
    public void Version_tells_commits_after_the_tag_and_what_is_not_committed()
    {
        Commit();
        Git("tag", "v1.2.3");
        Commit();
        new Source(_directory).Version.Should().MatchRegex("^v1\\.2\\.3-1-g[0-9a-f]{7,}$");

        (_directory / "file").WriteAllText("changed");

        new Source(_directory).Version.Should().MatchRegex("^v1\\.2\\.3-1-g[0-9a-f]{7,}-dirty$");
    }

    [Fact]
    public void Version_outside_git_is_said_to_be_none()
    {
        var source = new Source(_directory);

        source.Version.Should().Be("unversioned");
        source.Labels.Should().BeEmpty();
    }

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

    private void Commit()
    {
        Git("init", "-q");
        (_directory / "file").WriteAllText(Guid.NewGuid().ToString());
        Git("add", "-A");
        Git("-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-qm", "A commit");
    }

    private string Git(params string[] arguments)
    {
        using var git = Process.Start(new ProcessStartInfo("git", arguments) { WorkingDirectory = _directory, RedirectStandardOutput = true, UseShellExecute = false })!;
        var output = git.StandardOutput.ReadToEnd().Trim();
        git.WaitForExit();
        git.ExitCode.Should().Be(0);
        return output;
    }
}
