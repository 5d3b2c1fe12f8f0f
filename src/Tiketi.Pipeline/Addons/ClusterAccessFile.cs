using System.Text;
using System.Text.Json.Nodes;
using k8s;

namespace Tiketi.Pipeline.Addons;

/// <summary>
/// A kubeconfig for a child process, gone when it is disposed of. It holds no secret: it names a file that only this user can
/// read, beside it, with the cluster's token, which lives 15 minutes.
/// </summary>
public sealed class ClusterAccessFile : IDisposable
{
    private readonly DirectoryInfo _folder;

    private ClusterAccessFile(DirectoryInfo folder) => _folder = folder;

    /// <summary>What KUBECONFIG is to be.</summary>
    public string Path => System.IO.Path.Combine(_folder.FullName, "config");

    /// <summary>Writes the files for a cluster.</summary>
    /// <param name="cluster">Its address, authorities and token, as EksCluster.ConfigureAsync gives them.</param>
    /// <param name="cancellationToken">Ends the wait for the token.</param>
    public static async Task<ClusterAccessFile> CreateAsync(KubernetesClientConfiguration cluster, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(cluster);
        var token = (await cluster.TokenProvider.GetAuthenticationHeaderAsync(cancellationToken).ConfigureAwait(false)).Parameter;
        var file = new ClusterAccessFile(Directory.CreateTempSubdirectory("tiketi-cluster-")); // mode 0700
        var authorities = string.Join('\n', (cluster.SslCaCerts ?? []).Select(certificate => certificate.ExportCertificatePem()));
        var tokenFile = System.IO.Path.Combine(file._folder.FullName, "token");
        Write(tokenFile, token ?? "");
        Write(file.Path, new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Config",
            ["current-context"] = "tiketi",
            ["clusters"] = Named("cluster", new JsonObject { ["server"] = cluster.Host, ["certificate-authority-data"] = Convert.ToBase64String(Encoding.ASCII.GetBytes(authorities)) }),
            ["users"] = Named("user", new JsonObject { ["tokenFile"] = tokenFile }),
            ["contexts"] = Named("context", new JsonObject { ["cluster"] = "tiketi", ["user"] = "tiketi" }),
        }.ToJsonString());
        return file;
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static JsonArray Named(string kind, JsonObject content) => [new JsonObject { ["name"] = "tiketi", [kind] = content }];

    private static void Write(string path, string text)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var writer = new StreamWriter(path, options);
        writer.Write(text);
    }
}
