using System.Globalization;
using System.Numerics;

namespace Tiketi.LocalCloud.Kubernetes.Schema;

/// <summary>A resource quantity ("500m", "1Gi", "2"), in nano units.</summary>
internal readonly record struct Quantity(BigInteger Nano, bool Binary)
{
    private static readonly (string Suffix, int Exponent)[] DecimalSuffixes =
        [("E", 18), ("P", 15), ("T", 12), ("G", 9), ("M", 6), ("k", 3), ("", 0), ("m", -3), ("u", -6), ("n", -9)];

    private static readonly (string Suffix, int Shift)[] BinarySuffixes = [("Ei", 60), ("Pi", 50), ("Ti", 40), ("Gi", 30), ("Mi", 20), ("Ki", 10)];

    public double Value => (double)Nano / 1e9;

    public long WholeUnits => (long)((Nano + 999_999_999) / 1_000_000_000);

    public static bool TryParse(string text, out Quantity quantity)
    {
        quantity = default;
        var end = text.Length;
        while (end > 0 && !char.IsAsciiDigit(text[end - 1]) && text[end - 1] != '.')
        {
            end--;
        }

        var (number, suffix) = (text[..end], text[end..]);
        var exponent = number.IndexOfAny(['e', 'E']);
        var power = 0;
        if (exponent > 0 && suffix.Length == 0)
        {
            if (!int.TryParse(number[(exponent + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out power))
            {
                return false;
            }

            number = number[..exponent];
        }

        if (!decimal.TryParse(number, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value))
        {
            return false;
        }

        var binary = Array.Find(BinarySuffixes, item => item.Suffix == suffix);
        if (binary.Suffix is not null)
        {
            quantity = new Quantity(Scale(value, 9) << binary.Shift, Binary: true);
            return true;
        }

        var index = Array.FindIndex(DecimalSuffixes, item => item.Suffix == suffix);
        if (index < 0)
        {
            return false;
        }

        quantity = new Quantity(Scale(value, 9 + DecimalSuffixes[index].Exponent + power), Binary: false);
        return true;
    }

    /// <summary>The canonical form: no fraction, the largest suffix that allows that.</summary>
    public override string ToString()
    {
        var nano = Nano;
        if (nano.IsZero)
        {
            return "0";
        }

        var unit = BigInteger.Pow(10, 9);
        if (Binary && (nano % unit).IsZero)
        {
            var whole = nano / unit;
            foreach (var (suffix, shift) in BinarySuffixes)
            {
                if ((whole % (BigInteger.One << shift)).IsZero)
                {
                    return (whole >> shift).ToString(CultureInfo.InvariantCulture) + suffix;
                }
            }

            return whole.ToString(CultureInfo.InvariantCulture);
        }

        var (found, exponent) = Array.Find(DecimalSuffixes, item => (nano % BigInteger.Pow(10, 9 + item.Exponent)).IsZero);
        return (nano / BigInteger.Pow(10, 9 + exponent)).ToString(CultureInfo.InvariantCulture) + found;
    }

    private static BigInteger Scale(decimal value, int power)
    {
        var bits = decimal.GetBits(value);
        var scale = (bits[3] >> 16) & 0x7F;
        var mantissa = (new BigInteger((uint)bits[2]) << 64) + (new BigInteger((uint)bits[1]) << 32) + (uint)bits[0];
        mantissa = value < 0 ? -mantissa : mantissa;
        var exponent = power - scale;
        return exponent >= 0 ? mantissa * BigInteger.Pow(10, exponent) : mantissa / BigInteger.Pow(10, -exponent);
    }
}
