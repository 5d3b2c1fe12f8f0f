using Nuke.Common.Execution;
using Nuke.Common.Parameters;

namespace Nuke.Common.Reporting;

/// <summary>What --completion prints: a script for the shell that knows the targets and options.</summary>
internal static class CompletionScript
{
    /// <exception cref="BuildInputException">The shell is none of bash, zsh, pwsh.</exception>
    public static string Create(string shell, IEnumerable<ExecutableTarget> targets, IEnumerable<ParameterMember> parameters)
    {
        List<string> words =
        [
            .. targets.Where(x => x.Listed).Select(x => x.Name),
            .. parameters.Where(x => x.Attribute.List).Select(x => x.Option),
        ];
        return shell switch
        {
            "bash" => $"complete -o default -W '{string.Join(' ', words)}' build.sh ./build.sh",
            "zsh" => $"_build_sh() {{ compadd -- {string.Join(' ', words)} }}\ncompdef _build_sh build.sh ./build.sh",
            "pwsh" =>
                "Register-ArgumentCompleter -Native -CommandName build.ps1, build.cmd -ScriptBlock { param($word)\n"
                + $"  {string.Join(", ", words.Select(x => $"'{x}'"))} | Where-Object {{ $_ -like \"$word*\" }}\n}}",
            _ => throw new BuildInputException($"Option '--completion': {ValueConverter.NotAllowed(shell, ["bash", "zsh", "pwsh"]).Message}"),
        };
    }
}
