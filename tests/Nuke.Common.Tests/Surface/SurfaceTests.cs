using System.Reflection;
using System.Text;
using Nuke.Common.IO;

namespace Nuke.Common.Tests.Surface;

/// <summary>Pins the public surface: a change of it is a change of what builds can be written against, and must be meant.</summary>
public sealed class SurfaceTests
{
    [Fact]
    public void ThePublicSurface_IsTheListedOne()
    {
        var expected = AbsolutePath.Create(AppContext.BaseDirectory).FindParent(x => (x / "Nuke.Common.Tests.csproj").FileExists())! / "Surface" / "PublicSurface.txt";
        var actual = GetSurface();
        if (expected.ExistingFile()?.ReadAllText() == actual)
            return;
        var received = expected.Parent / "PublicSurface.received.txt";
        File.WriteAllText(received, actual);
        Xunit.Assert.Fail($"The public surface differs from {expected.Name}. If that is meant, and the published package has the same member, put {received} in its place.");
    }

    [Fact]
    public void TheInternals_AreVisibleToTestsAndBenchmarksOnly() =>
        typeof(NukeBuild).Assembly.GetCustomAttributes<System.Runtime.CompilerServices.InternalsVisibleToAttribute>()
            .Select(x => x.AssemblyName).Should().BeEquivalentTo("Benchmarks", "Nuke.Common.Tests", "Workflows");

    private static string GetSurface()
    {
        var text = new StringBuilder();
        foreach (var type in typeof(NukeBuild).Assembly.GetExportedTypes().OrderBy(x => x.FullName, StringComparer.Ordinal))
        {
            text.Append(Name(type, full: true)).Append('\n');
            foreach (var line in type.GetMembers(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
                         .Where(IsVisible).Select(Describe).Order(StringComparer.Ordinal))
                text.Append("  ").Append(line).Append('\n');
        }

        return text.ToString();
    }

    private static bool IsVisible(MemberInfo member) => member switch
    {
        FieldInfo field => (field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly) && !field.IsSpecialName,
        ConstructorInfo constructor => constructor.IsPublic || constructor.IsFamily,
        MethodInfo method => (method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly) && (!method.IsSpecialName || method.Name.StartsWith("op_", StringComparison.Ordinal)),
        PropertyInfo property => property.GetMethod is { } getter && (getter.IsPublic || getter.IsFamily || getter.IsFamilyOrAssembly),
        _ => false,
    };

    private static string Describe(MemberInfo member) => member switch
    {
        FieldInfo { IsLiteral: true } field => $"{field.Name} = {field.GetRawConstantValue()}",
        FieldInfo field => $"{Name(field.FieldType)} {field.Name}",
        ConstructorInfo constructor => $"ctor({Parameters(constructor)})",
        MethodInfo method => $"{Name(method.ReturnType)} {method.Name}{Generics(method)}({Parameters(method)})",
        PropertyInfo property => $"{Name(property.PropertyType)} {property.Name} {{ get;{(property.SetMethod?.IsPublic == true ? " set;" : string.Empty)} }}",
        _ => member.Name,
    };

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(x =>
        (x.IsDefined(typeof(ParamArrayAttribute)) ? "params " : string.Empty) + $"{Name(x.ParameterType)} {x.Name}" + (x.HasDefaultValue ? $" = {x.DefaultValue ?? "null"}" : string.Empty)));

    private static string Generics(MethodInfo method) =>
        method.IsGenericMethodDefinition ? $"<{string.Join(", ", method.GetGenericArguments().Select(x => x.Name))}>" : string.Empty;

    private static string Name(Type type, bool full = false)
    {
        if (type.IsArray)
            return Name(type.GetElementType()!) + "[]";
        var name = (full ? type.FullName : type.Name)!.Split('`')[0].Replace('+', '.');
        return type.IsGenericType ? $"{name}<{string.Join(", ", type.GetGenericArguments().Select(x => Name(x)))}>" : name;
    }
}
