#nullable disable
using System.IO.Compression;
using System.Text;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Nuke.Common.IO;

public static partial class AbsolutePathExtensions
{
    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false);

    public static string ReadAllText(this AbsolutePath path, Encoding encoding = null)
    {
        return File.ReadAllText(path, encoding ?? Encoding.UTF8);
    }

    public static string[] ReadAllLines(this AbsolutePath path, Encoding encoding = null)
    {
        return File.ReadAllLines(path, encoding ?? Encoding.UTF8);
    }

    public static byte[] ReadAllBytes(this AbsolutePath path)
    {
        return File.ReadAllBytes(path);
    }

    /// <summary>Writes the text, with exactly one newline at its end.</summary>
    public static AbsolutePath WriteAllText(this AbsolutePath path, string content, Encoding encoding = null, PlatformFamily? platformFamily = null, bool? eofLineBreak = null)
    {
        var newLine = platformFamily switch
        {
            PlatformFamily.Windows => "\r\n",
            null => Environment.NewLine,
            _ => "\n",
        };
        if (eofLineBreak ?? true)
            content = content.TrimEnd('\r', '\n') + newLine;
        path.Parent.CreateDirectory();
        File.WriteAllText(path, content, encoding ?? s_utf8);
        return path;
    }

    public static AbsolutePath WriteAllLines(this AbsolutePath path, IEnumerable<string> lines, Encoding encoding = null, PlatformFamily? platformFamily = null, bool? eofLineBreak = null)
    {
        return path.WriteAllText(string.Join(Environment.NewLine, lines), encoding, platformFamily, eofLineBreak);
    }

    public static AbsolutePath WriteAllBytes(this AbsolutePath path, byte[] bytes)
    {
        path.Parent.CreateDirectory();
        File.WriteAllBytes(path, bytes);
        return path;
    }

    public static AbsolutePath AppendAllText(this AbsolutePath path, string content, Encoding encoding = null)
    {
        path.Parent.CreateDirectory();
        File.AppendAllText(path, content, encoding ?? s_utf8);
        return path;
    }

    public static AbsolutePath AppendAllLines(this AbsolutePath path, IEnumerable<string> lines, Encoding encoding = null)
    {
        path.Parent.CreateDirectory();
        File.AppendAllLines(path, lines, encoding ?? s_utf8);
        return path;
    }

    public static AbsolutePath UpdateText(this AbsolutePath path, Func<string, string> update)
    {
        return path.WriteAllText(update(path.ReadAllText()));
    }

    public static T ReadJson<T>(this AbsolutePath path, JsonSerializerSettings serializerSettings = null)
    {
        return JsonConvert.DeserializeObject<T>(path.ReadAllText(), serializerSettings);
    }

    public static JObject ReadJson(this AbsolutePath path, JsonSerializerSettings serializerSettings = null)
    {
        return path.ReadJson<JObject>(serializerSettings);
    }

    public static AbsolutePath WriteJson<T>(this AbsolutePath path, T obj, JsonSerializerSettings serializerSettings = null)
    {
        return path.WriteAllText(JsonConvert.SerializeObject(obj, Formatting.Indented, serializerSettings));
    }

    public static AbsolutePath UpdateJson<T>(this AbsolutePath path, Action<T> update, JsonSerializerSettings serializerSettings = null)
    {
        var content = path.ReadJson<T>(serializerSettings);
        update(content);
        return path.WriteJson(content, serializerSettings);
    }

    public static AbsolutePath Copy(this AbsolutePath source, AbsolutePath target, ExistsPolicy policy = ExistsPolicy.Fail, Func<AbsolutePath, bool> excludeDirectory = null, Func<AbsolutePath, bool> excludeFile = null, bool createDirectories = true)
    {
        return Transfer(source, target, policy, excludeDirectory, excludeFile, createDirectories, move: false);
    }

    public static AbsolutePath Move(this AbsolutePath source, AbsolutePath target, ExistsPolicy policy = ExistsPolicy.Fail, Func<AbsolutePath, bool> excludeDirectory = null, Func<AbsolutePath, bool> excludeFile = null, bool createDirectories = true, bool deleteRemainingFiles = false)
    {
        Transfer(source, target, policy, excludeDirectory, excludeFile, createDirectories, move: true);
        if (source.DirectoryExists() && (deleteRemainingFiles || !Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories).Any()))
            source.DeleteDirectory();
        return target;
    }

    public static AbsolutePath CopyToDirectory(this AbsolutePath source, AbsolutePath targetDirectory, ExistsPolicy policy = ExistsPolicy.Fail, Func<AbsolutePath, bool> excludeDirectory = null, Func<AbsolutePath, bool> excludeFile = null, bool createDirectories = true)
    {
        return source.Copy(targetDirectory / source.Name, policy, excludeDirectory, excludeFile, createDirectories);
    }

    public static AbsolutePath MoveToDirectory(this AbsolutePath source, AbsolutePath targetDirectory, ExistsPolicy policy = ExistsPolicy.Fail, Func<AbsolutePath, bool> excludeDirectory = null, Func<AbsolutePath, bool> excludeFile = null, bool createDirectories = true, bool deleteRemainingFiles = false)
    {
        return source.Move(targetDirectory / source.Name, policy, excludeDirectory, excludeFile, createDirectories, deleteRemainingFiles);
    }

    public static AbsolutePath Rename(this AbsolutePath path, string newName, ExistsPolicy policy = ExistsPolicy.Fail)
    {
        return path.Move(path.Parent / newName, policy);
    }

    public static void ZipTo(this AbsolutePath directory, AbsolutePath archiveFile, Func<AbsolutePath, bool> filter = null, CompressionLevel compressionLevel = CompressionLevel.Optimal, FileMode fileMode = FileMode.CreateNew)
    {
        archiveFile.Parent.CreateDirectory();
        using var stream = File.Open(archiveFile, fileMode, FileAccess.ReadWrite);
        using var archive = new ZipArchive(stream, ZipArchiveMode.Create);
        foreach (var file in directory.GetFiles(depth: int.MaxValue).Where(x => x != archiveFile && (filter?.Invoke(x) ?? true)))
            archive.CreateEntryFromFile(file, directory.GetUnixRelativePathTo(file), compressionLevel);
    }

    public static void UnZipTo(this AbsolutePath archiveFile, AbsolutePath directory)
    {
        ZipFile.ExtractToDirectory(archiveFile, directory.CreateDirectory());
    }

    private static AbsolutePath Transfer(AbsolutePath source, AbsolutePath target, ExistsPolicy policy, Func<AbsolutePath, bool> excludeDirectory, Func<AbsolutePath, bool> excludeFile, bool createDirectories, bool move)
    {
        Assert.True(source.Exists(), $"Path '{source}' does not exist");
        if (source.FileExists())
            return TransferFile(source, target, policy, createDirectories, move);

        Assert.True(!target.DirectoryExists() || policy.HasFlag(ExistsPolicy.DirectoryMerge), $"Directory '{target}' exists already");
        target.CreateDirectory();
        foreach (var file in source.GetFiles().ToList())
        {
            if (excludeFile?.Invoke(file) != true)
                TransferFile(file, target / file.Name, policy, createDirectories: true, move);
        }

        foreach (var directory in source.GetDirectories().Where(x => x != target && excludeDirectory?.Invoke(x) != true).ToList())
            Transfer(directory, target / directory.Name, policy | ExistsPolicy.DirectoryMerge, excludeDirectory, excludeFile, createDirectories: true, move);
        return target;
    }

    private static AbsolutePath TransferFile(AbsolutePath source, AbsolutePath target, ExistsPolicy policy, bool createDirectories, bool move)
    {
        if (target.FileExists())
        {
            if (policy.HasFlag(ExistsPolicy.FileSkip))
                return target;
            if (policy.HasFlag(ExistsPolicy.FileOverwriteIfNewer) && File.GetLastWriteTimeUtc(source) <= File.GetLastWriteTimeUtc(target))
                return target;
            Assert.True(policy.HasFlag(ExistsPolicy.FileOverwrite) || policy.HasFlag(ExistsPolicy.FileOverwriteIfNewer), $"File '{target}' exists already");
        }

        if (createDirectories)
            target.Parent.CreateDirectory();
        if (move)
            File.Move(source, target, overwrite: true);
        else
            File.Copy(source, target, overwrite: true);
        return target;
    }
}

/// <summary>What copying and moving do with what is there already.</summary>
[Flags]
public enum ExistsPolicy
{
    Fail = 0,
    DirectoryMerge = 1,
    FileSkip = 2,
    FileOverwrite = 4,
    FileOverwriteIfNewer = 8,
    MergeAndSkip = DirectoryMerge | FileSkip,
    MergeAndOverwrite = DirectoryMerge | FileOverwrite,
    MergeAndOverwriteIfNewer = DirectoryMerge | FileOverwriteIfNewer,
}
