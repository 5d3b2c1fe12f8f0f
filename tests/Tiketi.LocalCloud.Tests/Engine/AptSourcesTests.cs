using Tiketi.LocalCloud.Engine;

namespace Tiketi.LocalCloud.Tests.Engine;

public sealed class AptSourcesTests : IDisposable
{
    private readonly string _apt = Directory.CreateTempSubdirectory("tiketi-apt-").FullName;

    public void Dispose() => Directory.Delete(_apt, recursive: true);

    [Fact]
    public void For_TakesTheHostsMirrors_InBothFormats()
    {
        Write("sources.list", """
            # deb http://ignored.example/debian bookworm main
            deb [arch=amd64 signed-by=/usr/share/keyrings/x.gpg] https://mirror.example/debian/ bookworm main contrib
            deb https://mirror.example/debian/ bookworm-updates main
            deb-src https://mirror.example/debian/ bookworm main
            """);
        Write("sources.list.d/security.sources", """
            Types: deb
            # a comment between the fields
            URIs: https://mirror.example/debian-security
            Suites: bookworm-security
            Components: main
            """);

        AptSources.For("trixie", _apt).Should().Equal(
            "deb https://mirror.example/debian trixie main",
            "deb https://mirror.example/debian trixie-updates main",
            "deb https://mirror.example/debian-security trixie-security main");
    }

    [Fact]
    public void For_ReadsStanzasWithSeveralSuites()
    {
        Write("sources.list.d/debian.sources", "Types: deb deb-src\nURIs: http://mirror.example/debian\nSuites: bookworm bookworm-updates\nComponents: main\n\nTypes: deb\nURIs: http://other.example/tool\nSuites: stable\nComponents: main\n");

        AptSources.For("trixie", _apt).Should().Equal("deb http://mirror.example/debian trixie main", "deb http://mirror.example/debian trixie-updates main");
    }

    [Theory]
    [InlineData("sources.list", "deb http://archive.ubuntu.com/ubuntu noble main")]
    [InlineData("sources.list.d/off.sources", "Enabled: no\nTypes: deb\nURIs: http://mirror.example/debian\nSuites: bookworm\nComponents: main")]
    [InlineData("sources.list.d/cloud.sources", "Types: deb\nURIs: mirror+file:///etc/apt/mirrors/debian.list\nSuites: bookworm\nComponents: main")]
    [InlineData("sources.list.d/debian.sources.disabled", "Types: deb\nURIs: http://mirror.example/debian\nSuites: bookworm\nComponents: main")]
    public void For_GoesToDebianItself_WhereTheHostHasNoMirrorOfIt(string file, string content)
    {
        Write(file, content);

        AptSources.For("trixie", _apt).Should().Equal(
            "deb http://deb.debian.org/debian trixie main",
            "deb http://deb.debian.org/debian trixie-updates main",
            "deb http://deb.debian.org/debian-security trixie-security main");
    }

    private void Write(string path, string content)
    {
        var file = Path.Combine(_apt, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, content);
    }
}
