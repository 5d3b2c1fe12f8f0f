using System.Text.Json;

namespace Tiketi.LocalCloud.Lifecycle;

/// <summary>
/// What `serve` writes down once it listens, so that `up`, `status` and `down` find it. The stamp tells the process from a
/// later one with the same pid; the build identifies the compiled program.
/// </summary>
internal sealed record ServeRecord(
    int Pid,
    string? Stamp,
    string Build,
    DateTimeOffset Started,
    int AwsPort,
    int KubernetesPort,
    int IngressPort,
    int CdnPort,
    string DockerHost,
    string NodeImage,
    string PostgresImage,
    string RedisImage)
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static string CurrentBuild { get; } = typeof(ServeRecord).Module.ModuleVersionId.ToString("N");

    public bool IsRunning => Posix.IsAlive(Pid) && Posix.StartStamp(Pid) == Stamp;

    public static string FileOf(string stateDirectory) => Path.Combine(stateDirectory, "serve.json");

    /// <summary>The record of the last `serve`, running or not; null when there never was one or it can't be read (it is rewritten by the next start).</summary>
    public static ServeRecord? Load(string stateDirectory)
    {
        try
        {
            return JsonSerializer.Deserialize<ServeRecord>(File.ReadAllText(FileOf(stateDirectory)), Options);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException or JsonException)
        {
            return null;
        }
    }

    public void Save(string stateDirectory)
    {
        var file = FileOf(stateDirectory);
        File.WriteAllText(file + ".tmp", JsonSerializer.Serialize(this, Options));
        File.Move(file + ".tmp", file, overwrite: true);
    }
}
