using Nuke.Common.IO;

namespace Nuke.Common.Tests.Tools;

public sealed class PathTests : IDisposable
{
    private readonly AbsolutePath _root = AbsolutePath.Create(Directory.CreateTempSubdirectory("nuke-paths-").FullName);

    public void Dispose() => _root.DeleteDirectory();

    [Fact]
    public void Slash_GoesDown_Range_GoesUp_Plus_Appends()
    {
        AbsolutePath path = "/a/b";
        (path / "c/d" / ".." / "e").ToString().Should().Be("/a/b/c/e");
        (path / ..).ToString().Should().Be("/a");
        (path + ".sha256").ToString().Should().Be("/a/b.sha256");
        (path == "/a/./b/").Should().BeTrue();
        AbsolutePath.Create("/").Parent.Should().BeNull();
    }

    [Fact]
    public void AnUnrootedPath_IsRefused()
    {
        var create = () => AbsolutePath.Create("a/b");
        create.Should().Throw<ArgumentException>().WithMessage("Path 'a/b' must be rooted");
    }

    [Fact]
    public void WindowsPaths_CompareWithoutCase() =>
        AbsolutePath.Create(@"C:\Users\Me").Equals(AbsolutePath.Create("c:/users/me")).Should().BeTrue();

    [Theory]
    [InlineData("d", "\"/a b\"")]
    [InlineData("dn", "\"/a b\"")]
    [InlineData("s", "'/a b'")]
    [InlineData("nq", "/a b")]
    public void Formats_Quote(string format, string expected) => AbsolutePath.Create("/a b").ToString(format).Should().Be(expected);

    [Fact]
    public void Globs_FindFiles_InOrder_AndExclude()
    {
        foreach (var file in (string[])["a.cs", "src/b.cs", "src/obj/c.cs", "src/d.txt"])
            (_root / file).WriteAllText("x");
        _root.GlobFiles("**/*.cs", "!**/obj/**").Select(x => x.Name).Should().Equal("a.cs", "b.cs");
        _root.GlobFiles("*.{cs,txt}").Should().ContainSingle();
        _root.GetFiles(depth: 2).Should().HaveCount(3);
        _root.GlobDirectories("**/obj").Should().ContainSingle();
    }

    [Fact]
    public void WrittenText_EndsWithOneNewline()
    {
        (_root / "new" / "file.txt").WriteAllText("text\n\n");
        File.ReadAllBytes(_root / "new" / "file.txt").Should().Equal("text\n"u8.ToArray());
    }

    [Fact]
    public void Copy_FailsOnExistingFiles_UnlessToldOtherwise()
    {
        var source = (_root / "source").CreateDirectory();
        (source / "sub" / "file").WriteAllText("new");
        (_root / "target" / "sub" / "file").WriteAllText("old");
        var copy = () => source.Copy(_root / "target");
        copy.Should().Throw<ArgumentException>();
        source.Copy(_root / "target", ExistsPolicy.MergeAndSkip);
        (_root / "target" / "sub" / "file").ReadAllText().Should().Be("old\n");
        source.Copy(_root / "target", ExistsPolicy.MergeAndOverwrite);
        (_root / "target" / "sub" / "file").ReadAllText().Should().Be("new\n");
    }
}
