using System.Collections.Frozen;
using System.Globalization;

namespace Tiketi.LocalCloud.Kubernetes.Schema;

/// <summary>The types of the Kubernetes API, read from the embedded kubernetes.schema (its first lines explain the notation).</summary>
internal static class SchemaCatalog
{
    private static readonly FrozenDictionary<string, StructType> Types = Load();

    public static IEnumerable<StructType> All => Types.Values;

    public static TypeRef Of(string name) => new(TypeKind.Struct) { Struct = Types[name] };

    /// <summary>What an object of a custom resource looks like: known metadata, anything else.</summary>
    public static TypeRef Custom { get; } = new(TypeKind.Struct)
    {
        Struct = new StructType("CustomResource", atomic: false)
        {
            Fields = new Dictionary<string, TypeRef>(StringComparer.Ordinal)
            {
                ["apiVersion"] = new(TypeKind.String),
                ["kind"] = new(TypeKind.String),
                ["metadata"] = Of("ObjectMeta"),
                ["spec"] = TypeRef.Any,
                ["status"] = TypeRef.Any,
            }.ToFrozenDictionary(StringComparer.Ordinal),
        },
    };

    private static FrozenDictionary<string, StructType> Load()
    {
        using var stream = typeof(SchemaCatalog).Assembly.GetManifestResourceStream("kubernetes.schema")
            ?? throw new InvalidOperationException("The resource kubernetes.schema is missing from the assembly: rebuild Tiketi.LocalCloud.");
        using var reader = new StreamReader(stream);
        var lines = reader.ReadToEnd().Split('\n').Where(line => line.Length > 0 && line[0] != '#').Select(line => line.Split(' ')).ToList();
        var types = lines.Select(parts => new StructType(parts[0].TrimEnd('!'), parts[0].EndsWith('!')))
            .ToFrozenDictionary(type => type.Name, StringComparer.Ordinal);
        foreach (var parts in lines)
        {
            var fields = parts.Skip(1).Where(part => part.Length > 0).Select(part => part.Split(':', 2))
                .Select(field => (Name: field[0], Type: Parse(field[1].Split('#')[0], types), Number: field[1].Split('#').ElementAtOrDefault(1))).ToList();
            var type = types[parts[0].TrimEnd('!')];
            type.Fields = fields.ToFrozenDictionary(field => field.Name, field => field.Type, StringComparer.Ordinal);
            type.ByNumber = fields.Where(field => field.Number is not null).ToFrozenDictionary(field => NumberOf(field.Number!), field => (field.Name, field.Type));
        }

        return types;
    }

    private static TypeRef Parse(string text, FrozenDictionary<string, StructType> types)
    {
        var type = text.TrimEnd('*', '^');
        var parsed = type[0] switch
        {
            '[' => ParseList(type[1..^1], types),
            '{' => new TypeRef(TypeKind.Map) { Element = Parse(type[1..^1].TrimEnd('!'), types), AtomicMap = type.EndsWith("!}", StringComparison.Ordinal) },
            >= 'a' and <= 'z' => new TypeRef(Enum.Parse<TypeKind>(type, ignoreCase: true)),
            _ => new TypeRef(TypeKind.Struct) { Struct = types[type] },
        };
        return parsed with { Required = text.EndsWith('*'), RetainKeys = text.Contains('^') };
    }

    private static (int Outer, int Number) NumberOf(string text)
    {
        var parts = text.Split('.').Select(part => int.Parse(part, CultureInfo.InvariantCulture)).ToArray();
        return parts.Length == 1 ? (0, parts[0]) : (parts[0], parts[1]);
    }

    private static TypeRef ParseList(string inner, FrozenDictionary<string, StructType> types)
    {
        var slash = inner.IndexOf('/');
        return new TypeRef(TypeKind.List)
        {
            Element = Parse(slash < 0 ? inner : inner[..slash], types),
            Keys = slash < 0 ? null : inner[(slash + 1)..].Split('+', StringSplitOptions.RemoveEmptyEntries),
        };
    }
}
