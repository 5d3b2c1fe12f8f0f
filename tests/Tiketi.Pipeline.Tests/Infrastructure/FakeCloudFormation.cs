using System.Collections.Concurrent;
using Amazon.CloudFormation;
using Amazon.CloudFormation.Model;
using Amazon.Runtime;
using Tiketi.Pipeline.Infrastructure;

namespace Tiketi.Pipeline.Tests.Infrastructure;

/// <summary>One step of an operation; the last step of a script names the stack's own final status.</summary>
public sealed record Step(string LogicalId, string Status, string? Reason = null, string Type = "AWS::S3::Bucket", string? PhysicalId = null);

public sealed class FakeStack(string name)
{
    private int _events;

    public string Name { get; } = name;

    public string Id { get; } = $"arn:stack/{name}";

    public string Status { get; set; } = "REVIEW_IN_PROGRESS";

    public string Body { get; set; } = "";

    public List<Parameter> Parameters { get; set; } = [];

    public List<Tag> Tags { get; set; } = [];

    public List<Output> Outputs { get; set; } = [];

    public bool Protected { get; set; }

    public string? Policy { get; set; }

    public List<StackEvent> Events { get; } = [];

    public Queue<Step> Pending { get; } = new();

    public void Add(Step step, DateTime at)
    {
        var own = step.LogicalId == Name;
        Events.Insert(0, new StackEvent
        {
            EventId = $"{Name}-{++_events}", StackId = Id, StackName = Name, LogicalResourceId = step.LogicalId,
            PhysicalResourceId = own ? Id : step.PhysicalId ?? "p-" + step.LogicalId, ResourceType = own ? "AWS::CloudFormation::Stack" : step.Type,
            ResourceStatus = step.Status, ResourceStatusReason = step.Reason, Timestamp = at,
        });
        if (own)
        {
            Status = step.Status;
        }
    }
}

