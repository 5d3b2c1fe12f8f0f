using System.Globalization;
using System.Xml.Linq;
using Tiketi.LocalCloud.S3.Storage;

namespace Tiketi.LocalCloud.S3.Operations;

/// <summary>The parts that CompleteMultipartUpload names, checked against those that arrived.</summary>
internal static class PartSelection
{
    private const long SmallestPart = 5 * 1024 * 1024;

    /// <exception cref="S3Exception">MalformedXML, InvalidPartOrder, InvalidPart, EntityTooSmall.</exception>
    public static IReadOnlyList<UploadPart> Choose(Upload upload, XElement document)
    {
        List<UploadPart> parts = [];
        foreach (var element in document.Elements("Part"))
        {
            var number = int.TryParse(element.Element("PartNumber")?.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var parsed) ? parsed : throw S3Errors.MalformedXml();
            if (parts.Count > 0 && number <= parts[^1].Number)
            {
                throw new S3Exception(400, "InvalidPartOrder", "The list of parts was not in ascending order. Parts must be ordered by part number.", ("UploadId", upload.Id));
            }

            parts.Add(Match(upload, number, element));
        }

        if (parts.Count == 0)
        {
            throw S3Errors.MalformedXml();
        }

        if (parts.SkipLast(1).FirstOrDefault(part => part.Size < SmallestPart) is { } small)
        {
            throw new S3Exception(
                400, "EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size",
                ("ProposedSize", small.Size.ToString()), ("MinSizeAllowed", SmallestPart.ToString()), ("PartNumber", small.Number.ToString()), ("ETag", small.ETag));
        }

        return parts;
    }

    /// <summary>COMPOSITE: the checksum of the parts' checksums, with their number. FULL_OBJECT: that of the joined content.</summary>
    public static ObjectChecksum Combine(string algorithm, IReadOnlyList<UploadPart> parts, Checksum? whole)
    {
        if (whole is not null)
        {
            return new ObjectChecksum(algorithm, Convert.ToBase64String(whole.Finish()));
        }

        using var checksum = Checksum.Create(algorithm);
        foreach (var part in parts)
        {
            checksum.Append(Convert.FromBase64String(part.Checksum!));
        }

        return new ObjectChecksum(algorithm, $"{Convert.ToBase64String(checksum.Finish())}-{parts.Count}", "COMPOSITE");
    }

    private static UploadPart Match(Upload upload, int number, XElement element)
    {
        var etag = element.Element("ETag")?.Value.Trim('"');
        var declared = upload.Document.ChecksumAlgorithm is { } algorithm ? element.Element("Checksum" + algorithm)?.Value : null;
        return upload.FindPart(number) is { } part && part.ETag == etag && (declared is null || declared == part.Checksum)
            ? part
            : throw new S3Exception(
                400, "InvalidPart", "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
                ("UploadId", upload.Id), ("PartNumber", number.ToString()), ("ETag", etag ?? ""));
    }
}
