using Spectre.Console;

namespace Nuke.Common.Parameters;

/// <summary>Asks the person at the terminal for a missing parameter.</summary>
internal static class ParameterPrompt
{
    /// <summary>The value, or null when the parameter's type cannot be typed in.</summary>
    public static object? Ask(ParameterMember parameter, NukeBuild build)
    {
        if (parameter.IsCollection)
            return null;
        var title = $"{parameter.Option} {parameter.Attribute.Description}".TrimEnd();
        var values = parameter.Attribute.GetValueSet(parameter.Member, build)?.ToList();
        if (values is { Count: > 0 })
        {
            var text = AnsiConsole.Prompt(new SelectionPrompt<string>().Title(Markup.Escape(title)).AddChoices(values.Select(x => x.Item1)));
            return ValueConverter.ConvertScalar(text, parameter.Type, build.Session.RootDirectory);
        }

        var prompt = new TextPrompt<string>(Markup.Escape(title) + ":") { IsSecret = parameter.IsSecret };
        prompt.Validate(text =>
        {
            try
            {
                ValueConverter.ConvertScalar(text, parameter.Type, EnvironmentInfo.WorkingDirectory);
                return ValidationResult.Success();
            }
            catch (FormatException exception)
            {
                return ValidationResult.Error(Markup.Escape(exception.Message));
            }
        });
        return ValueConverter.ConvertScalar(AnsiConsole.Prompt(prompt), parameter.Type, EnvironmentInfo.WorkingDirectory);
    }
}
