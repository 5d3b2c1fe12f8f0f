using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Tiketi.LocalCloud.S3;

/// <summary>One of the checksums that S3 keeps with an object, fed piece by piece.</summary>
internal abstract class Checksum : IDisposable
{
    public static readonly IReadOnlyList<string> Algorithms = ["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"];

    private static readonly ulong[][] Crc32 = Crc.Tables(0xEDB88320);
    private static readonly ulong[][] Crc32C = Crc.Tables(0x82F63B78);
    private static readonly ulong[][] Crc64Nvme = Crc.Tables(0x9A6C9329AC4BC9B5);

    /// <summary>Name as in <c>x-amz-checksum-algorithm</c>, any case.</summary>
    public static Checksum Create(string algorithm) => algorithm.ToUpperInvariant() switch
    {
        "CRC32" => new Crc(Crc32, 4),
        "CRC32C" => new Crc(Crc32C, 4),
        "CRC64NVME" => new Crc(Crc64Nvme, 8),
        "SHA1" => new Sha(HashAlgorithmName.SHA1),
        "SHA256" => new Sha(HashAlgorithmName.SHA256),
        _ => throw S3Errors.InvalidRequest("Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]"),
    };

    public abstract void Append(ReadOnlySpan<byte> data);

    public abstract byte[] Finish();

    public abstract void Dispose();

    private sealed class Sha(HashAlgorithmName name) : Checksum
    {
        private readonly IncrementalHash _hash = IncrementalHash.CreateHash(name);

        public override void Append(ReadOnlySpan<byte> data) => _hash.AppendData(data);

        public override byte[] Finish() => _hash.GetHashAndReset();

        public override void Dispose() => _hash.Dispose();
    }

    /// <summary>A reflected CRC of 32 or 64 bits, eight bytes at a step.</summary>
    private sealed class Crc : Checksum
    {
        private readonly ulong[][] _tables;
        private readonly int _bytes;
        private ulong _state;

        public Crc(ulong[][] tables, int bytes)
        {
            (_tables, _bytes) = (tables, bytes);
            _state = Ones;
        }

        private ulong Ones => _bytes == 8 ? ulong.MaxValue : uint.MaxValue;

        public override void Append(ReadOnlySpan<byte> data)
        {
            var state = _state;
            while (data.Length >= 8)
            {
                var word = BinaryPrimitives.ReadUInt64LittleEndian(data) ^ state;
                state = 0;
                for (var i = 0; i < 8; i++)
                {
                    state ^= _tables[7 - i][(byte)(word >> (8 * i))];
                }

                data = data[8..];
            }

            foreach (var value in data)
            {
                state = (state >> 8) ^ _tables[0][(byte)(state ^ value)];
            }

            _state = state;
        }

        public override byte[] Finish()
        {
            Span<byte> all = stackalloc byte[8];
            BinaryPrimitives.WriteUInt64BigEndian(all, _state ^ Ones);
            _state = Ones;
            return all[(8 - _bytes)..].ToArray();
        }

        public override void Dispose()
        {
        }

        /// <summary>Table n steps a byte that is n bytes before the end of a word.</summary>
        public static ulong[][] Tables(ulong polynomial)
        {
            var tables = new ulong[8][];
            for (var table = 0; table < 8; table++)
            {
                tables[table] = new ulong[256];
                for (var value = 0; value < 256; value++)
                {
                    tables[table][value] = table == 0
                        ? OneByte((ulong)value, polynomial)
                        : (tables[table - 1][value] >> 8) ^ tables[0][(byte)tables[table - 1][value]];
                }
            }

            return tables;
        }

        private static ulong OneByte(ulong value, ulong polynomial)
        {
            for (var bit = 0; bit < 8; bit++)
            {
                value = (value & 1) == 0 ? value >> 1 : (value >> 1) ^ polynomial;
            }

            return value;
        }
    }
}
