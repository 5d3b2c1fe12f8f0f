using System.Text.Json.Nodes;
using Tiketi.LocalCloud.Containers;
using Tiketi.LocalCloud.Hosting;
using Tiketi.LocalCloud.Kubernetes.Resources;
using Tiketi.LocalCloud.Kubernetes.Storage;
using Tiketi.LocalCloud.PodIdentity;

namespace Tiketi.LocalCloud.Kubernetes.Kubelet;

/// <summary>
/// A pod's volumes as folders that are bind-mounted. What holds secrets lies in memory (/dev/shm), in a folder that only the local
/// cloud's user can enter, and is written afresh after a reboot.
/// </summary>
internal sealed class VolumeManager(StateStore state, ObjectStore store, EnvironmentResolver environment, ServiceAccountTokens tokens, CloudIdentity identity)
{
    private const UnixFileMode Open = (UnixFileMode)0b111_111_111;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode Readable = OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    /// <summary>Makes or refreshes every volume of a pod.</summary>
    /// <returns>The folder or file on this machine, by volume name.</returns>
    /// <exception cref="PodConfigException">A volume's ConfigMap, Secret, key or claim is missing.</exception>
    public Dictionary<string, string> Prepare(JsonObject pod, string? podIp)
    {
        var paths = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var volume in pod.Items("spec", "volumes"))
        {
            paths[volume.Text("name")!] = Prepare(pod, volume, podIp);
        }

