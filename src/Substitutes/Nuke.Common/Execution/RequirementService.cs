using System.Linq.Expressions;
using System.Reflection;
using Nuke.Common.Parameters;
using Nuke.Common.ValueInjection;

namespace Nuke.Common.Execution;

/// <summary>Checks what targets and members require, before anything runs.</summary>
internal static class RequirementService
{
    /// <param name="build">The build.</param>
    /// <param name="scheduled">The targets that are going to run.</param>
    /// <param name="prompt">Asks for a missing parameter; null where nobody can answer.</param>
    /// <exception cref="BuildInputException">Lists everything that is missing and how to give it.</exception>
    public static void Check(NukeBuild build, IReadOnlyCollection<ExecutableTarget> scheduled, Func<ParameterMember, object?>? prompt)
    {
        var problems = new List<string>();
        var checkedMembers = new HashSet<MemberInfo>();
        foreach (var target in scheduled)
        {
            foreach (var requirement in target.DelegateRequirements)
            {
                if (requirement is Expression<Func<bool>> condition)
                {
                    if (!condition.Compile(preferInterpretation: true)())
                        problems.Add($"Target '{target.Name}' requires '{ToText(condition)}'");
                }
                else if (requirement.GetMemberOrNull() is { } member)
                {
                    if (checkedMembers.Add(member))
                        problems.AddRange(CheckMember(build, member, $"Target '{target.Name}' requires {{0}}", prompt));
                }
                else if (requirement.Compile(preferInterpretation: true).DynamicInvoke() == null)
                {
                    problems.Add($"Target '{target.Name}' requires '{ToText(requirement)}' to be not null");
                }
            }
        }

        foreach (var (member, _) in ParameterDiscovery.GetInjectionMembers(build).Where(x => x.Member.IsDefined(typeof(RequiredAttribute))))
        {
            if (checkedMembers.Add(member))
                problems.AddRange(CheckMember(build, member, "The build requires {0}", prompt));
        }

        if (problems.Count > 0)
            throw new BuildInputException("Something that the build requires is missing:", problems);
    }

    private static IEnumerable<string> CheckMember(NukeBuild build, MemberInfo member, string format, Func<ParameterMember, object?>? prompt)
    {
        if (!member.IsDefined(typeof(ValueInjectionAttributeBase)) && member.GetMemberType() != typeof(Tooling.Tool))
        {
            yield return string.Format(null, format, $"member '{member.Name}', which has no attribute that gives it a value, such as [Parameter]");
            yield break;
        }

        if (!IsMissing(GetValue(build, member)))
            yield break;
        var parameter = build.Session.Parameters.Find(member);
        if (parameter == null)
        {
            yield return string.Format(null, format, $"'{member.Name}', which could not be determined");
            yield break;
        }

        if (prompt?.Invoke(parameter) is { } answer)
        {
            build.Session.Parameters.Set(parameter, answer, "prompt");
            parameter.Member.TrySetMemberValue(build, answer);
            yield break;
        }

        var how = parameter.IsSecret ? $"set the environment variable {parameter.Variable}" : $"pass {parameter.Option} or set the environment variable {parameter.Variable}";
        var description = parameter.Attribute.Description is { Length: > 0 } text ? $" ({text.TrimEnd('.')})" : string.Empty;
        yield return string.Format(null, format, $"{parameter.Option}{description}: {how}");
    }

    private static object? GetValue(NukeBuild build, MemberInfo member) => member.GetMemberValue(build);

    private static bool IsMissing(object? value) => value is null or "";

    // Expression trees print captured objects as value(Type).
    private static string ToText(LambdaExpression expression)
    {
        var text = expression.Body.ToString();
        for (var start = text.IndexOf("value(", StringComparison.Ordinal); start >= 0; start = text.IndexOf("value(", StringComparison.Ordinal))
        {
            var end = text.IndexOf(')', start);
            text = text[..start] + text[(text[(end + 1)..].StartsWith('.') ? end + 2 : end + 1)..];
        }

        return text;
    }
}
