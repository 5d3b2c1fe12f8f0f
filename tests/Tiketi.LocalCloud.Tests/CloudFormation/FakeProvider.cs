using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Tiketi.LocalCloud.CloudFormation;

namespace Tiketi.LocalCloud.Tests.CloudFormation;

/// <summary>
/// A resource type that remembers what was asked of it. Property "Fixed" needs a replacement; "Fail" = create, update or delete makes that
/// fail; while a <see cref="Gate"/> is set, every creation waits for it.
/// </summary>
internal sealed class FakeProvider(string resourceType, params (string Name, string Value)[] attributes) : IResourceProvider, ISnapshotProvider
{
    private int _count;

    public string ResourceType => resourceType;

    /// <summary>"create A", "update A", "delete A-1", in the order they ended.</summary>
    public ConcurrentQueue<string> Calls { get; } = new();

    /// <summary>What is there: physical id and properties.</summary>
    public ConcurrentDictionary<string, JsonObject> Living { get; } = new();

    public TaskCompletionSource? Gate { get; set; }

    public int Waiting;

    /// <summary>"Fail" is overlooked.</summary>
    public bool Forgiving { get; set; }

    public bool RequiresReplacement(string propertyName) => propertyName == "Fixed";

    public async Task<PhysicalResource> CreateAsync(ResourceRequest request, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref Waiting);
        if (Gate is { } gate)
        {
            await gate.Task.WaitAsync(cancellationToken);
        }

        FailWhen(request, "create");
        var id = $"{request.LogicalId}-{Interlocked.Increment(ref _count)}";
        Living[id] = request.Properties;
        Calls.Enqueue($"create {request.LogicalId}");
        return new PhysicalResource(id, Attributes(id));
    }

    public Task<PhysicalResource> UpdateAsync(ResourceRequest request, PhysicalResource current, CancellationToken cancellationToken)
    {
        FailWhen(request, "update");
        Living[current.Id] = request.Properties;
        Calls.Enqueue($"update {request.LogicalId}");
        return Task.FromResult(new PhysicalResource(current.Id, Attributes(current.Id)));
    }

    public Task DeleteAsync(ResourceRequest request, PhysicalResource current, CancellationToken cancellationToken)
    {
        FailWhen(request, "delete");
        Living.TryRemove(current.Id, out _);
        Calls.Enqueue($"delete {current.Id}");
        return Task.CompletedTask;
    }

    public Task<string> SnapshotAsync(ResourceRequest request, PhysicalResource current, CancellationToken cancellationToken)
    {
        Calls.Enqueue($"snapshot {current.Id}");
        return Task.FromResult("snapshot-of-" + current.Id);
    }

    private Dictionary<string, string> Attributes(string id)
    {
        var all = new Dictionary<string, string>(StringComparer.Ordinal) { ["Arn"] = "arn:fake:" + id, ["Endpoint.Address"] = id + ".fake" };
        foreach (var (name, value) in attributes)
        {
            all[name] = value;
        }

        return all;
    }

    private void FailWhen(ResourceRequest request, string what)
    {
        if (!Forgiving && request.Properties.Text("Fail") == what)
        {
            throw new ResourceException($"The thing can't {what}");
        }
    }
}
