using System.Text.Json.Nodes;
using Tiketi.LocalCloud.Hosting;

namespace Tiketi.LocalCloud.CloudFormation.Records;

/// <summary>A resource that is nothing but its description: the local cloud has no VPC to make, yet whoever asks gets true answers about it.</summary>
internal sealed record RecordedResource(string Type, string Id, JsonObject Properties, Dictionary<string, string> Attributes);

/// <summary>All recorded resources of all types, in one document.</summary>
internal sealed class RecordStore
{
    private const string Document = "records";

    private readonly StateStore _state;
    private readonly Lock _sync = new();
    private List<RecordedResource> _records;

    public RecordStore(StateStore state) => (_state, _records) = (state, state.Load<List<RecordedResource>>(Document));

    public IEnumerable<RecordedResource> All(string type) => _records.Where(record => record.Type == type);

    public RecordedResource? Find(string type, string? id) => _records.Find(record => record.Type == type && record.Id == id);

    /// <summary>Adds the resource, or replaces the one of its type and id; the check sees a state that nobody changes meanwhile.</summary>
    public void Put(RecordedResource resource, Action? check = null)
    {
        lock (_sync)
        {
            check?.Invoke();
            Save([.. _records.Where(record => record.Type != resource.Type || record.Id != resource.Id), resource]);
        }
    }

    public void Remove(string type, string id, Action? check = null)
    {
        lock (_sync)
        {
            check?.Invoke();
            Save([.. _records.Where(record => record.Type != type || record.Id != id)]);
        }
    }

    private void Save(List<RecordedResource> records)
    {
        _state.Save(Document, records);
        _records = records;
    }
}