/// <summary>
/// CloudFormation in memory: an operation makes one step each time the stack is looked at. What an operation does is its
/// script; by default every operation succeeds.
/// </summary>
public sealed class FakeCloudFormation(TimeProvider time)
    : AmazonCloudFormationClient(new AnonymousAWSCredentials(), new AmazonCloudFormationConfig { ServiceURL = "http://127.0.0.1:1" })
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, (CreateChangeSetRequest Request, FakeStack Stack)> _changeSets = [];
    private readonly HashSet<string> _executed = [];

    public Dictionary<string, FakeStack> Stacks { get; } = [];

    /// <summary>"Operation stack" of every call, in order.</summary>
    public ConcurrentQueue<string> Calls { get; } = new();

    public IEnumerable<string> Writes => Calls.Where(call => !call.StartsWith("Describe", StringComparison.Ordinal) && !call.StartsWith("Get", StringComparison.Ordinal));

    /// <summary>The script of an operation ("CREATE", "UPDATE", "DELETE") on a stack, where it is not the usual success.</summary>
    public Dictionary<(string Stack, string Operation), Step[]> Scripts { get; } = [];

    public List<Change> Changes { get; set; } = [new Change { ResourceChange = new ResourceChange { Action = ChangeAction.Add, LogicalResourceId = "A", ResourceType = "AWS::S3::Bucket" } }];

    /// <summary>What the SDK sees when it repeats calls whose first answers got lost.</summary>
    public bool LosesAnswers { get; set; }

    /// <summary>Stacks whose next change set somebody has made obsolete.</summary>
    public HashSet<string> Obsolete { get; } = [];

    /// <summary>The reason that every change set fails for.</summary>
    public string? ChangeSetFails { get; set; }

    /// <summary>What every stack outputs from its next change on; null: what it did.</summary>
    public List<Output>? NewOutputs { get; set; }

    /// <summary>Events on one page.</summary>
    public int PageSize { get; set; } = 3;

    public FakeStack Put(string name, string status = "CREATE_COMPLETE")
    {
        var stack = new FakeStack(name) { Status = status };
        Stacks[name] = stack;
        return stack;
    }

    public override Task<DescribeStacksResponse> DescribeStacksAsync(DescribeStacksRequest request, CancellationToken cancellationToken = default) =>
        Answer("DescribeStacks", request.StackName, cancellationToken, stack =>
        {
            if (stack.Pending.TryDequeue(out var step))
            {
                stack.Add(step, time.GetUtcNow().UtcDateTime);
            }

            return new DescribeStacksResponse { Stacks = [new Stack
            {
                StackId = stack.Id, StackName = stack.Name, StackStatus = stack.Status, Outputs = stack.Outputs, Parameters = stack.Parameters,
                Tags = stack.Tags, EnableTerminationProtection = stack.Protected, CreationTime = new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc),
            }] };
        });

    public override Task<DescribeStackEventsResponse> DescribeStackEventsAsync(DescribeStackEventsRequest request, CancellationToken cancellationToken = default) =>
        Nested.TryGetValue(request.StackName, out var nested) ? Task.FromResult(new DescribeStackEventsResponse { StackEvents = nested }) : Answer("DescribeStackEvents", request.StackName, cancellationToken, stack =>
        {
            var from = request.NextToken is null ? 0 : int.Parse(request.NextToken);
            var next = from + PageSize;
            return new DescribeStackEventsResponse { StackEvents = [.. stack.Events.Skip(from).Take(PageSize)], NextToken = next < stack.Events.Count ? $"{next}" : null };
        });

    public override Task<GetTemplateResponse> GetTemplateAsync(GetTemplateRequest request, CancellationToken cancellationToken = default) =>
        Answer("GetTemplate", request.StackName, cancellationToken, stack => new GetTemplateResponse { TemplateBody = stack.Body });

    public override Task<DescribeStackResourcesResponse> DescribeStackResourcesAsync(DescribeStackResourcesRequest request, CancellationToken cancellationToken = default) =>
        Answer("DescribeStackResources", request.StackName, cancellationToken, _ => new DescribeStackResourcesResponse { StackResources = [new StackResource { LogicalResourceId = "A", PhysicalResourceId = "p-A", ResourceStatus = "UPDATE_FAILED" }] });

    public override Task<ValidateTemplateResponse> ValidateTemplateAsync(ValidateTemplateRequest request, CancellationToken cancellationToken = default)
    {
        Calls.Enqueue("DescribeValidity");
        return Task.FromResult(new ValidateTemplateResponse());
    }

    public override Task<CreateChangeSetResponse> CreateChangeSetAsync(CreateChangeSetRequest request, CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            Calls.Enqueue($"CreateChangeSet {request.StackName} {request.ChangeSetType}");
            if (!Stacks.TryGetValue(request.StackName, out var stack) || stack.Status == "DELETE_COMPLETE")
            {
                stack = Put(request.StackName, "REVIEW_IN_PROGRESS");
                stack.Add(new Step(stack.Name, "REVIEW_IN_PROGRESS"), time.GetUtcNow().UtcDateTime);
            }

            if (!_changeSets.TryAdd(request.ChangeSetName, (request, stack)))
            {
                return Task.FromException<CreateChangeSetResponse>(new AlreadyExistsException($"ChangeSet {request.ChangeSetName} already exists"));
            }

            return LosesAnswers
                ? Task.FromException<CreateChangeSetResponse>(new AlreadyExistsException($"ChangeSet {request.ChangeSetName} already exists"))
                : Task.FromResult(new CreateChangeSetResponse { Id = $"arn:changeSet/{request.ChangeSetName}", StackId = stack.Id });
        }
    }

    public override Task<DescribeChangeSetResponse> DescribeChangeSetAsync(DescribeChangeSetRequest request, CancellationToken cancellationToken = default)
    {
        Calls.Enqueue("DescribeChangeSet");
        var (_, stack) = _changeSets[request.ChangeSetName];
        return Task.FromResult(new DescribeChangeSetResponse
        {
            StackId = stack.Id, StackName = stack.Name, ExecutionStatus = _executed.Contains(request.ChangeSetName) ? ExecutionStatus.EXECUTE_IN_PROGRESS : ExecutionStatus.AVAILABLE,
            Status = ChangeSetFails is null ? ChangeSetStatus.CREATE_COMPLETE : ChangeSetStatus.FAILED, StatusReason = ChangeSetFails,
            Changes = request.NextToken is null ? [.. Changes.Take(1)] : [.. Changes.Skip(1)], NextToken = request.NextToken is null && Changes.Count > 1 ? "2" : null,
        });
    }

    public override Task<ExecuteChangeSetResponse> ExecuteChangeSetAsync(ExecuteChangeSetRequest request, CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            var (change, stack) = _changeSets[request.ChangeSetName];
            Calls.Enqueue($"ExecuteChangeSet {stack.Name}");
            if (Obsolete.Remove(stack.Name))
            {
                return Task.FromException<ExecuteChangeSetResponse>(new InvalidChangeSetStatusException("ChangeSet cannot be executed in its current status of [OBSOLETE]"));
            }

            _executed.Add(request.ChangeSetName);
            (stack.Body, stack.Tags, stack.Outputs) = (change.TemplateBody, change.Tags, NewOutputs ?? stack.Outputs);
            stack.Parameters = [.. StackTemplate.Parse("t", "t", stack.Body).Parameters.Values.Select(declared => new Parameter
            {
                ParameterKey = declared.Name,
                ParameterValue = change.Parameters.Find(given => given.ParameterKey == declared.Name) switch
                {
                    null => declared.Default,
                    { UsePreviousValue: true } => stack.Parameters.Find(before => before.ParameterKey == declared.Name)!.ParameterValue,
                    var given => given.ParameterValue,
                },
            })];
            Begin(stack, change.ChangeSetType.Value);
            return LosesAnswers
                ? Task.FromException<ExecuteChangeSetResponse>(new InvalidChangeSetStatusException("ChangeSet cannot be executed in its current status of [CREATE_COMPLETE]"))
                : Task.FromResult(new ExecuteChangeSetResponse());
        }
    }

    public override Task<DeleteChangeSetResponse> DeleteChangeSetAsync(DeleteChangeSetRequest request, CancellationToken cancellationToken = default)
    {
        Calls.Enqueue($"DeleteChangeSet {_changeSets[request.ChangeSetName].Stack.Name}");
        return Task.FromResult(new DeleteChangeSetResponse());
    }

    public override Task<DeleteStackResponse> DeleteStackAsync(DeleteStackRequest request, CancellationToken cancellationToken = default) =>
        Answer("DeleteStack", request.StackName, cancellationToken, stack =>
        {
            Begin(stack, "DELETE");
            return new DeleteStackResponse();
        });

    public override Task<GetStackPolicyResponse> GetStackPolicyAsync(GetStackPolicyRequest request, CancellationToken cancellationToken = default) =>
        Answer("GetStackPolicy", request.StackName, cancellationToken, stack => new GetStackPolicyResponse { StackPolicyBody = stack.Policy });

    public override Task<SetStackPolicyResponse> SetStackPolicyAsync(SetStackPolicyRequest request, CancellationToken cancellationToken = default) =>
        Answer("SetStackPolicy", request.StackName, cancellationToken, stack =>
        {
            stack.Policy = request.StackPolicyBody;
            return new SetStackPolicyResponse();
        });

    public override Task<UpdateTerminationProtectionResponse> UpdateTerminationProtectionAsync(UpdateTerminationProtectionRequest request, CancellationToken cancellationToken = default) =>
        Answer("UpdateTerminationProtection", request.StackName, cancellationToken, stack =>
        {
            stack.Protected = request.EnableTerminationProtection == true;
            return new UpdateTerminationProtectionResponse { StackId = stack.Id };
        });

    public override Task<ContinueUpdateRollbackResponse> ContinueUpdateRollbackAsync(ContinueUpdateRollbackRequest request, CancellationToken cancellationToken = default) =>
        Answer("ContinueUpdateRollback", request.StackName, cancellationToken, stack =>
        {
            Skipped = request.ResourcesToSkip;
            Begin(stack, "UPDATE_ROLLBACK");
            return new ContinueUpdateRollbackResponse();
        });

    /// <summary>What the last ContinueUpdateRollback was to skip.</summary>
    public List<string>? Skipped { get; private set; }

    /// <summary>Events of stacks nested in these, newest first, by id.</summary>
    public Dictionary<string, List<StackEvent>> Nested { get; } = [];

    /// <summary>Queues an operation's steps.</summary>
    public void Begin(FakeStack stack, string operation)
    {
        var steps = Scripts.Remove((stack.Name, operation), out var script)
            ? script
            : [new("A", $"{operation}_IN_PROGRESS"), new("A", $"{operation}_COMPLETE"), new(stack.Name, $"{operation}_COMPLETE")];
        foreach (var step in steps.Prepend(new Step(stack.Name, $"{operation}_IN_PROGRESS", "User Initiated")))
        {
            stack.Pending.Enqueue(step);
        }
    }

    private Task<T> Answer<T>(string operation, string nameOrId, CancellationToken cancellationToken, Func<FakeStack, T> answer)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            var name = nameOrId.Replace("arn:stack/", "", StringComparison.Ordinal);
            Calls.Enqueue($"{operation} {name}");
            return Stacks.TryGetValue(name, out var stack) && stack.Status != "DELETE_COMPLETE"
                ? Task.FromResult(answer(stack))
                : Task.FromException<T>(new AmazonCloudFormationException(
                    $"Stack with id {name} does not exist", ErrorType.Sender, "ValidationError", "r", System.Net.HttpStatusCode.BadRequest));
        }
    }
}
