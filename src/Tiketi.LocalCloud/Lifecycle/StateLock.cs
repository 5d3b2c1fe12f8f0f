using System.Diagnostics;

namespace Tiketi.LocalCloud.Lifecycle;

/// <summary>One `up` or `down` at a time on a state directory. The lock ends with the process, however that ends.</summary>
internal static class StateLock
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <exception cref="LocalCloudException">Another run kept the lock for 5 minutes.</exception>
    public static async Task<IDisposable> AcquireAsync(string stateDirectory, Action<string> say, CancellationToken cancellationToken)
    {
        var path = Path.Combine(stateDirectory, ".lock");
        var waited = Stopwatch.StartNew();
        var told = false;
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (File.Exists(path) && waited.Elapsed < Patience)
            {
                if (!told)
                {
                    say("Another run is starting or stopping this local cloud: waiting for it.");
                    told = true;
                }

                await Task.Delay(100, cancellationToken);
            }
            catch (IOException exception) when (File.Exists(path))
            {
                throw new LocalCloudException(
                    $"Another run has held {path} for {Patience.TotalMinutes:0} minutes.",
                    "See what it does ('ps'), end it, and try again.",
                    exception);
            }
        }
    }
}
