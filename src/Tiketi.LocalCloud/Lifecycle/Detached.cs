using System.Diagnostics;

namespace Tiketi.LocalCloud.Lifecycle;

/// <summary>Starts a program that stays when this one ends: its output goes to a file, never to our terminal or pipes.</summary>
internal static class Detached
{
    /// <summary>The process's id is the program's own: the shell that redirects replaces itself.</summary>
    public static Process Start(IReadOnlyList<string> program, IEnumerable<string> arguments, string log)
    {
        // A relay on Windows keeps no handle of ours open either: cmd gets its own console.
        var start = OperatingSystem.IsWindows()
            ? new ProcessStartInfo("cmd.exe") { CreateNoWindow = true, ArgumentList = { "/d", "/s", "/c" } }
            : new ProcessStartInfo("/bin/sh") { ArgumentList = { "-c", "log=$1; shift; exec \"$@\" >>\"$log\" 2>&1 </dev/null", "sh", log } };
        start.UseShellExecute = false;
        if (OperatingSystem.IsWindows())
        {
            start.ArgumentList.Add($"\"{string.Join(' ', program.Concat(arguments).Select(word => $"\"{word}\""))} >>\"{log}\" 2>&1\"");
        }
        else
        {
            foreach (var word in program.Concat(arguments))
            {
                start.ArgumentList.Add(word);
            }
        }

        return Process.Start(start) ?? throw new InvalidOperationException($"{program[0]} did not start.");
    }
}
