using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using Docker.DotNet;
using Docker.DotNet.Models;
using Tiketi.LocalCloud.Lifecycle;

namespace Tiketi.LocalCloud.Engine;

/// <summary>Makes base images out of Debian's packages where no registry can be reached: one minimal system, and on it an image a purpose, side by side.</summary>
internal sealed class DebianBootstrap(IDockerClient client, DebianRecipe recipe, string stateDirectory, Action<string> say)
{
    private const string Remedy = "Make an image registry reachable, load the images yourself ('docker load'), or mend what the log names.";

    private readonly string _work = Path.Combine(stateDirectory, "bootstrap");

    /// <exception cref="LocalCloudException">A tool is missing and can't be installed, a mirror does not answer, or a package fails.</exception>
    public async Task BuildAsync(IReadOnlyList<Base> images, CancellationToken cancellationToken)
    {
        say($"No image registry can be reached: bootstrapping {string.Join(", ", images.Select(image => image.Name))} from Debian's packages (once, about a minute).");
        await RequireSameArchitectureAsync(cancellationToken);
        var tools = new[] { "mmdebstrap" }.Where(tool => Tool.Find(tool) is null)
            .Concat(File.Exists("/usr/share/keyrings/debian-archive-keyring.gpg") ? [] : ["debian-archive-keyring"]).ToList();
        if (tools.Count > 0)
        {
            await AptPackages.InstallAsync(tools, stateDirectory, say, cancellationToken);
        }

        Directory.CreateDirectory(_work);
        try
        {
            var npm = images.Contains(Base.Node) ? PackNpmAsync(cancellationToken) : Task.FromResult("");
            await Task.WhenAll(BaseSystemAsync(cancellationToken), npm);
            var proxy = await ProxyAsync(cancellationToken);
            await Task.WhenAll(images.Select(image => BuildAsync(image, npm.Result, proxy, cancellationToken)));
        }
        finally
        {
            Directory.Delete(_work, recursive: true);
        }
    }

    private async Task RequireSameArchitectureAsync(CancellationToken cancellationToken)
    {
        var engine = (await client.System.GetVersionAsync(cancellationToken)).Arch;
        var here = System.Runtime.InteropServices.RuntimeInformation.OSArchitecture switch
        {
            System.Runtime.InteropServices.Architecture.X64 => "amd64",
            System.Runtime.InteropServices.Architecture.Arm64 => "arm64",
            var other => other.ToString().ToLowerInvariant(),
        };
        if (engine != here || !OperatingSystem.IsLinux())
        {
            throw new LocalCloudException($"The base images can't be bootstrapped: this machine is {here}, the Docker engine runs {engine} on Linux.", Remedy);
        }
    }

    private async Task BaseSystemAsync(CancellationToken cancellationToken)
    {
        var tar = Path.Combine(_work, "base.tar");
        List<string> arguments = ["--variant=minbase", "--aptopt=Acquire::Languages \"none\"", "--format=tar"];
        arguments.AddRange(DebianRecipe.DpkgOptions.Select(option => "--dpkgopt=" + option));
        if (recipe.CertificateBundle is { } bundle)
        {
            var copy = Path.Combine(_work, "ca-certificates.crt"); // a name without characters that the hook's shell would read
            File.Copy(bundle, copy);
            arguments.Add("--customize-hook=mkdir -p \"$1/etc/ssl/certs\" && cp ca-certificates.crt \"$1/etc/ssl/certs/ca-certificates.crt\"");
        }

        arguments.AddRange([DebianRecipe.Suite, tar, .. AptSources.For(DebianRecipe.Suite, "/etc/apt")]);
        await Tool.RunAsync("mmdebstrap", arguments, Path.Combine(stateDirectory, "bootstrap.log"), Remedy, cancellationToken, workingDirectory: _work);
        var (repository, tag) = Split(recipe.BaseTag);
        await using var stream = File.OpenRead(tar);
        var problem = new BuildLog();
        await client.Images.CreateImageAsync(
            new ImagesCreateParameters { FromSrc = "-", Repo = repository, Tag = tag, Changes = ["CMD [\"bash\"]"] }, stream, new AuthConfig(), problem, cancellationToken);
        problem.ThrowIfFailed("the Debian base system", Remedy);
    }

