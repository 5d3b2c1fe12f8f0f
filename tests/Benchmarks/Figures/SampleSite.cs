namespace Tiketi.Benchmarks.Figures;

/// <summary>A built site of a given size, always the same one.</summary>
internal static class SampleSite
{
    public static void Write(string directory, int files, int smallest, int largest)
    {
        var random = new Random(7);
        var folder = Directory.CreateDirectory(Path.Combine(directory, "static", "js")).FullName;
        for (var index = 1; index < files; index++)
        {
            var content = new byte[random.Next(smallest, largest + 1)];
            random.NextBytes(content);
            File.WriteAllBytes(Path.Combine(folder, $"chunk{index}.{index:d7}a.js"), content);
        }

        File.WriteAllText(Path.Combine(directory, "index.html"), $"<script src=\"/static/js/chunk1.0000001a.js\"></script>{new string(' ', smallest)}");
    }
}
