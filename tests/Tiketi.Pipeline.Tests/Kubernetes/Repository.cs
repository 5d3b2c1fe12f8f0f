namespace Tiketi.Pipeline.Tests.Kubernetes;

/// <summary>Paths of this repository, from wherever the tests were built to.</summary>
internal static class Repository
{
    public static string Root { get; } = Up(AppContext.BaseDirectory).First(folder => File.Exists(Path.Combine(folder, "Tiketi.Pipeline.sln")));

    /// <summary>The nearest file of that relative path beside one of the folders above the repository, or null.</summary>
    public static string? Beside(string relative) => Up(Root).Select(folder => Path.Combine(folder, relative)).FirstOrDefault(File.Exists);

    private static IEnumerable<string> Up(string? folder)
    {
        for (; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            yield return folder;
        }
    }
}
