using System.Text.RegularExpressions;

namespace Tiketi.Architecture;

/// <summary>README.ko.md says what README.md says: what a reader types, and where each thing stands, is the same in both.</summary>
public sealed partial class ReadmeTests
{
    private static readonly string English = File.ReadAllText(Path.Combine(Repository.Root, "README.md"));

    private static readonly string Korean = File.ReadAllText(Path.Combine(Repository.Root, "README.ko.md"));

    [Fact]
    public void Both_have_the_same_sections() => Headings(Korean).Should().Equal(Headings(English));

    [Fact]
    public void Both_have_the_same_commands() => Blocks().Matches(Korean).Select(block => block.Value).Should().Equal(Blocks().Matches(English).Select(block => block.Value)).And.NotBeEmpty();

    /// <summary>Names in code stand in the same rows of the same tables, and in the same paragraphs, in whatever order the language has them.</summary>
    [Fact]
    public void Both_name_the_same_things_in_the_same_places() =>
        Paragraphs(Korean).Select(Names).Should().Equal(Paragraphs(English).Select(Names));

    [Fact]
    public void Every_page_that_they_name_is_there() =>
        Links().Matches(English).Select(link => link.Groups["page"].Value).Where(page => !page.Contains("://", StringComparison.Ordinal))
            .Where(page => !File.Exists(Path.Combine(Repository.Root, page))).Should().BeEmpty();

    [Fact]
    public void Every_page_of_the_documentation_is_named() =>
        Directory.GetFiles(Path.Combine(Repository.Root, "docs"), "*.md").Select(file => $"docs/{Path.GetFileName(file)}")
            .Except(Links().Matches(English).Select(link => link.Groups["page"].Value), StringComparer.Ordinal).Should().BeEmpty();

    private static IEnumerable<int> Headings(string text) => Heading().Matches(Blocks().Replace(text, "")).Select(heading => heading.Groups["level"].Length);

    /// <summary>Table rows and list items by themselves; the line with the other language, and the remark on it, are no part of either.</summary>
    private static IEnumerable<string> Paragraphs(string text) =>
        Blocks().Replace(text, "").Split("\n\n").SelectMany(paragraph => paragraph.StartsWith('|') || paragraph.StartsWith("- ", StringComparison.Ordinal) ? paragraph.Split('\n') : [paragraph])
            .Where(paragraph => paragraph.Trim().Length > 0 && !paragraph.Contains("](README", StringComparison.Ordinal) && !paragraph.TrimStart().StartsWith('('));

    private static string Names(string paragraph) => string.Join(' ', Name().Matches(paragraph).Select(name => name.Value).Order(StringComparer.Ordinal));

    [GeneratedRegex("```.*?```", RegexOptions.Singleline, 1000)]
    private static partial Regex Blocks();

    [GeneratedRegex(@"^(?<level>#+) ", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Heading();

    [GeneratedRegex(@"`[^`\n]+`|\]\([^)]+\)", RegexOptions.None, 1000)]
    private static partial Regex Name();

    [GeneratedRegex(@"\]\((?<page>[^)#]+)\)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Links();
}