    /// <summary>npm's own tarball, fetched by the host's npm with all its settings (registry, proxy, credentials).</summary>
    private async Task<string> PackNpmAsync(CancellationToken cancellationToken)
    {
        await Tool.RunAsync(
            "npm", ["pack", DebianRecipe.Npm, "--pack-destination", _work, "--loglevel", "error"],
            Path.Combine(stateDirectory, "bootstrap.log"), "Install Node.js with npm, and see that it reaches its registry ('npm ping').", cancellationToken);
        return Directory.EnumerateFiles(_work, "npm-*.tgz").Single();
    }

    private async Task BuildAsync(Base image, string npmTarball, string? proxy, CancellationToken cancellationToken)
    {
        using var context = new MemoryStream();
        await using (var tar = new TarWriter(context, TarEntryFormat.Pax, leaveOpen: true))
        {
            Add(tar, "Dockerfile", Encoding.UTF8.GetBytes(recipe.Dockerfile(image)));
            if (image == Base.Node)
            {
                await CopyNpmAsync(npmTarball, tar, cancellationToken);
                if (recipe.CertificateBundle is { } bundle)
                {
                    Add(tar, "ca-certificates.crt", await File.ReadAllBytesAsync(bundle, cancellationToken));
                }
            }
        }

        context.Position = 0;
        var log = new BuildLog();
        var parameters = new ImageBuildParameters
        {
            Tags = [recipe.Tag(image)],
            Version = "1",
            NetworkMode = "host", // the mirror may be reachable from the host alone
            Remove = true,
            ForceRemove = true,
            BuildArgs = new Dictionary<string, string>(StringComparer.Ordinal),
        };
        if (proxy is not null)
        {
            parameters.BuildArgs["http_proxy"] = parameters.BuildArgs["https_proxy"] = proxy; // predefined arguments: they leave no trace in the image
        }

        await client.Images.BuildImageFromDockerfileAsync(parameters, context, authConfigs: [], headers: new Dictionary<string, string>(StringComparer.Ordinal), log, cancellationToken);
        log.ThrowIfFailed($"the {image.Name} image", Remedy);
        say($"  {recipe.Tag(image)}");
    }

    private static async Task CopyNpmAsync(string tarball, TarWriter target, CancellationToken cancellationToken)
    {
        await using var packed = new GZipStream(File.OpenRead(tarball), CompressionMode.Decompress);
        await using var source = new TarReader(packed);
        while (await source.GetNextEntryAsync(copyData: true, cancellationToken) is { } entry)
        {
            if (entry.EntryType is TarEntryType.RegularFile or TarEntryType.V7RegularFile)
            {
                var name = "npm" + entry.Name[entry.Name.IndexOf('/', StringComparison.Ordinal)..];
                await target.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = entry.DataStream ?? Stream.Null, Mode = entry.Mode, ModificationTime = DateTimeOffset.UnixEpoch }, cancellationToken);
            }
        }
    }

    private static void Add(TarWriter tar, string name, byte[] content)
        => tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content), ModificationTime = DateTimeOffset.UnixEpoch });

    /// <summary>The proxy that apt is told to use, else the environment's.</summary>
    private async Task<string?> ProxyAsync(CancellationToken cancellationToken)
    {
        var configured = Tool.Find("apt-config") is null
            ? ""
            : await Tool.RunAsync("apt-config", ["dump", "--no-empty", "--format", "%v", "Acquire::http::Proxy"], Path.Combine(stateDirectory, "apt.log"), Remedy, cancellationToken);
        return configured.Trim() is { Length: > 0 } proxy and not "DIRECT"
            ? proxy
            : Environment.GetEnvironmentVariable("http_proxy") ?? Environment.GetEnvironmentVariable("HTTP_PROXY");
    }

    private static (string Repository, string Tag) Split(string reference)
        => (reference[..reference.LastIndexOf(':')], reference[(reference.LastIndexOf(':') + 1)..]);
}

/// <summary>The engine's answer to a build or import: a stream of lines in which a failure is just another message.</summary>
internal sealed class BuildLog : IProgress<JSONMessage>
{
    private readonly Queue<string> _last = new();
    private string? _error;

    public void Report(JSONMessage value)
    {
        _error ??= value.Error?.Message;
        foreach (var line in (value.Stream ?? value.Status ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            _last.Enqueue("  " + line);
            if (_last.Count > 15)
            {
                _last.Dequeue();
            }
        }
    }

    public void ThrowIfFailed(string what, string remedy)
    {
        if (_error is not null)
        {
            throw new LocalCloudException($"Making {what} failed: {_error}\n{string.Join('\n', _last)}", remedy);
        }
    }
}
