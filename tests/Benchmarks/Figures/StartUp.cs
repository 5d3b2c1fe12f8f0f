using Tiketi.Benchmarks.Measuring;

namespace Tiketi.Benchmarks.Figures;

/// <summary>
/// What the engine adds to each run: the build as compiled for everyday use (Debug) against a program that only says hello.
/// The target is Clean in an empty root, where it finds nothing to do.
/// </summary>
internal sealed class StartUp(string name, string repository, Func<string, (string Program, string[] Arguments)> command) : Figure(name)
{
    private const int Runs = 7;

    public static StartUp Help(string repository) => new("start-up-help", repository, _ => ("dotnet", ["exec", Build(repository), "--help"]));

    public static StartUp Target(string repository) => new("start-up-target", repository, root => ("dotnet", ["exec", Build(repository), "Clean", "--root", root]));

    /// <summary>The whole of ./build.sh with nothing changed: looking for changes included.</summary>
    public static StartUp Script(string repository) => new("start-up-script", repository, root => (Path.Combine(repository, "build.sh"), ["Clean", "--root", root]));

    public override async Task<Measurement> MeasureAsync(CancellationToken cancellationToken)
    {
        var root = Directory.CreateTempSubdirectory("tiketi-start-up-");
        try
        {
            root.CreateSubdirectory(".nuke");
            var (program, arguments) = command(root.FullName);
            var (ours, peer) = await LeastOfAsync(
                Runs,
                () => SecondsAsync(program, arguments),
                () => SecondsAsync("dotnet", ["exec", Hello(repository)]));
            return new Measurement(ours, peer, "s", Goal.AtMostPeerPlus(0.35, "s"));
        }
        finally
        {
            root.Delete(recursive: true);
        }

        async Task<double> SecondsAsync(string program, string[] arguments) => (await Cpu.OfProcessAsync(root.FullName, program, arguments, cancellationToken)).Seconds;
    }

    private static string Build(string repository) => Path.Combine(repository, "build", "bin", "Release", "_build.dll");

    private static string Hello(string repository) => Path.Combine(repository, "tests", "Benchmarks", "Hello", "bin", "Release", "net10.0", "Hello.dll");
}
