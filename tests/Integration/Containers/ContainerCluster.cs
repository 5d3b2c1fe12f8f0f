using System.Diagnostics;
using System.Security.Cryptography;
using Tiketi.Integration.Contract;
using Tiketi.Integration.Kubernetes;
using Tiketi.Testing;

namespace Tiketi.Integration.Containers;

/// <summary>The local cloud's Kubernetes with pods that are real containers, and an image of a small service for them.</summary>
public sealed class ContainerCluster() : LocalKubernetes(Environment.GetEnvironmentVariable("DOCKER_HOST") ?? "unix:///var/run/docker.sock"), IContractCluster
{
    private static readonly string[] Applets = ["sh", "sleep", "cat", "false", "echo"];

    private int _namespaces;

    /// <summary>This machine's Node and BusyBox, and server.js.</summary>
    public string Image { get; private set; } = "";

    public bool IsOld => false;

    string IContractCluster.NewNamespace() => NewPodNamespace();

    public string NewPodNamespace() => $"pods-{Interlocked.Increment(ref _namespaces)}";

    public void RequireNode()
    {
        // it always has one: without an engine this fixture cannot start
    }

    public override async ValueTask InitializeAsync()
    {
        Image = await BuildImageAsync();
        await ContractImage.EnsureAsync();
        await base.InitializeAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        var identity = Identity;
        await base.DisposeAsync();
        var containers = (await RunAsync("docker", "ps", "-aq", "--filter", $"label=tiketi.local-cloud={identity}")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (containers.Length > 0)
        {
            await RunAsync("docker", ["rm", "-f", .. containers]);
        }

        // An engine may count the endpoint of a container that it has killed for good: then the network stays, and no test is the worse for it.
        TestContext.Current.SendDiagnosticMessage(await RunAsync("sh", "-c", $"docker network rm tiketi-local-cloud-{identity} 2>&1 || true"));
    }

    /// <summary>Of what this machine has, as nothing can be pulled everywhere; made once per engine and version of the service.</summary>
    private static async Task<string> BuildImageAsync()
    {
        var server = Path.Combine(Repository.Root, "tests/Integration/Containers/server.js");
        var reference = "tiketi-test/service:" + Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(server)))[..12];
        if ((await RunAsync("docker", "images", "-q", reference)).Length > 0)
        {
            return reference;
        }

        var root = Directory.CreateTempSubdirectory("tiketi-image-");
        try
        {
            var node = (await RunAsync("node", "-p", "process.execPath")).Trim();
            var libraries = (await RunAsync("ldd", node)).Split([' ', '\t', '\n']).Where(word => word.StartsWith('/'));
            foreach (var file in libraries)
            {
                Copy(root, file, file);
            }

            Copy(root, node, "/bin/node");
            Copy(root, "/bin/busybox", "/bin/busybox");
            Copy(root, server, "/app/server.js");
            foreach (var applet in Applets)
            {
                File.CreateSymbolicLink(Path.Combine(root.FullName, "bin", applet), "busybox");
            }

            var tar = Path.Combine(root.FullName, "image.tar");
            await RunAsync("tar", "-C", root.FullName, "--exclude=./image.tar", "-cf", tar, ".");
            await RunAsync("docker", "import", tar, reference);
            return reference;
        }
        finally
        {
            root.Delete(recursive: true);
        }
    }

    private static void Copy(DirectoryInfo root, string from, string to)
    {
        var target = Path.Combine(root.FullName, to.TrimStart('/'));
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        File.Copy(from, target, overwrite: true);
    }

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        process.ExitCode.Should().Be(0, "{0} says {1}", program, await error);
        return output;
    }
}

[CollectionDefinition(Name)]
public sealed class ContainerClusterCollection : ICollectionFixture<ContainerCluster>
{
    public const string Name = "a cluster with containers";
}
