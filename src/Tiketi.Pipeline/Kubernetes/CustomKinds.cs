namespace Tiketi.Pipeline.Kubernetes;

/// <summary>Kinds that manifests define themselves, by CustomResourceDefinitions, and may use at once.</summary>
internal static class CustomKinds
{
    /// <summary>The API server serves a new kind seconds after its definition is established.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(200);

    /// <summary>Those kinds in use that the cluster does not serve yet, but will when the definitions among these manifests are applied.</summary>
    public static async Task<IReadOnlySet<(string ApiVersion, string Kind)>> PendingAsync(ClusterApi api, ManifestSet manifests, CancellationToken cancellationToken)
    {
        var used = manifests.Manifests.Select(manifest => (manifest.Key.ApiVersion, manifest.Key.Kind)).ToHashSet();
        var pending = new HashSet<(string ApiVersion, string Kind)>();
        foreach (var kind in manifests.Manifests.SelectMany(DefinedBy).Where(used.Contains))
        {
            if (!await api.ServesAsync(kind.ApiVersion, kind.Kind, cancellationToken))
            {
                pending.Add(kind);
            }
        }

        return pending;
    }

    /// <summary>Waits until discovery lists what an established definition defines.</summary>
    /// <exception cref="PipelineException">It does not.</exception>
    public static async Task WaitAsync(ClusterApi api, Manifest definition, TimeProvider time, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        foreach (var (apiVersion, kind) in DefinedBy(definition))
        {
            while (!await api.ServesAsync(apiVersion, kind, cancellationToken, anew: true))
            {
                if (time.GetElapsedTime(started) > Limit)
                {
                    throw new PipelineException(
                        $"{definition.Key} is established, and yet the cluster does not serve {kind} in {apiVersion}.", "Look at the definition's conditions (kubectl describe crd), then deploy again.");
                }

                await Task.Delay(Poll, time, cancellationToken);
            }
        }
    }

    private static IEnumerable<(string ApiVersion, string Kind)> DefinedBy(Manifest manifest) => manifest.Key.Kind != "CustomResourceDefinition"
        ? []
        : manifest.Body.Items("spec", "versions").Where(version => version.Text("served") == "true")
            .Select(version => ($"{manifest.Body.Text("spec", "group")}/{version.Text("name")}", manifest.Body.Text("spec", "names", "kind")!));
}
