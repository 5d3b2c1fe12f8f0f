namespace Tiketi.LocalCloud.CloudFormation.Stacks;

/// <summary>Changes a stack's record and tells of it: each step is one event and one write to disk, so that a killed process loses nothing.</summary>
internal sealed class StackJournal(StackRecord stack, StackServices services)
{
    public const string StackType = "AWS::CloudFormation::Stack";

    /// <summary>Changes the record as the caller says, without an event.</summary>
    public void Change(Action<StackRecord> change)
    {
        lock (stack.Sync)
        {
            change(stack);
            services.Repository.Save(stack);
        }
    }

    /// <summary>The stack reaches a status.</summary>
    public void Stack(string status, string? reason = null, Action<StackRecord>? change = null) => Change(record =>
    {
        change?.Invoke(record);
        record.Status = status;
        record.StatusReason = reason;
        Add(record, Guid.NewGuid().ToString(), record.StackName, record.StackId, StackType, status, reason);
    });

    /// <summary>A resource of the stack reaches a status.</summary>
    public ResourceRecord Resource(ResourceRecord resource, string status, string? reason = null)
    {
        var now = resource with { Status = status, StatusReason = reason, Timestamp = services.Time.GetUtcNow() };
        Change(record =>
        {
            record.Put(now);
            AddResource(record, now, status, reason);
        });
        return now;
    }

    /// <summary>Something happens to a resource that the stack no longer counts as its own (a replaced or dropped one).</summary>
    public void Former(ResourceRecord resource, string status, string? reason = null) => Change(record => AddResource(record, resource, status, reason));

    private void AddResource(StackRecord record, ResourceRecord resource, string status, string? reason) => Add(
        record,
        $"{resource.LogicalId}-{status}-{services.Time.GetUtcNow():yyyy-MM-ddTHH:mm:ss.fffZ}",
        resource.LogicalId,
        resource.PhysicalId ?? "",
        resource.Type,
        status,
        reason);

    private void Add(StackRecord record, string eventId, string logicalId, string physicalId, string type, string status, string? reason) =>
        record.Events.Add(new EventRecord(eventId, logicalId, physicalId, type, status, reason, services.Time.GetUtcNow(), record.ClientRequestToken));
}
