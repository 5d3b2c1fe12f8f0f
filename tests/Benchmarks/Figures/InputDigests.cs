using System.Globalization;
using Tiketi.Benchmarks.Measuring;
using Tiketi.Pipeline.Images;

namespace Tiketi.Benchmarks.Figures;

/// <summary>
/// What it costs to know that none of five services has changed, 200 files of 16 KB each beside an ignored node_modules,
/// against hashing the same directories with tar and sha256sum. Each run is a process of its own: cold is its first time,
/// compiling included, with no file known; warm its second, with the hashes that the first has left on disk.
/// </summary>
internal sealed class InputDigests(string repository, bool warm) : Figure(warm ? "input-digest-warm" : "input-digest-cold")
{
    /// <summary>The argument by which this program becomes the measured process.</summary>
    public const string Child = "measure-input-digests";

    private const int Runs = 5;
    private const int Services = 5;
    private const int Files = 200;
    private const int FileSize = 16 * 1024;

    public override async Task<Measurement> MeasureAsync(CancellationToken cancellationToken)
    {
        var application = Directory.CreateDirectory(Path.Combine(repository, ".nuke", "temp", $"input-digests-{Guid.NewGuid():N}"));
        try
        {
            Generate(application.FullName);
            var (ours, theirs) = await LeastOfAsync(
                Runs,
                async () =>
                {
                    var (_, output) = await Cpu.OfProcessAsync(application.FullName, "dotnet", ["exec", typeof(InputDigests).Assembly.Location, application.FullName, Child], cancellationToken);
                    return double.Parse(output.Split('\n')[warm ? 1 : 0], CultureInfo.InvariantCulture);
                },
                async () => (await Cpu.OfProcessAsync(application.FullName, "sh", ["-c", "for context in service-*; do tar -c --exclude node_modules \"$context\" | sha256sum; done"], cancellationToken)).Seconds * 1000);
            return new Measurement(ours, theirs, "ms", Goal.AtMost(warm ? 50 : 300, "ms"));
        }
        finally
        {
            application.Delete(recursive: true);
        }
    }

    /// <summary>Prints the CPU milliseconds of the first and of the second time.</summary>
    public static async Task MeasureHereAsync(string application)
    {
        var known = Path.Combine(application, "file-hashes");
        File.Delete(known);
        foreach (var expectedReads in new[] { Services * (Files + 2), 0 })
        {
            var seconds = await Cpu.OfSelfAsync(() =>
            {
                var hashes = FileHashes.Load(known);
                var contexts = new ContextCache(hashes);
                foreach (var service in Directory.EnumerateDirectories(application, "service-*"))
                {
                    var request = new ImageRequest { Service = "service", Context = service, Dockerfile = Path.Combine(service, "Dockerfile"), Platform = "linux/amd64", Repository = "service" };
                    InputDigest.Compute(BuildContext.Scan(request.Context, request.Dockerfile, contexts), request, new Dictionary<string, string>(StringComparer.Ordinal), "builder 1");
                }

                hashes.Save();
                return hashes.FilesRead == expectedReads ? Task.CompletedTask : throw new InvalidOperationException($"{hashes.FilesRead} files were read, not {expectedReads}.");
            });
            Console.WriteLine((seconds * 1000).ToString(CultureInfo.InvariantCulture));
        }
    }

    private static void Generate(string application)
    {
        var random = new Random(1);
        var content = new byte[FileSize];
        for (var service = 0; service < Services; service++)
        {
            var root = Path.Combine(application, $"service-{service}");
            for (var file = 0; file < Files; file++)
            {
                random.NextBytes(content);
                Write(Path.Combine(root, "src", $"folder-{file % 20}", $"{file}.js"), content);
                Write(Path.Combine(root, "node_modules", $"package-{file}", "index.js"), content);
            }

            Write(Path.Combine(root, "Dockerfile"), "FROM scratch\nCOPY src /src\n"u8.ToArray());
            Write(Path.Combine(root, ".dockerignore"), "node_modules\n**/*.log\n.git\n"u8.ToArray());
        }
    }

    private static void Write(string file, byte[] content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllBytes(file, content);
    }
}
