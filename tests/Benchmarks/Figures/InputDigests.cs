using System.Globalization;
using Tiketi.Benchmarks.Measuring;
using Tiketi.Pipeline.Configuration;
using Tiketi.Pipeline.Images;

namespace Tiketi.Benchmarks.Figures;

/// <summary>
/// What it costs to know that none of the sample's five services has changed, against hashing the same directories with tar
/// and sha256sum. Each run is a process of its own: cold is its first time, compiling included, warm its second.
/// </summary>
internal sealed class InputDigests(string repository, bool warm) : Figure(warm ? "input-digest-warm" : "input-digest-cold")
{
    /// <summary>The argument by which this program becomes the measured process.</summary>
    public const string Child = "measure-input-digests";

    private const int Runs = 5;

    private readonly string _application = Path.Combine(repository, "samples", "tiketi");

    public override async Task<Measurement> MeasureAsync(CancellationToken cancellationToken)
    {
        var contexts = Services(_application).Select(service => service.Context);
        string[] peer = ["-c", "for context; do tar -c --exclude node_modules \"$context\" | sha256sum; done", "sh", .. contexts];
        var (ours, theirs) = await LeastOfAsync(
            Runs,
            async () =>
            {
                var (_, output) = await Cpu.OfProcessAsync(_application, "dotnet", ["exec", typeof(InputDigests).Assembly.Location, repository, Child], cancellationToken);
                return double.Parse(output.Split('\n')[warm ? 1 : 0], CultureInfo.InvariantCulture);
            },
            async () => (await Cpu.OfProcessAsync(_application, "sh", peer, cancellationToken)).Seconds * 1000);
        return new Measurement(ours, theirs, "ms", Goal.AtMost(warm ? 50 : 300, "ms"));
    }

    /// <summary>Prints the CPU milliseconds of the first and of the second time.</summary>
    public static async Task MeasureHereAsync(string repository)
    {
        var application = Path.Combine(repository, "samples", "tiketi");
        var requests = Services(application).Select(service => ImageRequest.For(service, application)).ToList();
        for (var time = 0; time < 2; time++)
        {
            var seconds = await Cpu.OfSelfAsync(() =>
            {
                foreach (var request in requests)
                {
                    InputDigest.Compute(BuildContext.Scan(request.Context, request.Dockerfile), request, new Dictionary<string, string>(StringComparer.Ordinal), "builder 1");
                }

                return Task.CompletedTask;
            });
            Console.WriteLine((seconds * 1000).ToString(CultureInfo.InvariantCulture));
        }
    }

    private static IReadOnlyList<ServiceDefinition> Services(string application) => ServiceCatalog.Load(application, "linux/amd64");
}
