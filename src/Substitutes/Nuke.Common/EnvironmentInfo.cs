#nullable disable
using System.Collections;
using System.Runtime.InteropServices;
using Nuke.Common.IO;

namespace Nuke.Common;

/// <summary>The families of operating systems.</summary>
public enum PlatformFamily
{
    Unknown,
    Windows,
    Linux,
    OSX,
}

/// <summary>The process's surroundings.</summary>
public static class EnvironmentInfo
{
    public static AbsolutePath WorkingDirectory
    {
        get => Directory.GetCurrentDirectory();
        set => Directory.SetCurrentDirectory(value);
    }

    public static string NewLine => Environment.NewLine;

    public static string MachineName => Environment.MachineName;

    public static bool IsWin => OperatingSystem.IsWindows();

    public static bool IsOsx => OperatingSystem.IsMacOS();

    public static bool IsLinux => OperatingSystem.IsLinux();

    public static bool IsUnix => IsLinux || IsOsx;

    public static bool IsArm64 => RuntimeInformation.OSArchitecture == Architecture.Arm64;

    public static bool Is64Bit => Environment.Is64BitOperatingSystem;

    public static PlatformFamily Platform =>
        IsWin ? PlatformFamily.Windows : IsOsx ? PlatformFamily.OSX : IsLinux ? PlatformFamily.Linux : PlatformFamily.Unknown;

    public static IReadOnlyDictionary<string, string> Variables =>
        Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .ToDictionary(
                x => (string)x.Key,
                x => (string)x.Value,
                IsWin ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);

    public static string GetVariable(string name)
    {
        return Environment.GetEnvironmentVariable(name);
    }

    public static T GetVariable<T>(string name)
    {
        var value = GetVariable(name);
        return value == null ? default : (T)Parameters.ValueConverter.ConvertScalar(value, typeof(T), WorkingDirectory);
    }

    public static bool HasVariable(string name)
    {
        return GetVariable(name) != null;
    }

    public static void SetVariable(string name, string value)
    {
        Environment.SetEnvironmentVariable(name, value);
    }
}
