namespace Nuke.Common.IO;

/// <summary>Files that runs at the same time may both write: readers see one version or the other, and nobody is locked out.</summary>
internal static class AtomicFile
{
    public static void WriteAllText(AbsolutePath file, string text)
    {
        file.Parent.CreateDirectory();
        var temporary = file + $".{Guid.NewGuid():N}.tmp";
        File.WriteAllText(temporary, text);
        File.Move(temporary, file, overwrite: true);
    }
}
