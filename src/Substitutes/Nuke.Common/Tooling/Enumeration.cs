#nullable disable
using System.ComponentModel;
using System.Globalization;
using System.Reflection;

namespace Nuke.Common.Tooling;

/// <summary>A set of named string values: public static fields of the deriving type.</summary>
public abstract class Enumeration : IComparable<Enumeration>
{
    protected string Value { get; set; }

    public static implicit operator string(Enumeration value)
    {
        return value?.ToString();
    }

    public static bool operator ==(Enumeration a, Enumeration b)
    {
        return Equals(a, b);
    }

    public static bool operator !=(Enumeration a, Enumeration b)
    {
        return !Equals(a, b);
    }

    public override bool Equals(object obj)
    {
        return obj is Enumeration other && other.GetType() == GetType() && other.Value == Value;
    }

    public override int GetHashCode()
    {
        return Value?.GetHashCode(StringComparison.Ordinal) ?? 0;
    }

    public override string ToString()
    {
        return Value;
    }

    public int CompareTo(Enumeration other)
    {
        return string.CompareOrdinal(Value, other?.Value);
    }

    /// <summary>All members of an enumeration type by field name, in the order of declaration.</summary>
    internal static IReadOnlyList<(string Name, Enumeration Value)> GetMembers(Type type)
    {
        return type.GetFields(BindingFlags.Public | BindingFlags.Static)
            .Where(x => type.IsAssignableFrom(x.FieldType))
            .Select(x => (x.Name, (Enumeration)x.GetValue(null)))
            .ToList();
    }

    /// <summary>Lets parameters be of an enumeration type.</summary>
    public class TypeConverter<T> : TypeConverter
        where T : Enumeration
    {
        public override bool CanConvertFrom(ITypeDescriptorContext context, Type sourceType)
        {
            return sourceType == typeof(string) || base.CanConvertFrom(context, sourceType);
        }

        public override object ConvertFrom(ITypeDescriptorContext context, CultureInfo culture, object value)
        {
            if (value is not string text)
                return base.ConvertFrom(context, culture, value);
            foreach (var (name, member) in GetMembers(typeof(T)))
            {
                if (name.Equals(text, StringComparison.OrdinalIgnoreCase) || member.Value.Equals(text, StringComparison.OrdinalIgnoreCase))
                    return member;
            }

            throw new FormatException($"'{text}' is none of {string.Join(", ", GetMembers(typeof(T)).Select(x => x.Name))}");
        }
    }
}

/// <summary>The text that an enumeration member is written as.</summary>
[AttributeUsage(AttributeTargets.Field)]
public class EnumValueAttribute(string value) : Attribute
{
    public string Value { get; } = value;
}
