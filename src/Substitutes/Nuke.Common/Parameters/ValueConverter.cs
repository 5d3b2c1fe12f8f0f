using System.Collections;
using System.ComponentModel;
using System.Globalization;
using Nuke.Common.CI;
using Nuke.Common.IO;
using Nuke.Common.Tooling;

namespace Nuke.Common.Parameters;

/// <summary>Text to typed values.</summary>
internal static class ValueConverter
{
    /// <summary>Converts the values of one parameter.</summary>
    /// <exception cref="FormatException">A value does not convert; the message says which and what is allowed.</exception>
    public static object? Convert(ParameterMember parameter, string[] values, AbsolutePath baseDirectory)
    {
        if (parameter.Attribute.Separator is { Length: > 0 } separator)
            values = [.. values.SelectMany(x => x.Split(separator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];
        if (parameter.IsCollection)
            return ConvertCollection(parameter.Type, values, baseDirectory);
        if (values.Length == 0)
            return parameter.ElementType == typeof(bool) ? true : throw new FormatException("needs a value");
        if (values.Length > 1)
            throw new FormatException($"takes one value, not {values.Length}");
        return ConvertScalar(values[0], parameter.Type, baseDirectory);
    }

    /// <inheritdoc cref="Convert"/>
    public static object ConvertScalar(string value, Type type, AbsolutePath baseDirectory)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(string))
            return value;
        if (type == typeof(bool))
            return ToBoolean(value);
        if (type.IsEnum)
            return ToEnum(value, type);
        if (typeof(IAbsolutePathHolder).IsAssignableFrom(type))
            return AbsolutePath.Create(Path.GetFullPath(value, baseDirectory));
        if (typeof(Enumeration).IsAssignableFrom(type))
            return ToEnumeration(value, type);
        if (type == typeof(Partition))
            return Partition.Parse(value);
        try
        {
            if (type.IsPrimitive || type == typeof(decimal))
                return ((IConvertible)value).ToType(type, CultureInfo.InvariantCulture);
            if (type == typeof(TimeSpan))
                return TimeSpan.Parse(value, CultureInfo.InvariantCulture);
            if (type == typeof(Guid))
                return Guid.Parse(value);
            if (type == typeof(Uri))
                return new Uri(value, UriKind.RelativeOrAbsolute);
            if (TypeDescriptor.GetConverter(type) is { } converter && converter.CanConvertFrom(typeof(string)))
                return converter.ConvertFromInvariantString(value)!;
        }
        catch (Exception exception) when (exception is FormatException or OverflowException or InvalidCastException or ArgumentException)
        {
            throw new FormatException($"'{value}' is no {Describe(type)}", exception);
        }

        throw new FormatException($"'{value}' cannot be converted: type '{type.Name}' has no converter");
    }

    private static IEnumerable ConvertCollection(Type type, string[] values, AbsolutePath baseDirectory)
    {
        var elementType = type.IsArray ? type.GetElementType()! : type.GetGenericArguments().Single();
        var array = Array.CreateInstance(elementType, values.Length);
        for (var i = 0; i < values.Length; i++)
            array.SetValue(ConvertScalar(values[i], elementType, baseDirectory), i);
        if (type.IsAssignableFrom(array.GetType()))
            return array;
        try
        {
            return (IEnumerable)Activator.CreateInstance(type, array)!;
        }
        catch (MissingMethodException exception)
        {
            throw new FormatException($"type '{type.Name}' cannot be built from values", exception);
        }
    }

    private static bool ToBoolean(string value) => value.ToLowerInvariant() switch
    {
        "true" or "1" => true,
        "false" or "0" => false,
        _ => throw new FormatException($"'{value}' is neither true nor false"),
    };

    private static object ToEnum(string value, Type type)
    {
        // Enum.Parse would take any number.
        var parts = value.Split(',', StringSplitOptions.TrimEntries);
        var names = Enum.GetNames(type);
        if (Array.TrueForAll(parts, x => names.Contains(x, StringComparer.OrdinalIgnoreCase)) && (parts.Length == 1 || type.IsDefined(typeof(FlagsAttribute), inherit: false)))
            return Enum.Parse(type, value, ignoreCase: true);
        throw NotAllowed(value, names);
    }

    private static Enumeration ToEnumeration(string value, Type type)
    {
        var members = Enumeration.GetMembers(type);
        return members.FirstOrDefault(x => x.Name.Equals(value, StringComparison.OrdinalIgnoreCase)
                || x.Value.ToString().Equals(value, StringComparison.OrdinalIgnoreCase)).Value
            ?? throw NotAllowed(value, members.Select(x => x.Name).ToList());
    }

    /// <summary>The error for a value outside a closed set.</summary>
    public static FormatException NotAllowed(string value, IReadOnlyCollection<string> allowed)
    {
        var suggestion = Suggestions.GetNearest(value, allowed) is { } nearest ? $" Did you mean '{nearest}'?" : string.Empty;
        return new FormatException($"'{value}' is not allowed.{suggestion} Allowed are: {string.Join(", ", allowed)}");
    }

    private static string Describe(Type type) =>
        type == typeof(double) || type == typeof(decimal) || type == typeof(float) ? "number"
        : type.IsPrimitive ? "whole number"
        : type == typeof(TimeSpan) ? "duration (hh:mm:ss)"
        : type.Name;
}
