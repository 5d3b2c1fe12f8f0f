using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;

namespace Tiketi.Acceptance;

/// <summary>A fresh copy of the repository, as a clone would be, with a local cloud on ports of its own.</summary>
internal sealed class Checkout
{
    private Checkout(string root, int[] ports)
    {
        Root = root;
        (AwsPort, KubernetesPort, IngressPort, CdnPort) = (ports[0], ports[1], ports[2], ports[3]);
    }

    public string Root { get; }

    /// <summary>The environment that is deployed.</summary>
    public string Environment => "local";

    public int AwsPort { get; }

    public int KubernetesPort { get; }

    public int IngressPort { get; }

    public int CdnPort { get; }

    public Uri Api => new($"http://localhost:{IngressPort}");

    public Uri Site => new($"http://localhost:{CdnPort}");

    public static async Task<Checkout> CreateAsync()
    {
        var source = Repository.Root;
        var root = Directory.CreateTempSubdirectory("tiketi-").FullName;
        var files = (await Command.RunAsync("git", ["ls-files", "-co", "--exclude-standard"], source)).ShouldSucceed().Output
            .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        foreach (var file in files.Where(file => File.Exists(Path.Combine(source, file))))
        {
            var target = Path.Combine(root, file);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(Path.Combine(source, file), target); // File.Copy keeps the executable bit
        }

        var checkout = new Checkout(root, FreePorts.Take(8));
        checkout.Edit("environments/local.yaml", text => text
            .Replace("8081", $"{checkout.CdnPort}", StringComparison.Ordinal)
            .Replace("8080", $"{checkout.IngressPort}", StringComparison.Ordinal)
            .Replace("4566", $"{checkout.AwsPort}", StringComparison.Ordinal)
            .Replace("4567", $"{checkout.KubernetesPort}", StringComparison.Ordinal));
        foreach (var arguments in new string[][] { ["init", "-q"], ["add", "-A"], ["-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-qm", "A fresh clone"] })
        {
            (await Command.RunAsync("git", arguments, root)).ShouldSucceed();
        }

        return checkout;
    }

    /// <summary>Runs <c>./build.sh</c>.</summary>
    public Task<Command.Result> BuildAsync(params string[] arguments) => BuildAsync([], arguments);

    /// <summary>Runs <c>./build.sh</c> with these environment variables besides.</summary>
    public Task<Command.Result> BuildAsync(Dictionary<string, string?> environment, params string[] arguments) => BuildAsync("./build.sh", environment, arguments);

    /// <summary>Runs the build.sh of the repository itself for this checkout, so that nothing has to be compiled again.</summary>
    public Task<Command.Result> RunAsync(params string[] arguments)
    {
        var localCloud = Path.Combine(Root, "src", "Tiketi.LocalCloud", "bin");
        if (!Directory.Exists(localCloud))
        {
            Directory.CreateSymbolicLink(localCloud, Path.Combine(Repository.Root, "src", "Tiketi.LocalCloud", "bin"));
        }

        return BuildAsync(Path.Combine(Repository.Root, "build.sh"), [], [.. arguments, "--root", Root]);
    }

    /// <summary>Runs the AWS CLI against the local cloud; it must succeed.</summary>
    public async Task<string> AwsAsync(params string[] arguments) => (await Command.RunAsync("aws", arguments, Root, new Dictionary<string, string?>(StringComparer.Ordinal)
    {
        ["AWS_ENDPOINT_URL"] = $"http://127.0.0.1:{AwsPort}",
        ["AWS_ACCESS_KEY_ID"] = "test",
        ["AWS_SECRET_ACCESS_KEY"] = "test",
        ["AWS_DEFAULT_REGION"] = "ap-northeast-2",
        ["AWS_PAGER"] = "",
        ["AWS_DEFAULT_OUTPUT"] = "json",
    })).ShouldSucceed().Output;

    private Task<Command.Result> BuildAsync(string script, Dictionary<string, string?> environment, string[] arguments) =>
        Command.RunAsync("bash", [script, .. arguments], Root, new Dictionary<string, string?>(environment, StringComparer.Ordinal)
        {
            // a developer's laptop, not the CI server that these tests may run on
            ["CI"] = null,
            ["GITHUB_ACTIONS"] = null,
            ["TERM"] = "dumb",
        }, TimeSpan.FromMinutes(15));

    /// <summary>Deletes it, with the stopped containers and the databases' volumes that its local cloud has left on the engine. The cloud must be down.</summary>
    public async Task DeleteAsync()
    {
        var identity = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(Root, ".nuke/temp/local-cloud/identity.json")))!["name"];
        var containers = await Command.RunAsync("docker", ["ps", "-aq", "--filter", $"label=tiketi.local-cloud={identity}"], Root);
        if (containers.ExitCode == 0 && Lines(containers) is { Length: > 0 } ids) // they hold the volumes
        {
            (await Command.RunAsync("docker", ["rm", "-f", .. ids], Root)).ShouldSucceed();
        }

        var volumes = await Command.RunAsync("docker", ["volume", "ls", "-q", "--filter", $"label=tiketi.local-cloud={identity}"], Root);
        if (volumes.ExitCode == 0 && Lines(volumes) is { Length: > 0 } names) // else the engine was the cloud's own
        {
            (await Command.RunAsync("docker", ["volume", "rm", .. names], Root)).ShouldSucceed();
        }

        Directory.Delete(Root, recursive: true);

        static string[] Lines(Command.Result result) => result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }

    public void Edit(string file, Func<string, string> change)
    {
        var path = Path.Combine(Root, file);
        var before = File.ReadAllText(path);
        var after = change(before);
        after.Should().NotBe(before, "the edit of {0} must change something", file);
        File.WriteAllText(path, after);
    }

    /// <summary>What an outside client needs to talk to the local cloud, as <c>LocalStatus</c> tells a person.</summary>
    public async Task<Dictionary<string, string?>> ClientEnvironmentAsync()
    {
        var environment = File.ReadLines(Path.Combine(Root, ".nuke/temp/local-cloud.env"))
            .SelectMany(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1))
            .Select(setting => setting.Split('=', 2))
            .ToDictionary(setting => setting[0], setting => (string?)setting[1], StringComparer.Ordinal);
        environment["AWS_CA_BUNDLE"] = null;
        environment["DOCKER_CONFIG"] = Path.Combine(Root, ".nuke/temp/docker-config");
        if (!File.Exists(environment["KUBECONFIG"]))
        {
            (await Command.RunAsync("aws", ["eks", "update-kubeconfig", "--name", "tiketi-local"], Root, environment)).ShouldSucceed();
        }

        return environment;
    }
}
