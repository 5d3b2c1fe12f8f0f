namespace Tiketi.Pipeline.Tests.Images;

/// <summary>A folder of files for one test.</summary>
internal sealed class TestFolder : IDisposable
{
    public string Root { get; } = Directory.CreateTempSubdirectory("tiketi-images-").FullName;

    public TestFolder Write(string path, string text, bool executable = false)
    {
        var full = Full(path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
        if (executable)
        {
            Mode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return this;
    }

    public TestFolder Link(string path, string target)
    {
        File.CreateSymbolicLink(Full(path), target);
        return this;
    }

    public TestFolder Mode(string path, UnixFileMode mode)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no mode bits");
#pragma warning disable CA1416 // skipped there
        File.SetUnixFileMode(Full(path), mode);
#pragma warning restore CA1416
        return this;
    }

    public string Full(string path) => Path.Combine(Root, path);

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
