namespace Tiketi.Pipeline.Images;

/// <summary>
/// Names an image by everything that it is made from, so that an image with this name need not be built again. The same on
/// every machine: no times, owners, absolute paths or file orders go in; of the mode only whether a file is executable.
/// </summary>
public static class InputDigest
{
    /// <summary>Raised when the meaning of a digest changes, so that images of the former kind are never taken for new ones.</summary>
    private const string Format = "tiketi-image-input 2";

    /// <summary>SHA-256 in lower-case hex.</summary>
    /// <param name="context">The context after its ignore rules, with the Dockerfile.</param>
    /// <param name="request">Arguments, target and platform. Labels, service and repository name are no inputs.</param>
    /// <param name="baseImages">What each image that the Dockerfile names (FROM, COPY --from) stands for right now.</param>
    /// <param name="builder">The builder's name and major version.</param>
    public static string Compute(BuildContext context, ImageRequest request, IReadOnlyDictionary<string, string> baseImages, string builder)
    {
        using var hash = new DigestWriter();
        hash.Add(Format, builder, request.Platform, request.Target ?? "", context.DockerfileText, context.Files.Digest);
        hash.Add(request.BuildArguments);
        hash.Add(baseImages);
        if (builder == BuildxBuild.Name)
        {
            hash.Add([.. context.Files.Closed]); // it takes the files as they are; the classic one gets a stream of our own making
        }

        return hash.Finish();
    }

    /// <summary>The image tag that a digest becomes: short enough to read, long enough (96 bits) never to clash.</summary>
    public static string Tag(string digest) => "input-" + digest[..24];
}
