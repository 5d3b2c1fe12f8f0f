using System.Collections.Immutable;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Tiketi.Architecture;

/// <summary>
/// What a compiled build uses of the engine's namespaces, read from its metadata: types, members with their parameters, what it
/// overrides, and what it sets in attributes. Enum members and constants are compiled in as numbers and do not show.
/// </summary>
internal sealed class ApiUse
{
    private const string Engine = "Nuke.";

    private static readonly string[] OfObject = [nameof(ToString), nameof(Equals), nameof(GetHashCode), "Finalize"];

    private readonly MetadataReader _reader;
    private readonly TypeNames _names = new(withNamespace: true);
    private readonly TypeNames _shortNames = new(withNamespace: false);
    private readonly SortedSet<string> _used = new(StringComparer.Ordinal);

    private ApiUse(MetadataReader reader) => _reader = reader;

    /// <returns>"Namespace.Type", "Namespace.Type.Method(Parameter, ...)", "Namespace.Type.Property { get; }", sorted.</returns>
    public static IReadOnlyCollection<string> Of(string assembly)
    {
        using var file = new PEReader(File.OpenRead(assembly));
        var use = new ApiUse(file.GetMetadataReader());
        use.AddTypes();
        use.AddMembers();
        use.AddOverrides();
        use.AddAttributeProperties();
        return use._used;
    }

    private void AddTypes()
    {
        foreach (var handle in _reader.TypeReferences)
        {
            Add(_names.GetTypeFromReference(_reader, handle, rawTypeKind: 0));
        }
    }

    private void AddMembers()
    {
        foreach (var handle in _reader.MemberReferences)
        {
            var member = _reader.GetMemberReference(handle);
            var parameters = member.GetKind() == MemberReferenceKind.Method ? member.DecodeMethodSignature(_shortNames, genericContext: null).ParameterTypes : default;
            Add(Member(TypeName(member.Parent), _reader.GetString(member.Name), parameters));
        }
    }

    /// <summary>What overrides an engine's member without naming it.</summary>
    private void AddOverrides()
    {
        foreach (var type in _reader.TypeDefinitions.Select(_reader.GetTypeDefinition))
        {
            foreach (var method in type.GetMethods().Select(_reader.GetMethodDefinition))
            {
                var name = _reader.GetString(method.Name);
                if (method.Attributes.HasFlag(MethodAttributes.Virtual) && !method.Attributes.HasFlag(MethodAttributes.NewSlot) && !OfObject.Contains(name) && !IsIntroducedBelowTheEngine(type, name))
                {
                    Add(Member(TypeName(EngineBase(type)), name, method.DecodeSignature(_shortNames, genericContext: null).ParameterTypes));
                }
            }
        }
    }

    /// <summary>Whether what is overridden is a base class's of the build itself.</summary>
    private bool IsIntroducedBelowTheEngine(TypeDefinition type, string method)
    {
        while (type.BaseType.Kind == HandleKind.TypeDefinition)
        {
            type = _reader.GetTypeDefinition((TypeDefinitionHandle)type.BaseType);
            if (type.GetMethods().Select(_reader.GetMethodDefinition).Any(other => other.Attributes.HasFlag(MethodAttributes.NewSlot) && _reader.GetString(other.Name) == method))
            {
                return true;
            }
        }

        return false;
    }

    private void AddAttributeProperties()
    {
        foreach (var attribute in _reader.CustomAttributes.Select(_reader.GetCustomAttribute))
        {
            var type = attribute.Constructor.Kind == HandleKind.MemberReference
                ? _reader.GetMemberReference((MemberReferenceHandle)attribute.Constructor).Parent
                : _reader.GetMethodDefinition((MethodDefinitionHandle)attribute.Constructor).GetDeclaringType();
            var own = new List<string>();
            if (type.Kind == HandleKind.TypeDefinition)
            {
                var definition = _reader.GetTypeDefinition((TypeDefinitionHandle)type);
                own.AddRange(definition.GetProperties().Select(property => _reader.GetString(_reader.GetPropertyDefinition(property).Name)));
                type = EngineBase(definition);
            }

            if (!TypeName(type).StartsWith(Engine, StringComparison.Ordinal))
            {
                continue;
            }

            foreach (var argument in attribute.DecodeValue(_names).NamedArguments.Where(argument => !own.Contains(argument.Name!)))
            {
                Add($"{TypeName(type)}.{argument.Name} {{ set; }}");
            }
        }
    }

    /// <summary>The nearest base type that the build does not define itself.</summary>
    private EntityHandle EngineBase(TypeDefinition type)
    {
        while (type.BaseType.Kind == HandleKind.TypeDefinition)
        {
            type = _reader.GetTypeDefinition((TypeDefinitionHandle)type.BaseType);
        }

        return type.BaseType;
    }

    private void Add(string use)
    {
        if (use.StartsWith(Engine, StringComparison.Ordinal))
        {
            _used.Add(use);
        }
    }

    private string TypeName(EntityHandle handle) => handle.Kind switch
    {
        HandleKind.TypeReference => _names.GetTypeFromReference(_reader, (TypeReferenceHandle)handle, rawTypeKind: 0),
        HandleKind.TypeSpecification => _reader.GetTypeSpecification((TypeSpecificationHandle)handle).DecodeSignature(_names, genericContext: null).Split('<')[0],
        _ => "", // the build's own, or no base type at all
    };

    private static string Member(string type, string name, ImmutableArray<string> parameters) => name switch
    {
        _ when parameters.IsDefault => $"{type}.{name}",
        _ when name.StartsWith("get_", StringComparison.Ordinal) && parameters.IsEmpty => $"{type}.{name[4..]} {{ get; }}",
        _ when name.StartsWith("set_", StringComparison.Ordinal) && parameters.Length == 1 => $"{type}.{name[4..]} {{ set; }}",
        _ => $"{type}.{name}({string.Join(", ", parameters)})",
    };
}