        return paths;
    }

    /// <summary>Deletes a pod's volumes, all but claimed ones.</summary>
    public void Remove(string uid)
    {
        foreach (var root in new[] { DiskRoot(uid), MemoryRoot(uid) }.Where(Directory.Exists))
        {
            Directory.Delete(root, recursive: true);
        }
    }

    private string Prepare(JsonObject pod, JsonObject volume, string? podIp)
    {
        var name = volume.Text("name")!;
        if (volume.Text("hostPath", "path") is { } host)
        {
            return host;
        }

        if (volume.Text("persistentVolumeClaim", "claimName") is { } claim)
        {
            return ClaimFolder(pod.Namespace(), claim);
        }

        var inMemory = volume["secret"] is not null || volume["projected"] is not null || volume.Text("emptyDir", "medium") == "Memory";
        var folder = Path.Combine(inMemory ? MemoryRoot(pod.Uid()) : DiskRoot(pod.Uid()), name);
        if (inMemory)
        {
            MakeFolder(MemoryRoot(pod.Uid()), OwnerOnly);
        }

        if (volume.Object("emptyDir") is not null)
        {
            MakeFolder(folder, Open);
            return folder;
        }

        MakeFolder(folder, Readable);
        var kind = new[] { "configMap", "secret", "projected", "downwardAPI" }.FirstOrDefault(candidate => volume[candidate] is not null)
            ?? throw new PodConfigException($"volume \"{name}\" is of a kind that the local cluster does not mount (it mounts configMap, secret, projected, downwardAPI, emptyDir, hostPath and persistentVolumeClaim)");
        var mode = (int)(volume.Number(kind, "defaultMode") ?? 420);
        WriteFiles(folder, Files(pod, volume.Object(kind)!, kind, podIp), mode);
        return folder;
    }

    private Dictionary<string, (byte[] Content, int? Mode)> Files(JsonObject pod, JsonObject source, string kind, string? podIp)
    {
        var files = new Dictionary<string, (byte[], int?)>(StringComparer.Ordinal);
        if (kind == "projected")
        {
            foreach (var part in source.Items("sources"))
            {
                var inner = part.FirstOrDefault(pair => pair.Value is JsonObject);
                if (inner.Key is "configMap" or "secret" or "downwardAPI")
                {
                    foreach (var (path, file) in Files(pod, (JsonObject)inner.Value!, inner.Key, podIp))
                    {
                        files[path] = file;
                    }
                }
                else if (inner.Key == "serviceAccountToken")
                {
                    files[part.Text(inner.Key, "path")!] = (System.Text.Encoding.ASCII.GetBytes(tokens.Create(pod, part.Text(inner.Key, "audience") ?? "kubernetes")), null);
                }
                else
                {
                    throw new PodConfigException($"a projected volume's {inner.Key} is not mounted by the local cluster");
                }
            }

            return files;
        }

        if (kind == "downwardAPI")
        {
            foreach (var item in source.Items("items"))
            {
                var value = item.Text("fieldRef", "fieldPath") is { } path ? EnvironmentResolver.Field(pod, path, podIp) : string.Empty;
                files[item.Text("path")!] = (System.Text.Encoding.UTF8.GetBytes(value ?? string.Empty), (int?)item.Number("mode"));
            }

            return files;
        }

        return FromData(pod.Namespace(), source, kind);
    }

    private Dictionary<string, (byte[] Content, int? Mode)> FromData(string ns, JsonObject source, string kind)
    {
        var files = new Dictionary<string, (byte[], int?)>(StringComparer.Ordinal);
        var name = source.Text("secretName") ?? source.Text("name") ?? string.Empty;
        var data = environment.Data(kind == "secret" ? "secrets" : "configmaps", ns, name);
        if (data is null)
        {
            return source.Flag("optional") ? files : throw new PodConfigException($"{kind.ToLowerInvariant()} \"{name}\" not found");
        }

        if (!source.Items("items").Any())
        {
            return data.ToDictionary(pair => pair.Key, pair => (pair.Value, (int?)null), StringComparer.Ordinal);
        }

        foreach (var item in source.Items("items"))
        {
            var key = item.Text("key")!;
            if (data.TryGetValue(key, out var content))
            {
                files[item.Text("path")!] = (content, (int?)item.Number("mode"));
            }
            else if (!source.Flag("optional"))
            {
                throw new PodConfigException($"references non-existent {kind.ToLowerInvariant()} key: {key}");
            }
        }

        return files;
    }

    private static void WriteFiles(string folder, Dictionary<string, (byte[] Content, int? Mode)> files, int mode)
    {
        foreach (var stale in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(path => !files.ContainsKey(Path.GetRelativePath(folder, path))).ToList())
        {
            File.Delete(stale);
        }

        foreach (var (path, (content, own)) in files)
        {
            var target = Path.GetFullPath(Path.Combine(folder, path));
            if (!target.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            {
                throw new PodConfigException($"volume path \"{path}\" leads out of its volume");
            }

            if (File.Exists(target) && File.ReadAllBytes(target).AsSpan().SequenceEqual(content))
            {
                continue;
            }

            MakeFolder(Path.GetDirectoryName(target)!, Readable);
            var temporary = target + ".tmp";
            PrivateFiles.Write(temporary, content);
            PrivateFiles.SetMode(temporary, (UnixFileMode)((own ?? mode) & 0b111_111_111));
            File.Move(temporary, target, overwrite: true); // a reader sees the old or the new content, never half
        }
    }

    private string ClaimFolder(string ns, string claim)
    {
        var stored = store.Find(ResourceRegistry.Get("persistentvolumeclaims"), ns, claim)
            ?? throw new PodConfigException($"persistentvolumeclaim \"{claim}\" not found");
        var folder = state.Directory("kubernetes", "claims", stored.Body.Uid());
        PrivateFiles.SetMode(folder, Open);
        return folder;
    }

    private string DiskRoot(string uid) => Path.Combine(state.Directory("kubernetes", "volumes"), uid);

    private string MemoryRoot(string uid) => Path.Combine("/dev/shm", "tiketi-local-cloud-" + identity.Name, uid);

    private static void MakeFolder(string path, UnixFileMode mode)
    {
        if (mode == OwnerOnly)
        {
            PrivateFiles.SetMode(Directory.CreateDirectory(Path.GetDirectoryName(path)!).FullName, OwnerOnly);
        }

        Directory.CreateDirectory(path);
        PrivateFiles.SetMode(path, mode);
    }
}
