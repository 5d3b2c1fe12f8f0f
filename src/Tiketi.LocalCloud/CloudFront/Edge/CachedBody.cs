using Microsoft.Win32.SafeHandles;
using Tiketi.LocalCloud.S3.Operations;

namespace Tiketi.LocalCloud.CloudFront.Edge;

/// <summary>
/// The content of a cached response. Small ones are in memory; a large one is an open handle on the object's content file,
/// which S3 never changes and which outlives the object's overwriting until the last handle is gone.
/// </summary>
internal sealed class CachedBody
{
    /// <summary>Bytes up to which a content is held in memory.</summary>
    public const long LargestInMemory = 1024 * 1024;

    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly SafeFileHandle? _file;

    public CachedBody(ReadOnlyMemory<byte> bytes) => (_bytes, Length) = (bytes, bytes.Length);

    private CachedBody(SafeFileHandle file, long length) => (_file, Length) = (file, length);

    public long Length { get; }

    /// <summary>Takes over the handle.</summary>
    public static async Task<CachedBody> ReadAsync(SafeFileHandle file, long length, CancellationToken cancellationToken)
    {
        if (length > LargestInMemory)
        {
            return new CachedBody(file, length);
        }

        using (file)
        {
            var bytes = new byte[length];
            using var memory = new MemoryStream(bytes);
            await ReadOperations.CopyAsync(file, 0, length, memory, cancellationToken);
            return new CachedBody(bytes);
        }
    }

    public async Task CopyToAsync(Stream target, long offset, long length, CancellationToken cancellationToken)
    {
        if (_file is null)
        {
            await target.WriteAsync(_bytes.Slice((int)offset, (int)length), cancellationToken);
        }
        else
        {
            await ReadOperations.CopyAsync(_file, offset, length, target, cancellationToken);
        }
    }
}
