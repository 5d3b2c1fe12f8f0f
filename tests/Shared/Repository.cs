namespace Tiketi.Testing;

/// <summary>The checkout that these tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = Up(AppContext.BaseDirectory).FirstOrDefault(folder => File.Exists(Path.Combine(folder, "Tiketi.Pipeline.sln")))
        ?? throw new InvalidOperationException($"No Tiketi.Pipeline.sln above {AppContext.BaseDirectory}.");

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
