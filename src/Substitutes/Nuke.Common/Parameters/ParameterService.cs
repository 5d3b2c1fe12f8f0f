using System.Reflection;
using System.Text.Json;
using Nuke.Common.IO;
using Nuke.Common.Reporting;

namespace Nuke.Common.Parameters;

/// <summary>Where values can come from.</summary>
/// <param name="Arguments">The command line's words.</param>
/// <param name="Environment">The environment variables.</param>
/// <param name="Files">Values from parameters files.</param>
/// <param name="WorkingDirectory">What relative paths of the command line and environment are relative to.</param>
/// <param name="RootDirectory">What relative paths of parameters files are relative to.</param>
internal sealed record ParameterSources(
    IReadOnlyList<string> Arguments,
    IReadOnlyDictionary<string, string> Environment,
    IReadOnlyDictionary<string, FileValue> Files,
    AbsolutePath WorkingDirectory,
    AbsolutePath RootDirectory);

/// <summary>Resolves parameters: command line before environment before parameters files. Collects every problem.</summary>
internal sealed class ParameterService
{
    private readonly Dictionary<(Module, int), (object? Value, string Source)> _values = [];
    private readonly ParameterSources _sources;
    private readonly ILookup<string, KeyValuePair<string, string>> _environment;
    private readonly SecretMask _secrets;

    public ParameterService(IReadOnlyList<ParameterMember> members, ParameterSources sources, SecretMask secrets)
    {
        Members = members;
        _sources = sources;
        _secrets = secrets;
        _environment = sources.Environment
            .Where(x => x.Value.Length > 0) // CI servers pass a missing secret as an empty variable
            .ToLookup(x => NormalizeVariable(x.Key), StringComparer.Ordinal);
        CommandLine = CommandLine.Parse(sources.Arguments, name => Find(name)?.Arity);
    }

    public IReadOnlyList<ParameterMember> Members { get; }

    public CommandLine CommandLine { get; }

    /// <summary>Converts everything that was given.</summary>
    /// <param name="reportUnknown">Whether unknown options and file keys are problems.</param>
    /// <returns>The problems, one line each.</returns>
    public IReadOnlyList<string> Resolve(bool reportUnknown)
    {
        var problems = new List<string>();
        if (reportUnknown)
            problems.AddRange(GetUnknown());
        foreach (var member in Members)
        {
            try
            {
                if (TryResolve(member) is { } resolved)
                    Set(member, resolved.Value, resolved.Source);
            }
            catch (ParameterException exception)
            {
                problems.Add(exception.Message);
            }
        }

        return problems;
    }

    public ParameterMember? Find(string normalizedName) => Members.FirstOrDefault(x => x.NormalizedName == normalizedName);

    public ParameterMember? Find(MemberInfo member) => Members.FirstOrDefault(x => x.Member.HasSameMetadataDefinitionAs(member));

    /// <summary>The value that was given for a member, or null.</summary>
    public object? GetValue(MemberInfo member) => _values.GetValueOrDefault(GetKey(member)).Value;

    /// <summary>Where the member's value came from, or null when none was given.</summary>
    public string? GetSource(MemberInfo member) => _values.TryGetValue(GetKey(member), out var entry) ? entry.Source : null;

    public void Set(ParameterMember member, object? value, string source)
    {
        if (member.IsSecret)
            AddSecret(value);
        _values[GetKey(member.Member)] = (value, source);
    }

    /// <summary>Lets nothing that the member holds be written.</summary>
    public void AddSecret(object? value)
    {
        if (value is string text)
            _secrets.Add(text);
        else if (value is System.Collections.IEnumerable values)
            values.Cast<object?>().ToList().ForEach(AddSecret);
        else if (value != null)
            _secrets.Add(value.ToString()!);
    }

    private IEnumerable<string> GetUnknown()
    {
        foreach (var option in CommandLine.UnknownOptions)
        {
            var nearest = Suggestions.GetNearest(option, Members.Where(x => x.Attribute.List).Select(x => x.Option));
            yield return $"Unknown option '{option}'. " + (nearest != null ? $"Did you mean '{nearest}'?" : "See --help for all options.");
        }

        foreach (var (name, value) in _sources.Files.Where(x => !Members.Any(y => y.Name == x.Key)))
        {
            var nearest = Suggestions.GetNearest(name, Members.Select(x => x.Name));
            yield return $"Unknown parameter '{name}' in .nuke/{value.FileName}." + (nearest != null ? $" Did you mean '{nearest}'?" : string.Empty);
        }
    }

