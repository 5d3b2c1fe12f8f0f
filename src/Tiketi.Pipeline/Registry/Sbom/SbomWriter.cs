using Docker.DotNet;
using Tiketi.Pipeline.Images;

namespace Tiketi.Pipeline.Registry.Sbom;

/// <summary>Writes for each image what is in it, as a CycloneDX document SERVICE.cdx.json. One that is about the same image stays.</summary>
public sealed class SbomWriter(IDockerClient docker)
{
    /// <param name="images">As they were published, each with what BuildImages left of it on the engine.</param>
    /// <param name="directory">Where the documents are; made if need be.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>One for each image; an image that only the registry has is not downloaded for it.</returns>
    /// <exception cref="PipelineException">The engine refuses.</exception>
    public async Task<IReadOnlyList<SbomResult>> WriteAsync(IReadOnlyList<(PublishedImage Published, BuiltImage Built)> images, string directory, CancellationToken cancellationToken = default)
    {
        Directory.CreateDirectory(directory);
        var results = new SbomResult[images.Count];
        await Parallel.ForEachAsync(
            Enumerable.Range(0, images.Count),
            cancellationToken,
            async (index, token) => results[index] = await WriteAsync(images[index].Published, images[index].Built.LocalReference, directory, token));
        return results;
    }

    private async Task<SbomResult> WriteAsync(PublishedImage image, string localReference, string directory, CancellationToken cancellationToken)
    {
        var file = Path.Combine(directory, $"{image.Service}.cdx.json");
        if (File.Exists(file))
        {
            if (CycloneDx.Read(await File.ReadAllTextAsync(file, cancellationToken)) is { } present && present.Digest == image.Digest)
            {
                return new SbomResult(image.Service, file, present.Components);
            }

            File.Delete(file); // it is about another image: better none than a wrong one
        }

        if (await new ImageInventory(docker).ReadAsync(localReference, cancellationToken) is not { } components)
        {
            return new SbomResult(image.Service, File: null, 0, "only the registry has the image: its SBOM is an artifact of the run that pushed it");
        }

        var temporary = file + ".tmp";
        await File.WriteAllTextAsync(temporary, CycloneDx.Write(image, components), cancellationToken);
        File.Move(temporary, file, overwrite: true);
        return new SbomResult(image.Service, file, components.Count);
    }
}
