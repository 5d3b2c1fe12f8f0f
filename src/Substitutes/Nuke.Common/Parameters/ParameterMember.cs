using System.Collections;
using System.Reflection;
using System.Text;
using Nuke.Common.Execution;
using Nuke.Common.Tooling;
using Nuke.Common.ValueInjection;

namespace Nuke.Common.Parameters;

/// <summary>A member marked as parameter, and how it is written outside.</summary>
/// <param name="Member">The field or property.</param>
/// <param name="Attribute">Its attribute.</param>
/// <param name="Name">The name with the component's prefix, as in parameters.json.</param>
/// <param name="IsEngine">Whether the engine declares it rather than the build.</param>
internal sealed record ParameterMember(MemberInfo Member, ParameterAttribute Attribute, string Name, bool IsEngine)
{
    private static readonly string[] s_knownWords =
        ["DotNet", "GitHub", "GitVersion", "MSBuild", "NuGet", "ReSharper", "AppVeyor", "TeamCity", "GitLab", "SignPath", "JetBrains"];

    public string NormalizedName { get; } = CommandLine.Normalize(Name);

    /// <summary>The option as help shows it: --app-root.</summary>
    public string Option { get; } = "--" + ToWords(Name, '-').ToLowerInvariant();

    /// <summary>The environment variable as messages name it: NUKE_APP_ROOT.</summary>
    public string Variable { get; } = "NUKE_" + ToWords(Name, '_').Replace('-', '_').ToUpperInvariant();

    public Type Type { get; } = Member.GetMemberType();

    public bool IsSecret { get; } = Member.IsDefined(typeof(SecretAttribute));

    public bool IsRequired { get; } = Member.IsDefined(typeof(RequiredAttribute));

    /// <summary>The type of the value, or of each value of a collection.</summary>
    public Type ElementType => GetElementType(Type) is { } element ? Unwrap(element) : Unwrap(Type);

    public bool IsCollection => GetElementType(Type) != null;

    public OptionArity Arity =>
        ElementType == typeof(bool) && !IsCollection ? OptionArity.Flag
        : IsCollection ? OptionArity.Many
        : OptionArity.Single;

    /// <summary>The type as help shows it.</summary>
    public string TypeName =>
        ElementType == typeof(ExecutableTarget) ? "targets" : GetName(ElementType) + (IsCollection ? "..." : string.Empty);

    public static ParameterMember Create(MemberInfo member, ParameterAttribute attribute, bool isEngine = false)
    {
        var name = attribute.Name ?? member.GetShortName();
        var prefix = (member.DeclaringType?.GetCustomAttribute<ParameterPrefixAttribute>())?.Prefix;
        return new ParameterMember(member, attribute, prefix + name, isEngine);
    }

    /// <summary>Camel humps taken apart, with names like GitHub kept whole.</summary>
    public static string ToWords(string name, char separator)
    {
        var text = new StringBuilder();
        for (var i = 0; i < name.Length;)
        {
            var word = Array.Find(s_knownWords, x => name.AsSpan(i).StartsWith(x, StringComparison.Ordinal));
            var length = word?.Length ?? 1;
            var startsWord = word != null
                || (char.IsUpper(name[i]) && i > 0 && (!char.IsUpper(name[i - 1]) || (i + 1 < name.Length && char.IsLower(name[i + 1]))));
            if (startsWord && text.Length > 0 && text[^1] != separator)
                text.Append(separator);
            text.Append(name, i, length);
            i += length;
        }

        return text.ToString();
    }

    private static Type Unwrap(Type type) => Nullable.GetUnderlyingType(type) ?? type;

    private static Type? GetElementType(Type type)
    {
        if (type == typeof(string) || !typeof(IEnumerable).IsAssignableFrom(type))
            return null;
        if (type.IsArray)
            return type.GetElementType();
        return type.IsGenericType && type.GetGenericArguments() is [var element] ? element : null;
    }

    private static string GetName(Type type) =>
        type == typeof(bool) ? "flag"
        : type == typeof(string) ? "text"
        : type == typeof(IO.AbsolutePath) ? "path"
        : type == typeof(int) || type == typeof(long) || type == typeof(uint) ? "integer"
        : type == typeof(double) || type == typeof(decimal) || type == typeof(float) ? "number"
        : type == typeof(TimeSpan) ? "duration"
        : type.IsEnum ? string.Join('|', Enum.GetNames(type))
        : typeof(Enumeration).IsAssignableFrom(type) ? string.Join('|', Enumeration.GetMembers(type).Select(x => x.Name))
        : type.Name;
}
