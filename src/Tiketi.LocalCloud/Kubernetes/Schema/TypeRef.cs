using System.Collections.Frozen;

namespace Tiketi.LocalCloud.Kubernetes.Schema;

internal enum TypeKind
{
    String,
    Int,
    Long,
    Bool,
    Double,
    Time,
    Bytes,
    Quantity,
    IntOrString,

    /// <summary>Anything at all: custom resources, JSON-schema defaults. Merging takes its objects as maps and its arrays as atomic.</summary>
    Any,
    Struct,
    List,
    Map,
}

/// <summary>The type of a field, as far as decoding, merging and ownership need it.</summary>
internal sealed record TypeRef(TypeKind Kind)
{
    public static readonly TypeRef Any = new(TypeKind.Any);

    public StructType? Struct { get; init; }

    /// <summary>What a list or map holds.</summary>
    public TypeRef Element { get; init; } = null!;

    /// <summary>Of a list: null when it is replaced as a whole, empty for a set of scalars, else the fields that tell its items apart.</summary>
    public IReadOnlyList<string>? Keys { get; init; }

    /// <summary>A map that is replaced as a whole.</summary>
    public bool AtomicMap { get; init; }

    public bool Required { get; init; }

    public bool RetainKeys { get; init; }

    /// <summary>Owned and replaced as one value, whatever is inside.</summary>
    public bool IsAtomic => Kind switch
    {
        TypeKind.Struct => Struct!.Atomic,
        TypeKind.Map => AtomicMap,
        TypeKind.List => Keys is null,
        _ => false,
    };

    /// <summary>The type of a member of an object of this type; null when a struct has no such field.</summary>
    public TypeRef? Member(string name) => Kind switch
    {
        TypeKind.Struct => Struct!.Fields.GetValueOrDefault(name),
        TypeKind.Map => Element,
        _ => Any,
    };

    /// <summary>As Go's decoder names it in an error message.</summary>
    public string GoName => Kind switch
    {
        TypeKind.Int => "int32",
        TypeKind.Long => "int64",
        TypeKind.Bool => "bool",
        TypeKind.Double => "float64",
        TypeKind.Time => "time.Time",
        TypeKind.Bytes => "[]uint8",
        TypeKind.Quantity => "resource.Quantity",
        TypeKind.IntOrString => "intstr.IntOrString",
        TypeKind.Struct => "v1." + Struct!.Name,
        TypeKind.List => "[]" + Element.GoName,
        TypeKind.Map => "map[string]" + Element.GoName,
        _ => "string",
    };
}

internal sealed class StructType(string name, bool atomic)
{
    public string Name { get; } = name;

    public bool Atomic { get; } = atomic;

    public FrozenDictionary<string, TypeRef> Fields { get; set; } = FrozenDictionary<string, TypeRef>.Empty;

    /// <summary>The fields by their protobuf numbers; the first is that of the embedded message that holds the field, 0 when none does.</summary>
    public FrozenDictionary<(int Outer, int Number), (string Name, TypeRef Type)> ByNumber { get; set; } = FrozenDictionary<(int, int), (string, TypeRef)>.Empty;
}
