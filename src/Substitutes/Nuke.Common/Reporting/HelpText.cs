using System.Collections;
using System.Text;
using Nuke.Common.Execution;
using Nuke.Common.Parameters;
using Nuke.Common.ValueInjection;

namespace Nuke.Common.Reporting;

/// <summary>What --help prints.</summary>
internal static class HelpText
{
    public static string Create(IReadOnlyCollection<ExecutableTarget> targets, ParameterService parameters, NukeBuild build)
    {
        var text = new StringBuilder();
        text.AppendLine("Usage: ./build.sh [TARGET...] [--OPTION VALUE...]").AppendLine();
        text.AppendLine("Targets (with their direct dependencies):").AppendLine();
        var listed = targets.Where(x => x.Listed).ToList();
        var width = listed.Select(x => GetTitle(x).Length).DefaultIfEmpty().Max();
        foreach (var target in listed)
        {
            var dependencies = target.ExecutionDependencies.Count == 0 ? string.Empty : " -> " + string.Join(", ", target.ExecutionDependencies.Select(x => x.Name));
            text.AppendLine($"  {GetTitle(target).PadRight(width)}{dependencies}".TrimEnd());
            if (target.Description is { Length: > 0 } description)
                text.AppendLine($"      {description.ReplaceLineEndings(Environment.NewLine + "      ")}");
        }

        Append(text, "Parameters:", parameters.Members.Where(x => !x.IsEngine), parameters, build);
        Append(text, "Parameters of the engine:", parameters.Members.Where(x => x.IsEngine), parameters, build);
        text.AppendLine().Append("Values come from the command line, from environment variables (NAME or NUKE_NAME; the engine's only NUKE_NAME),");
        text.AppendLine().Append("or from .nuke/parameters.json and .nuke/parameters.PROFILE.json.");
        return text.ToString();
    }

    private static string GetTitle(ExecutableTarget target) => target.Name + (target.IsDefault ? " (default)" : string.Empty);

    private static void Append(StringBuilder text, string heading, IEnumerable<ParameterMember> members, ParameterService parameters, NukeBuild build)
    {
        var listed = members.Where(x => x.Attribute.List).ToList();
        if (listed.Count == 0)
            return;
        text.AppendLine().AppendLine(heading).AppendLine();
        var width = listed.Max(x => GetUsage(x).Length);
        foreach (var member in listed)
        {
            var notes = GetNotes(member, parameters, build).ToList();
            var parts = new[] { member.Attribute.Description, notes.Count == 0 ? null : $"[{string.Join("; ", notes)}]" };
            text.AppendLine($"  {GetUsage(member).PadRight(width)}  {string.Join(' ', parts.Where(x => !string.IsNullOrEmpty(x)))}".TrimEnd());
        }
    }

    private static string GetUsage(ParameterMember member) =>
        member.Arity == OptionArity.Flag ? member.Option : $"{member.Option} <{member.TypeName}>";

    private static IEnumerable<string> GetNotes(ParameterMember member, ParameterService parameters, NukeBuild build)
    {
        if (member.IsRequired)
            yield return "required";
        if (member.IsSecret)
            yield return "secret";
        var source = parameters.GetSource(member.Member);
        var value = member.IsSecret ? null : Format(GetValue(member, build));
        if (source != null)
            yield return member.IsSecret ? $"given by {source}" : $"{value}, given by {source}";
        else if (value is { Length: > 0 })
            yield return $"default: {value}";
    }

    private static object? GetValue(ParameterMember member, NukeBuild build)
    {
        try
        {
            return member.Member.GetMemberValue(member.IsEngine ? build.Session.Engine : build);
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or NullReferenceException)
        {
            // A component's getter may insist on a value; then it has no default to show.
            return null;
        }
    }

    private static string? Format(object? value) => value switch
    {
        null or false => null,
        true => "true",
        string text => text,
        IEnumerable values => string.Join(' ', values.Cast<object?>()),
        IFormattable formattable => formattable.ToString(format: null, System.Globalization.CultureInfo.InvariantCulture),
        _ => value.ToString(),
    };
}
