#nullable disable
using System.ComponentModel;
using System.Diagnostics;

namespace Nuke.Common.IO;

/// <summary>Something that stands for a path.</summary>
public interface IAbsolutePathHolder
{
    AbsolutePath Path { get; }
}

/// <summary>A rooted, normalized path. <c>path / "child"</c> goes down, <c>path / ..</c> goes up, <c>path + ".bak"</c> appends text.</summary>
[TypeConverter(typeof(TypeConverter))]
[DebuggerDisplay("{" + nameof(_path) + "}")]
public class AbsolutePath : IAbsolutePathHolder, IFormattable
{
    private readonly string _path;

    private AbsolutePath(string path)
    {
        _path = path;
    }

    /// <exception cref="ArgumentException">The path is not rooted.</exception>
    public static AbsolutePath Create(string path)
    {
        Assert.True(PathConstruction.HasPathRoot(path), $"Path '{path}' must be rooted");
        return new AbsolutePath(PathConstruction.NormalizePath(path));
    }

    AbsolutePath IAbsolutePathHolder.Path => this;

    public string Name => System.IO.Path.GetFileName(_path);

    public string NameWithoutExtension => System.IO.Path.GetFileNameWithoutExtension(_path);

    public string Extension => System.IO.Path.GetExtension(_path);

    /// <summary>The directory that contains this path, or null at the root.</summary>
    public AbsolutePath Parent => PathConstruction.IsRoot(_path) ? null : this / "..";

    public static implicit operator AbsolutePath(string path)
    {
        return path == null ? null : Create(path);
    }

    public static implicit operator string(AbsolutePath path)
    {
        return path?.ToString();
    }

    public static AbsolutePath operator /(AbsolutePath left, string right)
    {
        return new AbsolutePath(PathConstruction.NormalizePath(PathConstruction.Combine(left.NotNull()._path, right)));
    }

    public static AbsolutePath operator /(AbsolutePath left, Range range)
    {
        Assert.True(range.Equals(Range.All), "Only '..' can be used as a range in paths");
        return left.Parent;
    }

    public static AbsolutePath operator +(AbsolutePath left, string right)
    {
        return new AbsolutePath(PathConstruction.NormalizePath(left.ToString() + right));
    }

    public static bool operator ==(AbsolutePath a, AbsolutePath b)
    {
        return Equals(a, b);
    }

    public static bool operator !=(AbsolutePath a, AbsolutePath b)
    {
        return !Equals(a, b);
    }

    public override bool Equals(object obj)
    {
        return obj is AbsolutePath other && string.Equals(_path, other._path, Comparison);
    }

    public override int GetHashCode()
    {
        return _path.GetHashCode(Comparison);
    }

    public override string ToString()
    {
        return _path;
    }

    /// <summary>d, dn: double quotes, if needed; s, sn: single quotes, if needed; nq: none.</summary>
    public string ToString(string format)
    {
        return ToString(format, formatProvider: null);
    }

    /// <inheritdoc cref="ToString(string)"/>
    public string ToString(string format, IFormatProvider formatProvider)
    {
        var needed = _path.Contains(' ', StringComparison.Ordinal);
        return format switch
        {
            null or "nq" => _path,
            "d" => $"\"{_path}\"",
            "dn" => needed ? $"\"{_path}\"" : _path,
            "s" => $"'{_path}'",
            "sn" => needed ? $"'{_path}'" : _path,
            _ => throw new FormatException($"Format '{format}' is not one of d, dn, s, sn, nq"),
        };
    }

    private StringComparison Comparison =>
        PathConstruction.HasWinRoot(_path) ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;

    /// <summary>Converts parameter values; relative ones are meant relative to the working directory.</summary>
    public class TypeConverter : System.ComponentModel.TypeConverter
    {
        public override bool CanConvertFrom(ITypeDescriptorContext context, Type sourceType)
        {
            return sourceType == typeof(string) || base.CanConvertFrom(context, sourceType);
        }

        public override object ConvertFrom(ITypeDescriptorContext context, System.Globalization.CultureInfo culture, object value)
        {
            return value is string path
                ? Create(System.IO.Path.GetFullPath(path, EnvironmentInfo.WorkingDirectory))
                : base.ConvertFrom(context, culture, value);
        }
    }
}
