using System.Security.Cryptography;
using System.Text;

namespace Tiketi.Pipeline.Frontend;

/// <summary>The digest of everything that can change a frontend build's output.</summary>
internal static class BuildInputs
{
    // Bumped when this class changes what a build is made of.
    private const string Scheme = "tiketi-frontend-2";

    public static async Task<string> DigestAsync(string directory, string output, FrontendBuildRequest request, string nodeVersion, CancellationToken cancellationToken)
    {
        var text = new StringBuilder().Append(Scheme).Append('\n').Append(nodeVersion).Append('\n').Append(request.OutputDirectory).Append('\n').Append(request.AllowLocalAddresses).Append('\n');
        foreach (var (name, value) in request.Variables.OrderBy(variable => variable.Key, StringComparer.Ordinal))
        {
            text.Append(name).Append('=').Append(DigestOf(value)).Append('\n');
        }

        foreach (var file in Sources(new DirectoryInfo(directory), output).Order(StringComparer.Ordinal))
        {
            text.Append(Path.GetRelativePath(directory, file).Replace('\\', '/')).Append('\0').Append(await DigestOfFileAsync(file, cancellationToken)).Append('\n');
        }

        return DigestOf(text.ToString());
    }

    public static string DigestOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    public static async Task<string> DigestOfFileAsync(string file, CancellationToken cancellationToken)
    {
        await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellationToken));
    }

    private static IEnumerable<string> Sources(DirectoryInfo directory, string output)
    {
        foreach (var entry in directory.EnumerateFileSystemInfos())
        {
            if (entry is not DirectoryInfo below)
            {
                yield return entry.FullName;
            }
            else if (below.Name is not ("node_modules" or ".git") && below.FullName != output)
            {
                foreach (var file in Sources(below, output))
                {
                    yield return file;
                }
            }
        }
    }
}
