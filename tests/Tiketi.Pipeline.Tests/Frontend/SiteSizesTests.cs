using CliWrap;
using CliWrap.Buffered;
using Microsoft.Extensions.Logging.Abstractions;
using Tiketi.Pipeline.Frontend;

namespace Tiketi.Pipeline.Tests.Frontend;

public sealed class SiteSizesTests(MotoServer moto) : IDisposable
{
    private readonly SiteOnDisk _site = new SiteOnDisk().Build(1);

    public void Dispose() => _site.Dispose();

    /// <summary>Against node's own gzip and Brotli.</summary>
    [Fact]
    public async Task Measure_CompressesWhatCloudFrontWould()
    {
        var script = string.Concat(Enumerable.Range(0, 2_000).Select(number => $"function seat{number % 97}(row) {{ return row * {number}; }}\n"));
        _site.Write("static/js/big.0123abcd.js", script).Write("logo.png", new string('a', 3_000)).Write("static/js/main.0000001a.js.map", "{}");

        var sizes = SiteSizes.Measure(_site.Path, TestContext.Current.CancellationToken);

        sizes.Select(size => (size.Class, size.Files)).Should().Equal(("pages", 2), ("scripts", 3), ("styles", 1), ("images", 1), ("source maps", 1), ("other", 1));
        sizes.Sum(size => size.Raw).Should().Be(Directory.EnumerateFiles(_site.Path, "*", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length));
        sizes.Single(size => size.Class == "images").Should().Be(new SiteSize("images", 1, 3_000, 3_000, 3_000), "CloudFront does not compress PNG");
        var small = "main 1".Length + "about 1".Length; // below 1,000 bytes nothing is compressed
        const string Program = "const z = require('zlib'), f = require('fs').readFileSync(process.argv[1]); console.log(z.gzipSync(f).length, z.brotliCompressSync(f, { params: { [z.constants.BROTLI_PARAM_QUALITY]: 4 } }).length)";
        var node = await Cli.Wrap("node").WithArguments(["-e", Program, Path.Combine(_site.Path, "static/js/big.0123abcd.js")]).ExecuteBufferedAsync(TestContext.Current.CancellationToken);
        var expected = node.StandardOutput.Split(' ').Select(int.Parse).ToArray();
        var scripts = sizes.Single(size => size.Class == "scripts");
        ((double)(scripts.Gzip - small)).Should().BeApproximately(expected[0], expected[0] * 0.1);
        ((double)(scripts.Brotli - small)).Should().BeApproximately(expected[1], expected[1] * 0.1);
    }

    [Fact]
    public void Describe_SaysWhatEachClassIsAndHowItGrew()
    {
        SiteSize[] former = [new("scripts", 2, 200_000, 70_000, 60_000), new("fonts", 1, 9_000, 9_000, 9_000)];
        SiteSize[] now = [new("pages", 1, 600, 600, 600), new("scripts", 3, 210_000, 72_000, 60_000)];

        SiteSizes.Describe(now).Should().Equal(
            "              files          raw         gzip       brotli",
            "pages             1       0.6 kB       0.6 kB       0.6 kB",
            "scripts           3     210.0 kB      72.0 kB      60.0 kB",
            "total             4     210.6 kB      72.6 kB      60.6 kB");
        SiteSizes.Describe(now, former, "release 4").Should().Equal(
            "              files          raw         gzip       brotli  brotli against release 4",
            "pages             1       0.6 kB       0.6 kB       0.6 kB  +0.6 kB",
            "scripts           3     210.0 kB      72.0 kB      60.0 kB  the same",
            "fonts             0       0.0 kB       0.0 kB       0.0 kB  -9.0 kB (-100.0 %)",
            "total             4     210.6 kB      72.6 kB      60.6 kB  -8.4 kB (-12.2 %)",
            "growth against release 4: raw +1.6 kB (+0.8 %), gzip -6.4 kB (-8.1 %), brotli -8.4 kB (-12.2 %)");
    }

    [Fact]
    public async Task EachRelease_KeepsItsSizes_ForTheNextToCompareWith()
    {
        var bucket = await moto.NewBucketAsync();
        SiteSize[] one = [new("scripts", 1, 1, 1, 1)], two = [new("scripts", 2, 2, 2, 2)];

        (await SyncAsync(bucket, one)).Should().BeEquivalentTo(new { Former = (SiteRelease?)null, FormerSizes = (object?)null });
        (await SyncAsync(bucket, one)).Former.Should().BeNull("nothing changed");
        _site.Build(2);
        var second = await SyncAsync(bucket, two);
        var third = await new SiteReleases(moto.Client(), TimeProvider.System, NullLogger<SiteReleases>.Instance).RollbackAsync(new SiteRollbackRequest { Bucket = bucket });
        _site.Build(3);
        var fourth = await SyncAsync(bucket, two);

        (second.Former!.Number, fourth.Former!.Number).Should().Be((1, 3));
        second.FormerSizes.Should().Equal(one);
        second.Sizes.Should().Equal(two);
        third.Sizes.Should().Equal(one);
        fourth.FormerSizes.Should().Equal(one, "release 3 is release 1 again");
    }

    private Task<SiteSyncResult> SyncAsync(string bucket, IReadOnlyList<SiteSize> sizes) => new SiteSync(moto.Client(), TimeProvider.System, NullLogger<SiteSync>.Instance)
        .RunAsync(new SiteSyncRequest { Directory = _site.Path, Bucket = bucket, Sizes = sizes }, TestContext.Current.CancellationToken);
}
