using System.Diagnostics;
using System.Globalization;
using Tiketi.Benchmarks.Measuring;

namespace Tiketi.Benchmarks.Figures;

/// <summary>
/// Five services into a registry, against the guide's script: log in, then one after another docker build, tag, push, and look
/// with describe-images. Same engine, same run, a registry of its own for each, so that neither finds layers of the other, and
/// one more that the base image came from.
/// Seconds of the wall clock: much of it is waiting.
/// </summary>
internal sealed class ImageRuns(string name, string repository, Goal goal, Func<ImageRuns.Contest, string, CancellationToken, Task<(double Ours, double Peer)>> measure) : Figure(name)
{
    private const int Runs = 3;
    private const int ColdRuns = 2;

    /// <summary>The settings of build/_build.csproj that matter to a process of a second.</summary>
    private static readonly Dictionary<string, string?> AsTheBuild = new(StringComparer.Ordinal) { ["DOTNET_TieredPGO"] = "0" };

    /// <summary>Nothing is there but the base image; no step comes from a cache.</summary>
    public static ImageRuns Cold(string repository) => new("images-cold", repository, Goal.AtLeastTimesFaster(1.4), (contest, node, token) => ColdAsync(repository, node, contest));

    /// <summary>Nothing has changed. Ours for the first time in a new process, compiling included; its start is the figure start-up-target.</summary>
    public static ImageRuns Unchanged(string repository) => new("images-unchanged", repository, Goal.AtLeastTimesFaster(10), (contest, _, token) => UnchangedAsync(contest, isWhole: false, token));

    /// <summary>The same with the process's start and end: how long one waits for it.</summary>
    public static ImageRuns NoChange(string repository) => new("images-no-change", repository, Goal.AtMost(1.5, "s"), (contest, _, token) => UnchangedAsync(contest, isWhole: true, token));

    public override async Task<Measurement> MeasureAsync(CancellationToken cancellationToken)
    {
        await using var hub = await BaseImageHub.StartAsync(cancellationToken);
        await using var contest = await Contest.StartAsync(repository, hub.Node);
        var (ours, peer) = await measure(contest, hub.Node, cancellationToken);
        return new Measurement(ours, peer, "s", goal);
    }

    /// <summary>The least of some runs, each with empty registries: in the first one, the registries' own code is still being compiled.</summary>
    private static async Task<(double Ours, double Peer)> ColdAsync(string repository, string node, Contest contest)
    {
        var (ours, peer) = await contest.ColdAsync();
        for (var run = 1; run < ColdRuns; run++)
        {
            await using var next = await Contest.StartAsync(repository, node);
            var (again, peerAgain) = await next.ColdAsync();
            (ours, peer) = (Math.Min(ours, again), Math.Min(peer, peerAgain));
        }

        return (ours, peer);
    }

    private static async Task<(double Ours, double Peer)> UnchangedAsync(Contest contest, bool isWhole, CancellationToken cancellationToken)
    {
        await contest.ColdAsync();
        return await LeastOfAsync(Runs, () => contest.OursAgainAsync(isWhole, cancellationToken), () => contest.ScriptAsync(isCold: false));
    }

    /// <summary>Both, each with its registry.</summary>
    internal sealed class Contest : IAsyncDisposable
    {
        private readonly ImageRun _ours;
        private readonly ImageRun _peer;
        private readonly DirectoryInfo _login = Directory.CreateTempSubdirectory("tiketi-bench-");

        private Contest(ImageRun ours, ImageRun peer) => (_ours, _peer) = (ours, peer);

        public static async Task<Contest> StartAsync(string repository, string node) => new(await ImageRun.StartAsync(repository, node, "ours"), await ImageRun.StartAsync(repository, node, "peer"));

        /// <summary>Ours first: what the engine learns by that (packages in npm's and the disk's caches) helps the peer.</summary>
        public async Task<(double Ours, double Peer)> ColdAsync()
        {
            var start = Stopwatch.GetTimestamp();
            var (built, pushed, _) = await _ours.RunAsync(noCache: true);
            var ours = Stopwatch.GetElapsedTime(start).TotalSeconds;
            return (built, pushed) == (5, 5) ? (ours, await ScriptAsync(isCold: true)) : throw new NotMeasuredException($"{built} images were built and {pushed} pushed, not 5.");
        }

        public async Task<double> OursAgainAsync(bool isWhole, CancellationToken cancellationToken)
        {
            var start = Stopwatch.GetTimestamp();
            var (_, output) = await Cpu.OfProcessAsync(Path.GetTempPath(), "dotnet", ["exec", typeof(ImageRuns).Assembly.Location, .. _ours.ChildArguments], cancellationToken, AsTheBuild);
            var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            return output.Split('\n') is ["0 0 5", var inside, ..]
                ? isWhole ? seconds : double.Parse(inside, CultureInfo.InvariantCulture)
                : throw new NotMeasuredException($"Built, pushed and asked '{output.Trim()}', not '0 0 5'.");
        }

        public async Task<double> ScriptAsync(bool isCold)
        {
            var aws = $"AWS_ENDPOINT_URL=http://{_peer.Host} AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_DEFAULT_REGION={ImageRegistry.Region} aws ecr";
            var docker = $"docker --config '{_login.FullName}'";
            var services = _peer.Requests.Select(request =>
            {
                var image = $"{_peer.Host}/{request.Repository}";
                return $"docker build -q {(isCold ? "--no-cache " : "")}--build-arg NODE_IMAGE={request.BuildArguments["NODE_IMAGE"]} -t {image}:v1.0.0 '{request.Context}'"
                    + $" && docker tag {image}:v1.0.0 {image}:latest && {docker} push -q {image}:v1.0.0 && {docker} push -q {image}:latest"
                    + $" && {aws} describe-images --repository-name {request.Repository}";
            });
            var script = $"{aws} get-login-password | {docker} login --username AWS --password-stdin {_peer.Host} && {string.Join(" && ", services)}";
            var start = Stopwatch.GetTimestamp();
            await Cpu.OfProcessAsync(Path.GetTempPath(), "sh", ["-c", script], CancellationToken.None);
            return Stopwatch.GetElapsedTime(start).TotalSeconds;
        }

        public async ValueTask DisposeAsync()
        {
            await _ours.DisposeAsync();
            await _peer.DisposeAsync();
            _login.Delete(recursive: true);
        }
    }
}
