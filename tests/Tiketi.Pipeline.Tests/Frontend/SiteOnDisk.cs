namespace Tiketi.Pipeline.Tests.Frontend;

/// <summary>A small built site in a directory of its own.</summary>
internal sealed class SiteOnDisk : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("tiketi-site-").FullName;

    public SiteOnDisk Write(string key, string content)
    {
        var file = System.IO.Path.Combine(Path, key);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
        File.WriteAllText(file, content);
        return this;
    }

    public SiteOnDisk Remove(string key)
    {
        File.Delete(System.IO.Path.Combine(Path, key));
        return this;
    }

    /// <summary>Replaces everything by the build number <paramref name="version"/>: an index and a page, each with its hashed script, and a style.</summary>
    public SiteOnDisk Build(int version)
    {
        Directory.Delete(Path, recursive: true);
        var (main, about) = ($"static/js/main.{version:d7}a.js", $"static/js/about.{version:d7}b.js");
        return Write(main, $"main {version}")
            .Write(about, $"about {version}")
            .Write("static/css/main.0123abcd.css", "body{}")
            .Write("robots.txt", "User-agent: *")
            .Write("about.html", $"<script src=\"/{about}\"></script>")
            .Write("index.html", $"<script src=\"/{main}\"></script><link href=\"/static/css/main.0123abcd.css\">");
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
