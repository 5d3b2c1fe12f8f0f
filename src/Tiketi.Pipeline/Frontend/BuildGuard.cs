using System.Net;
using System.Text.RegularExpressions;

namespace Tiketi.Pipeline.Frontend;

/// <summary>Refuses to publish a site that talks to a developer's machine or to a domain nobody filled in.</summary>
internal static partial class BuildGuard
{
    private const string Remedy = "Set the domain of this environment in environments/NAME.yaml (the API and socket addresses follow from it).";

    private static readonly string[] TextFiles = [".html", ".js", ".mjs", ".css", ".json", ".webmanifest"];

    public static void CheckValues(IReadOnlyDictionary<string, string> variables)
    {
        foreach (var (name, value) in variables)
        {
            if (Uri.TryCreate(value, UriKind.Absolute, out var address) && IsLocal(address.Host))
            {
                throw new PipelineException($"{name}={value} points at a visitor's own machine.", Remedy);
            }

            if (Placeholder().IsMatch(value))
            {
                throw new PipelineException($"{name}={value} is a placeholder.", Remedy);
            }
        }
    }

    public static async Task CheckOutputAsync(string output, CancellationToken cancellationToken)
    {
        foreach (var file in Directory.EnumerateFiles(output, "*", SearchOption.AllDirectories).Where(file => TextFiles.Contains(Path.GetExtension(file))))
        {
            var match = Embedded().Match(await File.ReadAllTextAsync(file, cancellationToken));
            if (match.Success)
            {
                throw new PipelineException(
                    $"The build embeds {match.Value} ({Path.GetRelativePath(output, file)}).",
                    "Read the address from a REACT_APP_* value in the frontend's source, without a local fallback. " + Remedy);
            }
        }
    }

    private static bool IsLocal(string host) =>
        host == "localhost" || host.EndsWith(".localhost", StringComparison.Ordinal)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && (IPAddress.IsLoopback(address) || address.Equals(IPAddress.Any)));

    [GeneratedRegex(@"<[^>]+>|\$\{|\bDOMAIN\b|CHANGE[_-]?ME|YOUR[-_.]?(?:DOMAIN|API|CLIENT)|your[-_.]?(?:domain|api|client)|\bexample\.(?:com|org|net)\b", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Placeholder();

    // Libraries mention a bare http://localhost (axios, react-router); an address of ours carries a port.
    [GeneratedRegex(@"(?:https?|wss?)://(?:localhost|127(?:\.\d{1,3}){3}|0\.0\.0\.0|\[::1\]):\d+|%REACT_APP_\w+%|\$\{REACT_APP_\w+\}|https?://(?:[\w-]+\.)?(?:DOMAIN|your-domain\.com)\b", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Embedded();
}
