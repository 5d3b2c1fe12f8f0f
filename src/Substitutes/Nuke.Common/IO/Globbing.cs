#nullable disable
using System.Text;
using System.Text.RegularExpressions;

namespace Nuke.Common.IO;

/// <summary>File patterns with <c>*</c>, <c>?</c>, <c>**</c>, <c>{a,b}</c> and a leading <c>!</c> for exclusion.</summary>
public static class Globbing
{
    public static IReadOnlyCollection<AbsolutePath> GlobFiles(this AbsolutePath directory, params string[] patterns)
    {
        return Glob(directory, patterns, Directory.EnumerateFiles);
    }

    public static IReadOnlyCollection<AbsolutePath> GlobDirectories(this AbsolutePath directory, params string[] patterns)
    {
        return Glob(directory, patterns, Directory.EnumerateDirectories);
    }

    private static List<AbsolutePath> Glob(AbsolutePath directory, string[] patterns, Func<string, string, EnumerationOptions, IEnumerable<string>> enumerate)
    {
        var includes = patterns.Where(x => !x.StartsWith('!')).Select(ToRegex).ToList();
        var excludes = patterns.Where(x => x.StartsWith('!')).Select(x => ToRegex(x[1..])).ToList();
        var options = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None };
        return enumerate(directory, "*", options)
            .Select(x => (Full: x, Relative: Path.GetRelativePath(directory, x).Replace('\\', '/')))
            .Where(x => includes.Exists(y => y.IsMatch(x.Relative)) && !excludes.Exists(y => y.IsMatch(x.Relative)))
            .Select(x => x.Full)
            .Order(StringComparer.Ordinal)
            .Select(AbsolutePath.Create)
            .ToList();
    }

    private static Regex ToRegex(string pattern)
    {
        var text = new StringBuilder("^");
        for (var i = 0; i < pattern.Length; i++)
        {
            switch (pattern[i])
            {
                case '*' when pattern.AsSpan(i).StartsWith("**/"):
                    text.Append("(?:[^/]+/)*");
                    i += 2;
                    break;
                case '*' when pattern.AsSpan(i).StartsWith("**"):
                    text.Append(".*");
                    i++;
                    break;
                case '*':
                    text.Append("[^/]*");
                    break;
                case '?':
                    text.Append("[^/]");
                    break;
                case '{':
                    text.Append("(?:");
                    break;
                case '}':
                    text.Append(')');
                    break;
                case ',' when pattern.LastIndexOf('{', i) > pattern.LastIndexOf('}', i):
                    text.Append('|');
                    break;
                case '\\':
                    text.Append('/');
                    break;
                default:
                    text.Append(Regex.Escape(pattern[i].ToString()));
                    break;
            }
        }

        return new Regex(text.Append('$').ToString(), RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
    }
}
