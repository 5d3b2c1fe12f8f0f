namespace Tiketi.LocalCloud.Engine;

/// <summary>Control groups, which an init system mounts and a bare container or micro-VM may lack.</summary>
internal static class Cgroups
{
    private const string Root = "/sys/fs/cgroup";

    /// <summary>Mounts the unified hierarchy where none at all is mounted. What goes wrong shows in dockerd's own log.</summary>
    public static void EnsureMounted(Action<string> say)
    {
        if (File.ReadLines("/proc/mounts").Any(line => line.Split(' ')[2] is "cgroup" or "cgroup2"))
        {
            return;
        }

        say("No control groups are mounted: mounting cgroup2.");
        Directory.CreateDirectory(Root);
        using var mount = System.Diagnostics.Process.Start("mount", ["-t", "cgroup2", "none", Root]);
        mount.WaitForExit();
    }
}
