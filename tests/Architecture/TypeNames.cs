using System.Collections.Immutable;
using System.Reflection.Metadata;

namespace Tiketi.Architecture;

/// <summary>Types of signatures and attributes as a person would write them: "IReadOnlyDictionary&lt;String, String&gt;", "Target[]".</summary>
internal sealed class TypeNames(bool withNamespace) : ISignatureTypeProvider<string, object?>, ICustomAttributeTypeProvider<string>
{
    public string GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind)
    {
        var type = reader.GetTypeReference(handle);
        var outer = type.ResolutionScope.Kind == HandleKind.TypeReference
            ? GetTypeFromReference(reader, (TypeReferenceHandle)type.ResolutionScope, rawTypeKind)
            : "";
        return Name(outer, reader.GetString(type.Namespace), reader.GetString(type.Name));
    }

    public string GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind)
    {
        var type = reader.GetTypeDefinition(handle);
        var outer = type.GetDeclaringType();
        return Name(outer.IsNil ? "" : GetTypeFromDefinition(reader, outer, rawTypeKind), reader.GetString(type.Namespace), reader.GetString(type.Name));
    }

    public string GetTypeFromSpecification(MetadataReader reader, object? genericContext, TypeSpecificationHandle handle, byte rawTypeKind) =>
        reader.GetTypeSpecification(handle).DecodeSignature(this, genericContext);

    public string GetGenericInstantiation(string genericType, ImmutableArray<string> typeArguments) => $"{genericType}<{string.Join(", ", typeArguments)}>";

    public string GetGenericMethodParameter(object? genericContext, int index) => index == 0 ? "T" : $"T{index + 1}";

    public string GetGenericTypeParameter(object? genericContext, int index) => index == 0 ? "T" : $"T{index + 1}";

    public string GetPrimitiveType(PrimitiveTypeCode typeCode) => typeCode.ToString();

    public string GetSZArrayType(string elementType) => $"{elementType}[]";

    public string GetArrayType(string elementType, ArrayShape shape) => $"{elementType}[{new string(',', shape.Rank - 1)}]";

    public string GetByReferenceType(string elementType) => $"{elementType}&";

    public string GetPointerType(string elementType) => $"{elementType}*";

    public string GetPinnedType(string elementType) => elementType;

    public string GetModifiedType(string modifier, string unmodifiedType, bool isRequired) => unmodifiedType;

    public string GetFunctionPointerType(MethodSignature<string> signature) => "delegate*";

    public string GetSystemType() => "Type";

    public string GetTypeFromSerializedName(string name) => name;

    /// <summary>What C# enums are unless they say otherwise; the ones that attributes here take do not.</summary>
    public PrimitiveTypeCode GetUnderlyingEnumType(string type) => PrimitiveTypeCode.Int32;

    public bool IsSystemType(string type) => type is "Type" or "System.Type";

    private string Name(string outer, string typeNamespace, string name)
    {
        name = name.Split('`')[0];
        return outer.Length > 0 ? $"{outer}.{name}" : withNamespace && typeNamespace.Length > 0 ? $"{typeNamespace}.{name}" : name;
    }
}
