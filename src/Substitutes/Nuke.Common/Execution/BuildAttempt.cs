using System.Security.Cryptography;
using System.Text;
using Nuke.Common.IO;

namespace Nuke.Common.Execution;

/// <summary>
/// Remembers which targets succeeded, so that --continue can leave them out. Counts only for the same arguments, parameter
/// values and build: anything else could have changed what they would do.
/// </summary>
internal sealed class BuildAttempt(BuildSession session, NukeBuild build)
{
    private readonly AbsolutePath _file = session.RootDirectory / ".nuke" / "temp" / "build-attempt.log";

    /// <summary>Skips what the last attempt got done; says so if it cannot be continued.</summary>
    public void Continue(IReadOnlyCollection<ExecutableTarget> plan)
    {
        if (!session.Engine.Continue)
            return;
        var lines = _file.ExistingFile()?.ReadAllLines() ?? [];
        if (lines.Length == 0 || lines[0] != GetKey(plan))
        {
            Serilog.Log.Warning("The last run was another build or had other arguments; restarting.");
            return;
        }

        foreach (var target in plan.Where(x => x.Status == ExecutionStatus.Scheduled && lines.Skip(1).Contains(x.Name, StringComparer.Ordinal)))
        {
            target.Status = ExecutionStatus.Skipped;
            target.Skipped = target.Reason = "done in the last run";
        }
    }

    public void Save(IReadOnlyCollection<ExecutableTarget> plan)
    {
        var done = plan.Where(x => x.Status == ExecutionStatus.Succeeded || x.Skipped == "done in the last run").Select(x => x.Name);
        AtomicFile.WriteAllText(_file, string.Join('\n', done.Prepend(GetKey(plan))) + "\n");
    }

    private string GetKey(IReadOnlyCollection<ExecutableTarget> plan)
    {
        var text = new StringBuilder(build.GetType().Module.ModuleVersionId.ToString());
        foreach (var target in plan)
            text.Append('\n').Append(target.Name);
        foreach (var parameter in session.Parameters.Members.Where(x => !x.IsEngine))
        {
            var value = session.Parameters.GetValue(parameter.Member);
            text.Append('\n').Append(parameter.Name).Append('=')
                .Append(value is System.Collections.IEnumerable values and not string ? string.Join('\0', values.Cast<object?>()) : value?.ToString());
        }

        // Only a digest is kept: the values may be secret.
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }
}
