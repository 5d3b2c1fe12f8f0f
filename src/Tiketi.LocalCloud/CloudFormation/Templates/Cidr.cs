using System.Net;
using System.Runtime.InteropServices;

namespace Tiketi.LocalCloud.CloudFormation.Templates;

/// <summary>An IPv4 block, "10.0.0.0/16".</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Cidr(uint Address, int Prefix)
{
    private uint Mask => Prefix == 0 ? 0 : uint.MaxValue << (32 - Prefix);

    private uint First => Address & Mask;

    private uint Last => First | ~Mask;

    public static bool TryParse(string? text, out Cidr block)
    {
        block = default;
        if (!IPNetwork.TryParse(text, out var network) || network.BaseAddress.GetAddressBytes() is not { Length: 4 } bytes)
        {
            return false;
        }

        block = new Cidr((uint)((bytes[0] << 24) | (bytes[1] << 16) | (bytes[2] << 8) | bytes[3]), network.PrefixLength);
        return true;
    }

    public bool Contains(Cidr other) => First <= other.First && other.Last <= Last;

    public bool Overlaps(Cidr other) => First <= other.Last && other.First <= Last;

    /// <summary>The first <paramref name="count"/> blocks of 2^<paramref name="hostBits"/> addresses in this one; null when they do not fit.</summary>
    public IReadOnlyList<Cidr>? Divide(int count, int hostBits)
    {
        var size = 1UL << hostBits;
        if (hostBits is < 0 or > 32 || count < 1 || size * (ulong)count > (ulong)Last - First + 1)
        {
            return null;
        }

        var first = First;
        return [.. Enumerable.Range(0, count).Select(index => new Cidr(first + (uint)(size * (ulong)index), 32 - hostBits))];
    }

    public override string ToString() => $"{Address >> 24}.{(Address >> 16) & 255}.{(Address >> 8) & 255}.{Address & 255}/{Prefix}";
}
