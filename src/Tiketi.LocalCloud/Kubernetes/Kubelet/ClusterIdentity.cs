using Tiketi.LocalCloud.Hosting;

namespace Tiketi.LocalCloud.Kubernetes.Kubelet;

/// <summary>Tells this cluster's containers from those of another local cloud on the same engine. Lives as long as the state folder.</summary>
internal sealed class ClusterIdentity
{
    public ClusterIdentity(StateStore state)
    {
        var stored = state.Load<Document>("cluster-identity");
        if (stored.Id.Length == 0)
        {
            stored = new Document { Id = Guid.NewGuid().ToString("N")[..12] };
            state.Save("cluster-identity", stored);
        }

        Id = stored.Id;
    }

    public string Id { get; }

    internal sealed record Document
    {
        public string Id { get; init; } = string.Empty;
    }
}
