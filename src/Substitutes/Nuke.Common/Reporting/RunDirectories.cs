using Nuke.Common.IO;

namespace Nuke.Common.Reporting;

/// <summary>.nuke/temp/runs: one directory for each run.</summary>
internal static class RunDirectories
{
    private const int Kept = 20;

    /// <summary>A new directory, named by time and process, so that runs at the same time do not share one.</summary>
    public static AbsolutePath Create(AbsolutePath rootDirectory, DateTimeOffset now)
    {
        var runs = rootDirectory / ".nuke" / "temp" / "runs";
        foreach (var old in runs.ExistingDirectory()?.GetDirectories().Reverse().Skip(Kept - 1) ?? [])
        {
            try
            {
                old.DeleteDirectory();
            }
            catch (DirectoryNotFoundException)
            {
                // Another run tidied up at the same time.
            }
        }

        return (runs / $"{now:yyyyMMdd-HHmmss-fff}-{Environment.ProcessId}").CreateDirectory();
    }
}
