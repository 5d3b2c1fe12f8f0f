using System.Formats.Tar;
using Tiketi.Pipeline.Images;

namespace Tiketi.Pipeline.Tests.Images;

public sealed class BuildContextTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Scan_LeavesOutWhatIsIgnored_AndOrdersByPath()
    {
        _folder.Write("Dockerfile", "FROM scratch").Write(".dockerignore", "node_modules\n*.log\n!keep.log")
            .Write("node_modules/a/index.js", "").Write("src/b.js", "").Write("src/a.js", "").Write("x.log", "").Write("keep.log", "");

        Scan().Files.Entries.Select(entry => entry.Path).Should().Equal(".dockerignore", "Dockerfile", "keep.log", "src", "src/a.js", "src/b.js");
    }

    [Fact]
    public void Scan_FindsAnExceptionDeepInsideAnIgnoredFolder()
    {
        _folder.Write("Dockerfile", "FROM scratch").Write(".dockerignore", "vendor\n!vendor/*/keep.txt")
            .Write("vendor/one/keep.txt", "").Write("vendor/one/drop.txt", "");

        Scan().Files.Entries.Select(entry => entry.Path).Should().Contain("vendor/one/keep.txt").And.NotContain("vendor/one/drop.txt");
    }

    [Fact]
    public void Scan_PrefersTheDockerfilesOwnIgnoreFile()
    {
        _folder.Write("docker/prod.Dockerfile", "FROM scratch").Write(".dockerignore", "a").Write("docker/prod.Dockerfile.dockerignore", "b")
            .Write("a", "").Write("b", "");

        Scan("docker/prod.Dockerfile").Files.Entries.Select(entry => entry.Path).Should().Contain("a").And.NotContain("b");
    }

    [Fact]
    public async Task Tar_HoldsModesLinksAndContent_ButNoOwner()
    {
        _folder.Write("Dockerfile", "FROM scratch").Write("run.sh", "#!/bin/sh", executable: true).Link("link", "src/app.js").Write("src/app.js", "app");

        var entries = await TarAsync(Scan());

        entries["run.sh"].Mode.Should().HaveFlag(UnixFileMode.OtherExecute);
        entries["src/app.js"].Mode.Should().NotHaveFlag(UnixFileMode.UserExecute);
        entries["link"].EntryType.Should().Be(TarEntryType.SymbolicLink);
        entries["link"].LinkName.Should().Be("src/app.js");
        entries["src/"].EntryType.Should().Be(TarEntryType.Directory);
        entries.Values.Should().OnlyContain(entry => entry.Uid == 0 && entry.Gid == 0);
    }

    [Theory]
    // COPY must not see what is excluded, the engine needs it all the same: it removes the two by the .dockerignore in the stream
    [InlineData("Dockerfile", "Dockerfile\n.dockerignore", "Dockerfile", ".dockerignore,Dockerfile,app.js")]
    [InlineData("Dockerfile", "**\n!app.js", "Dockerfile", ".dockerignore,Dockerfile,app.js")]
    [InlineData("Dockerfile", "*.log", "Dockerfile", ".dockerignore,Dockerfile,app.js")]
    [InlineData("../other.Dockerfile", "*.log", ".dockerfile.tiketi", ".dockerfile.tiketi,.dockerignore,Dockerfile,app.js")]
    public async Task Tar_AlwaysHoldsTheDockerfile(string dockerfile, string rules, string nameInTar, string paths)
    {
        using var folder = new TestFolder();
        folder.Write("context/Dockerfile", "FROM scratch").Write("other.Dockerfile", "FROM scratch").Write("context/.dockerignore", rules).Write("context/app.js", "");

        var context = BuildContext.Scan(folder.Full("context"), Path.GetFullPath(dockerfile, folder.Full("context")));

        context.DockerfileInTar.Should().Be(nameInTar);
        (await TarAsync(context)).Keys.Order(StringComparer.Ordinal).Should().Equal(paths.Split(','));
    }

    [Fact]
    public async Task Tar_TakesTheGivenTime()
    {
        _folder.Write("Dockerfile", "FROM scratch");
        var time = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);

        (await TarAsync(Scan(), time)).Values.Should().OnlyContain(entry => entry.ModificationTime == time);
    }

    [Fact]
    public async Task Tar_IsAStream_NeverHeldAsAWhole()
    {
        const long Size = 256L * 1024 * 1024;
        using (var big = File.Create(_folder.Write("Dockerfile", "FROM scratch").Full("big")))
        {
            big.SetLength(Size); // takes no room on the disk
        }

        var context = Scan();
        var counter = new Counter();
        await context.WriteTarAsync(counter, modificationTime: null, TestContext.Current.CancellationToken);

        counter.Length.Should().BeGreaterThan(Size);
        counter.LongestWrite.Should().BeLessThan(1024 * 1024, "it goes out in pieces");
    }

    [Fact]
    public void Scan_NamesWhatIsMissing()
    {
        FluentActions.Invoking(() => Scan()).Should().Throw<PipelineException>().WithMessage("*Dockerfile*does not exist*");
        FluentActions.Invoking(() => BuildContext.Scan(_folder.Full("nowhere"), _folder.Full("Dockerfile"))).Should().Throw<PipelineException>().WithMessage("*nowhere*does not exist*");
    }

    private BuildContext Scan(string dockerfile = "Dockerfile") => BuildContext.Scan(_folder.Root, _folder.Full(dockerfile));

    private static async Task<Dictionary<string, TarEntry>> TarAsync(BuildContext context, DateTimeOffset? time = null)
    {
        using var stream = new MemoryStream();
        await context.WriteTarAsync(stream, time, TestContext.Current.CancellationToken);
        stream.Position = 0;
        await using var reader = new TarReader(stream);
        var entries = new Dictionary<string, TarEntry>(StringComparer.Ordinal);
        while (await reader.GetNextEntryAsync(copyData: true) is { } entry)
        {
            entries.Add(entry.Name, entry);
        }

        return entries;
    }

    /// <summary>Takes everything and keeps nothing.</summary>
    private sealed class Counter : Stream
    {
        private long _length;

        public int LongestWrite { get; private set; }

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => _length;

        public override long Position { get => _length; set => throw new NotSupportedException(); }

        public override void Write(byte[] buffer, int offset, int count)
        {
            _length += count;
            LongestWrite = Math.Max(LongestWrite, count);
        }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
