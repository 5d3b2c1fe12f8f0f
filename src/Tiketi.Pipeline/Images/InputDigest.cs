using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Tiketi.Pipeline.Images;

/// <summary>
/// Names an image by everything that it is made from, so that an image with this name need not be built again. The same on
/// every machine: no times, owners, absolute paths or file orders go in; of the mode only whether a file is executable.
/// </summary>
public static class InputDigest
{
    /// <summary>Raised when the meaning of a digest changes, so that images of the former kind are never taken for new ones.</summary>
    private const string Format = "tiketi-image-input 1";

    /// <summary>SHA-256 in lower-case hex.</summary>
    /// <param name="context">The context after its ignore rules, with the Dockerfile.</param>
    /// <param name="request">Arguments, target and platform. Labels, service and repository name are no inputs.</param>
    /// <param name="baseImages">What each image that the Dockerfile names (FROM, COPY --from) stands for right now.</param>
    /// <param name="builder">The builder's name and major version.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static string Compute(
        BuildContext context, ImageRequest request, IReadOnlyDictionary<string, string> baseImages, string builder, CancellationToken cancellationToken = default)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add(hash, Format, builder, request.Platform, request.Target ?? "", context.DockerfileText);
        Add(hash, request.BuildArguments);
        Add(hash, baseImages);
        Span<byte> content = stackalloc byte[SHA256.HashSizeInBytes];
        foreach (var entry in context.Entries)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Add(hash, entry.Kind.ToString(), entry.Path, entry.IsExecutable ? "x" : "", entry.LinkTarget ?? "");
            if (entry.Kind == ContextEntryKind.File)
            {
                using var file = entry.Open();
                SHA256.HashData(file, content);
                hash.AppendData(content);
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>The image tag that a digest becomes: short enough to read, long enough (96 bits) never to clash.</summary>
    public static string Tag(string digest) => "input-" + digest[..24];

    private static void Add(IncrementalHash hash, IReadOnlyDictionary<string, string> pairs)
    {
        Add(hash, pairs.Count.ToString());
        foreach (var (name, value) in pairs.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            Add(hash, name, value);
        }
    }

    /// <summary>Each text with its length before it: no two lists of texts ever give the same bytes.</summary>
    private static void Add(IncrementalHash hash, params ReadOnlySpan<string> texts)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        foreach (var text in texts)
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
            hash.AppendData(length);
            hash.AppendData(bytes);
        }
    }
}
