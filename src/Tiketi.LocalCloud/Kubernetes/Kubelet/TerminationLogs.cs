using System.Text.Json.Nodes;
using Tiketi.LocalCloud.Hosting;
using Tiketi.LocalCloud.Kubernetes.Storage;

namespace Tiketi.LocalCloud.Kubernetes.Kubelet;

/// <summary>The file at a container's terminationMessagePath, in which it may leave its last words.</summary>
internal sealed class TerminationLogs(StateStore state)
{
    private const int Limit = 4096;

    public string Create(string uid, string container, int attempt)
    {
        var path = PathOf(uid, container, attempt);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, []);
        PrivateFiles.SetMode(path, (UnixFileMode)0b110_110_110);
        return path;
    }

    public string? Read(PodContainer ended, JsonObject container)
    {
        var path = PathOf(ended.PodUid, ended.Name, ended.Attempt);
        if (!File.Exists(path))
        {
            return null;
        }

        var text = File.ReadAllText(path);
        return text.Length > Limit ? text[..Limit] : text;
    }

    private string PathOf(string uid, string container, int attempt) =>
        Path.Combine(state.Directory("kubernetes", "volumes"), uid, ".termination", container, attempt.ToString(System.Globalization.CultureInfo.InvariantCulture));
}
