using System.Collections.Frozen;

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
            types[parts[0].TrimEnd('!')].Fields = parts.Skip(1).Where(part => part.Length > 0).Select(part => part.Split(':', 2))
                .ToFrozenDictionary(field => field[0], field => Parse(field[1], types), StringComparer.Ordinal);
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
