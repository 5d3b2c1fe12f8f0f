using System.Text;

/// <summary>What a GitHub job shows above its log, where reviewers read it; elsewhere nothing. The engine adds its table of targets.</summary>
static class JobSummary
{
    // GitHub refuses more than 1 MiB a step; the engine's table takes up to 256 KiB of it.
    const int MaximumLength = 512 * 1024;

    static readonly Lock Writing = new();

    /// <summary>A section with lines as a terminal shows them.</summary>
    public static void AddLines(string title, IEnumerable<string> lines) => Add(title, lines, "````");

    /// <summary>A section with links.</summary>
    public static void AddLinks(string title, params (string Name, Uri Address)[] links) => Add(title, links.Select(link => $"- [{link.Name}]({link.Address})"), "");

    /// <summary>A section with Markdown of its own.</summary>
    public static void AddMarkdown(string title, string markdown) => Add(title, markdown.Split('\n'), "");

    static void Add(string title, IEnumerable<string> lines, string fence)
    {
        if (Environment.GetEnvironmentVariable("GITHUB_STEP_SUMMARY") is not { Length: > 0 } file)
        {
            return;
        }

        lock (Writing) // targets run side by side
        {
            var left = MaximumLength - (File.Exists(file) ? new FileInfo(file).Length : 0);
            var text = new StringBuilder($"### {title}\n\n{fence}\n");
            foreach (var line in lines)
            {
                left -= Encoding.UTF8.GetByteCount(line) + 1;
                if (left < 0)
                {
                    text.Append("... the rest is in the log\n");
                    break;
                }

                text.Append(line).Append('\n');
            }

            File.AppendAllText(file, text.Append(fence).Append("\n\n").ToString());
        }
    }
}
