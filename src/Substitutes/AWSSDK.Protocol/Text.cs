using System.Globalization;
using Amazon.Runtime;

namespace Aws.Protocol;

/// <summary>A leaf value as text, for query strings, forms and XML, and back.</summary>
internal static class Text
{
    public static string Of(object? value) => value switch
    {
        null => "",
        string text => text,
        ConstantClass constant => constant.Value,
        true => "true",
        false => "false",
        DateTime time => time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
        IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
        _ => throw new NotSupportedException($"{value.GetType()} is not a leaf of a shape."),
    };

    public static object To(Type type, string text)
    {
        var leaf = Nullable.GetUnderlyingType(type) ?? type;
        return leaf switch
        {
            _ when leaf == typeof(string) => text,
            _ when leaf == typeof(bool) => bool.Parse(text),
            _ when leaf == typeof(int) => int.Parse(text, CultureInfo.InvariantCulture),
            _ when leaf == typeof(long) => long.Parse(text, CultureInfo.InvariantCulture),
            _ when leaf == typeof(double) => double.Parse(text, CultureInfo.InvariantCulture),
            _ when leaf == typeof(DateTime) =>
                DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal),
            _ => throw new NotSupportedException($"{type} is not a leaf of a shape."),
        };
    }
}
