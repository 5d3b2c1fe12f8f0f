#nullable disable
using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Nuke.Common.IO;
using Nuke.Common.ValueInjection;

namespace Nuke.Common.ProjectModel;

/// <summary>A solution file (.sln or .slnx) with its projects.</summary>
public partial class Solution : IAbsolutePathHolder
{
    private Solution(AbsolutePath path, IReadOnlyList<(string Name, string RelativePath)> projects)
    {
        Path = path;
        AllProjects = projects.Select(x => new Project(this, x.Name, path.Parent / x.RelativePath)).ToList();
    }

    public AbsolutePath Path { get; }

    public AbsolutePath Directory => Path.Parent;

    public string Name => Path.NameWithoutExtension;

    public string FileName => Path.Name;

    public IReadOnlyCollection<Project> AllProjects { get; }

    public IReadOnlyCollection<Project> Projects => AllProjects;

    public static implicit operator string(Solution solution)
    {
        return solution?.Path;
    }

    public static implicit operator AbsolutePath(Solution solution)
    {
        return solution?.Path;
    }

    /// <summary>The project of a name or path, or null.</summary>
    public Project GetProject(string nameOrFullPath)
    {
        return AllProjects.SingleOrDefault(x => x.Name == nameOrFullPath || x.Path.ToString() == nameOrFullPath);
    }

    /// <summary>The projects whose names match a pattern with <c>*</c>.</summary>
    public IEnumerable<Project> GetAllProjects(string wildcardPattern)
    {
        return AllProjects.Where(x => System.IO.Enumeration.FileSystemName.MatchesSimpleExpression(wildcardPattern, x.Name, ignoreCase: false));
    }

    public override string ToString()
    {
        return Path;
    }

    internal static Solution Read(AbsolutePath file)
    {
        Assert.FileExists(file, $"Solution '{file}' does not exist");
        var text = file.ReadAllText();
        return new Solution(file, file.Extension == ".slnx" ? ReadXml(text) : ReadClassic(text));
    }

    private static List<(string, string)> ReadXml(string text)
    {
        return XDocument.Parse(text).Descendants("Project")
            .Select(x => x.Attribute("Path")?.Value)
            .Where(x => x != null)
            .Select(x => (System.IO.Path.GetFileNameWithoutExtension(x.Replace('\\', '/')), x))
            .ToList();
    }

    private static List<(string, string)> ReadClassic(string text)
    {
        return ProjectLine().Matches(text)
            .Select(x => (x.Groups["name"].Value, x.Groups["path"].Value))
            .Where(x => x.Item2.EndsWith("proj", StringComparison.Ordinal)) // folders have no file
            .ToList();
    }

    [GeneratedRegex("""^Project\("\{[0-9A-Fa-f-]+\}"\) = "(?<name>[^"]+)", "(?<path>[^"]+)",""", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex ProjectLine();
}

/// <summary>A project of a solution.</summary>
public class Project : IAbsolutePathHolder
{
    internal Project(Solution solution, string name, AbsolutePath path)
    {
        Solution = solution;
        Name = name;
        Path = path;
    }

    public Solution Solution { get; }

    public string Name { get; }

    public AbsolutePath Path { get; }

    public AbsolutePath Directory => Path.Parent;

    public static implicit operator string(Project project)
    {
        return project?.Path;
    }

    public static implicit operator AbsolutePath(Project project)
    {
        return project?.Path;
    }

    public override string ToString()
    {
        return Path;
    }
}

/// <summary>Injects a <see cref="Solution"/>: the given one, or the only one in the root directory.</summary>
public class SolutionAttribute : ParameterAttribute
{
    private readonly string _relativePath;

    public SolutionAttribute()
        : this(relativePath: null)
    {
    }

    public SolutionAttribute(string relativePath)
        : base("Path to a solution file that is automatically loaded.")
    {
        _relativePath = relativePath;
    }

    public override bool List { get; set; }

    public bool GenerateProjects { get; set; }

    public override object GetValue(MemberInfo member, object instance)
    {
        if (_relativePath != null)
            return Solution.Read(Build.RootDirectory / _relativePath);
        if (Build.Session.Parameters.GetValue(member) is AbsolutePath path)
            return Solution.Read(path);
        var files = Build.RootDirectory.GetFiles("*.sln").Concat(Build.RootDirectory.GetFiles("*.slnx")).ToList();
        Assert.True(files.Count == 1, $"Directory '{Build.RootDirectory}' has {files.Count} solution files; name the one that is meant in [Solution(\"...\")]");
        return Solution.Read(files[0]);
    }

    public override IEnumerable<(string, object)> GetValueSet(MemberInfo member, object instance)
    {
        return null;
    }
}
