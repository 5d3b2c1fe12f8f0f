using Tiketi.LocalCloud.Lifecycle;

namespace Tiketi.LocalCloud.Engine;

/// <summary>Installs missing Debian packages on the host, as root, saying so.</summary>
internal static class AptPackages
{
    /// <exception cref="LocalCloudException">Not root, no apt-get, or it failed.</exception>
    public static async Task InstallAsync(IReadOnlyList<string> packages, string stateDirectory, Action<string> say, CancellationToken cancellationToken)
    {
        var names = string.Join(' ', packages);
        var remedy = $"Install {names} yourself ('apt-get install {names}'), and run it again.";
        if (!Posix.IsRoot || Tool.Find("apt-get") is null)
        {
            throw new LocalCloudException($"Missing on this machine: {names}. Installing them needs root and apt-get.", remedy);
        }

        say($"Installing {names} (apt-get).");
        var log = Path.Combine(stateDirectory, "apt.log");
        string[] install = ["-o", "DPkg::Lock::Timeout=120", "install", "-y", "--no-install-recommends", .. packages];
        try
        {
            await Tool.RunAsync("apt-get", install, log, remedy, cancellationToken);
        }
        catch (LocalCloudException)
        {
            // The usual cause on a fresh machine: no package lists yet, or old ones.
            await Tool.RunAsync("apt-get", ["-o", "DPkg::Lock::Timeout=120", "update"], log, remedy, cancellationToken);
            await Tool.RunAsync("apt-get", install, log, remedy, cancellationToken);
        }
    }
}