    private (object? Value, string Source)? TryResolve(ParameterMember member)
    {
        if (CommandLine.Options.TryGetValue(member.NormalizedName, out var arguments))
            return (Convert(member, arguments, $"Option '{member.Option}'", _sources.WorkingDirectory), "command line");
        if (FindVariable(member) is { } variable)
            return (Convert(member, [variable.Value], $"Environment variable '{variable.Key}' for '{member.Option}'", _sources.WorkingDirectory), $"environment {variable.Key}");
        if (_sources.Files.TryGetValue(member.Name, out var fileValue))
            return (Convert(member, fileValue), fileValue.FileName);
        return null;
    }

    private KeyValuePair<string, string>? FindVariable(ParameterMember member)
    {
        // The engine's own names (Root, Host, Target ...) are too common for bare environment variables.
        if (!member.IsEngine && _sources.Environment.TryGetValue(member.Name, out var exact) && exact.Length > 0)
            return KeyValuePair.Create(member.Name, exact);
        var candidates = _environment["nuke" + member.NormalizedName].ToList();
        if (candidates.Count == 0 && !member.IsEngine)
            candidates = [.. _environment[member.NormalizedName]];
        if (candidates.DistinctBy(x => x.Value).Count() > 1)
            throw new ParameterException($"Environment variables {string.Join(" and ", candidates.Select(x => $"'{x.Key}'"))} both mean '{member.Option}', with different values");
        return candidates.Count == 0 ? null : candidates[0];
    }

    private object? Convert(ParameterMember member, string[] values, string what, AbsolutePath baseDirectory)
    {
        // Masked before anything can fail, since the message of a failure quotes the value.
        if (member.IsSecret)
            AddSecret(values);
        // A bare --root means the working directory.
        if (member is { IsEngine: true, Name: nameof(EngineParameters.Root) } && values.Length == 0)
            return baseDirectory;
        try
        {
            var value = ValueConverter.Convert(member, values, baseDirectory);
            CheckValueSet(member, value);
            return value;
        }
        catch (FormatException exception)
        {
            throw new ParameterException($"{what}: {exception.Message}");
        }
    }

    private object? Convert(ParameterMember member, FileValue fileValue)
    {
        var what = $"Parameter '{member.Name}' in .nuke/{fileValue.FileName}";
        if (member.IsSecret)
            throw new ParameterException($"{what} is a secret and must not be in a file. Set the environment variable {member.Variable} instead");
        var json = fileValue.Json;
        switch (json.ValueKind)
        {
            case JsonValueKind.Null:
                return null;
            case JsonValueKind.Array when member.IsCollection && json.EnumerateArray().All(x => x.ValueKind != JsonValueKind.Object):
                return Convert(member, [.. json.EnumerateArray().Select(ToText)], what, _sources.RootDirectory);
            case JsonValueKind.Object or JsonValueKind.Array:
                try
                {
                    return Newtonsoft.Json.JsonConvert.DeserializeObject(json.GetRawText(), member.Type);
                }
                catch (Newtonsoft.Json.JsonException exception)
                {
                    throw new ParameterException($"{what}: {exception.Message}");
                }

            default:
                return Convert(member, [ToText(json)], what, _sources.RootDirectory);
        }
    }

    private static void CheckValueSet(ParameterMember member, object? value)
    {
        if (member.Attribute.ValueProviderMember == null || member.Attribute.Build == null)
            return;
        var allowed = member.Attribute.GetValueSet(member.Member, member.Attribute.Build).Select(x => x.Item1).ToList();
        var values = value is IEnumerable<string> many ? many : [value?.ToString() ?? string.Empty];
        if (values.FirstOrDefault(x => !allowed.Contains(x, StringComparer.OrdinalIgnoreCase)) is { } wrong)
            throw ValueConverter.NotAllowed(wrong, allowed);
    }

    private static string ToText(JsonElement json) => json.ValueKind == JsonValueKind.String ? json.GetString()! : json.GetRawText();

    private static (Module, int) GetKey(MemberInfo member) => (member.Module, member.MetadataToken);

    private static string NormalizeVariable(string name) =>
        string.Concat(name.Where(char.IsAsciiLetterOrDigit)).ToLowerInvariant();

    private sealed class ParameterException(string message) : Exception(message);
}
