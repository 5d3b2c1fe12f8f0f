using System.Formats.Tar;
using System.Text;
using System.Text.RegularExpressions;
using Docker.DotNet;
using Docker.DotNet.Models;

namespace Tiketi.Pipeline.Registry.Sbom;

/// <summary>
/// Finds out what is in an image by its own package lists: dpkg's, apk's, and the package.json files of node_modules in the
/// working directory and where npm installs globally. They are read from a container that is made and never started.
/// </summary>
internal sealed partial class ImageInventory(IDockerClient docker)
{
    private static readonly string[] Lists = ["/usr/lib/os-release", "/var/lib/dpkg/status", "/var/lib/dpkg/status.d", "/lib/apk/db/installed", "/usr/lib/apk/db/installed"];
    private static readonly string[] GlobalModules = ["/usr/local/lib/node_modules", "/usr/lib/node_modules"];

    /// <returns>Each package once, in the order of their package URLs; null when the engine lacks the image.</returns>
    /// <exception cref="PipelineException">The engine refuses.</exception>
    public async Task<IReadOnlyList<Component>?> ReadAsync(string image, CancellationToken cancellationToken)
    {
        string container;
        string workingDirectory;
        try
        {
            workingDirectory = (await docker.Images.InspectImageAsync(image, cancellationToken)).Config?.WorkingDir ?? "";
            container = (await docker.Containers.CreateContainerAsync(new CreateContainerParameters { Image = image, Cmd = ["never-started"] }, cancellationToken)).ID;
        }
        catch (DockerImageNotFoundException)
        {
            return null;
        }
        catch (DockerApiException exception)
        {
            throw new PipelineException($"The engine does not show what is in {image}: {exception.ResponseBody ?? exception.Message}", "See the engine's own log; it must be able to create containers.", exception);
        }

        try
        {
            var files = new Dictionary<string, byte[]>(StringComparer.Ordinal);
            foreach (var path in Lists.Concat(GlobalModules).Append($"{workingDirectory.TrimEnd('/')}/node_modules"))
            {
                await ReadAsync(container, path, files, cancellationToken);
            }

            return Components(files);
        }
        finally
        {
            await docker.Containers.RemoveContainerAsync(container, new ContainerRemoveParameters { Force = true, RemoveVolumes = true }, CancellationToken.None);
        }
    }

    private static IReadOnlyList<Component> Components(IReadOnlyDictionary<string, byte[]> files)
    {
        string Text(string path) => files.TryGetValue(path, out var bytes) ? Encoding.UTF8.GetString(bytes) : "";
        var release = PackageLists.OsRelease(Text("/usr/lib/os-release"));
        var debian = files.Keys.Where(path => path == "/var/lib/dpkg/status" || path.StartsWith("/var/lib/dpkg/status.d/", StringComparison.Ordinal)).SelectMany(path => PackageLists.Dpkg(Text(path), release));
        var alpine = files.Keys.Where(path => path.EndsWith("/apk/db/installed", StringComparison.Ordinal)).SelectMany(path => PackageLists.Apk(Text(path), release));
        var node = files.Where(file => PackageFile().IsMatch(file.Key)).Select(file => PackageLists.Npm(file.Value)).OfType<Component>();
        return [.. debian.Concat(alpine).Concat(node).DistinctBy(component => component.Purl).OrderBy(component => component.Purl, StringComparer.Ordinal)];
    }

    /// <summary>A file, or the files of interest below a folder. What is not there is not there.</summary>
    private async Task ReadAsync(string container, string path, Dictionary<string, byte[]> files, CancellationToken cancellationToken)
    {
        ContainerArchiveResponse archive;
        try
        {
            archive = await docker.Containers.GetArchiveFromContainerAsync(container, new ContainerPathStatParameters { Path = path }, statOnly: false, cancellationToken);
        }
        catch (DockerApiException exception) when (exception.StatusCode == System.Net.HttpStatusCode.NotFound)
        {
            return;
        }

        var parent = path[..path.LastIndexOf('/')];
        using var contents = new MemoryStream(); // the engine's stream can't be asked again after its end, and a tar reader does that
        await using (var stream = archive.Stream!) // null only for a mere look (statOnly)
        {
            await stream.CopyToAsync(contents, cancellationToken);
        }

        contents.Position = 0;
        await using var tar = new TarReader(contents);
        while (await tar.GetNextEntryAsync(copyData: false, cancellationToken) is { } entry)
        {
            var name = $"{parent}/{entry.Name.TrimEnd('/')}";
            if (entry.DataStream is { } content && (PackageFile().IsMatch(name) || !name.Contains("/node_modules/", StringComparison.Ordinal)))
            {
                using var memory = new MemoryStream();
                await content.CopyToAsync(memory, cancellationToken);
                files[name] = memory.ToArray();
            }
        }
    }

    /// <summary>The package.json of a package itself, not those deeper inside of it.</summary>
    [GeneratedRegex("/node_modules/(@[^/]+/)?[^/@][^/]*/package\\.json$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex PackageFile();
}
