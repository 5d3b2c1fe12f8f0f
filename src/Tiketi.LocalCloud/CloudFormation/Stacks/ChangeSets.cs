using Microsoft.AspNetCore.Http;
using Tiketi.LocalCloud.Hosting;
using Tiketi.LocalCloud.Query;

namespace Tiketi.LocalCloud.CloudFormation.Stacks;

/// <summary>Change sets: a plan first, its execution later. Refusals are <see cref="QueryException"/>s.</summary>
internal sealed class ChangeSets(StackEngine engine)
{
    /// <summary>What a change set that changes nothing is refused with.</summary>
    public const string NoChanges = "The submitted information didn't contain changes. Submit different information to create a change set.";

    private readonly StackServices _services = engine.Services;

    /// <summary>Plans a change set; one without changes, or that could not be executed, is FAILED and says why.</summary>
    /// <param name="type">CREATE, UPDATE, IMPORT.</param>
    public (StackRecord Stack, ChangeSetRecord ChangeSet) Create(StackRequest request, string name, string type, string? description)
    {
        StackInputs.CheckName(name, "changeSetName");
        var stack = type switch
        {
            "CREATE" => ForCreation(request, name),
            "UPDATE" => _services.StacksIn(request.Region).Find(request.StackName) ?? throw QueryException.Validation($"Stack [{request.StackName}] does not exist"),
            "IMPORT" => _services.StacksIn(request.Region).Find(request.StackName) ?? engine.NewStack(request),
            _ => throw QueryException.Validation($"1 validation error detected: Value '{type}' at 'changeSetType' failed to satisfy constraint: Member must satisfy enum value set: [CREATE, UPDATE, IMPORT]"),
        };
        lock (stack.Sync)
        {
            if (type == "UPDATE" || (type == "IMPORT" && stack.Status is not ("" or StackStatus.ReviewInProgress)))
            {
                StackEngine.RequireUpdatable(stack);
            }

            if (stack.ChangeSets.Exists(other => other.Name == name))
            {
                throw new QueryException("AlreadyExistsException", $"ChangeSet {name} already exists");
            }

            var input = StackInputs.Build(request, stack.Input, _services);
            var changeSet = Plan(stack, input, new ChangeSetRecord
            {
                Id = $"arn:aws:cloudformation:{stack.Region}:{LocalCloudSettings.AccountId}:changeSet/{name}/{Guid.NewGuid()}",
                Name = name,
                Type = type,
                Description = description,
                Status = "CREATE_COMPLETE",
                ExecutionStatus = "AVAILABLE",
                CreationTime = _services.Time.GetUtcNow(),
                Input = input,
                ToImport = type == "IMPORT" ? [.. request.ResourcesToImport] : [],
            });
            if (stack.Status.Length == 0)
            {
                new StackJournal(stack, _services).Stack(StackStatus.ReviewInProgress, "User Initiated", record => record.ClientRequestToken = request.ClientRequestToken);
            }

            new StackJournal(stack, _services).Change(record => record.ChangeSets = [.. record.ChangeSets, changeSet]);
            return (stack, changeSet);
        }
    }

    /// <param name="nameOrId">The change set's name (the stack must be given too) or its ARN.</param>
    /// <exception cref="QueryException">ChangeSetNotFound.</exception>
    public (StackRecord Stack, ChangeSetRecord ChangeSet) Get(RegionalStacks stacks, string nameOrId, string? stackNameOrId)
    {
        var candidates = stackNameOrId is null ? stacks.All : [stacks.Find(stackNameOrId) ?? throw NotFound(nameOrId)];
        foreach (var stack in candidates)
        {
            if (stack.ChangeSets.Find(changeSet => changeSet.Id == nameOrId || (stackNameOrId is not null && changeSet.Name == nameOrId)) is { } found)
            {
                return (stack, found);
            }
        }

        throw NotFound(nameOrId);
    }

    public void Execute(RegionalStacks stacks, string nameOrId, string? stackNameOrId, string? clientRequestToken, bool disableRollback)
    {
        var stack = Get(stacks, nameOrId, stackNameOrId).Stack;
        lock (stack.Sync)
        {
            var changeSet = Get(stacks, nameOrId, stackNameOrId).ChangeSet;
            if (changeSet.ExecutionStatus != "AVAILABLE")
            {
                throw new QueryException("InvalidChangeSetStatus", $"ChangeSet [{changeSet.Id}] cannot be executed in its current status of [{changeSet.Status}]");
            }

            stack.ChangeSetId = changeSet.Id;
            stack.DisableRollback = disableRollback;
            stack.ChangeSets = [.. stack.ChangeSets.Select(other => other == changeSet ? changeSet with { ExecutionStatus = "EXECUTE_COMPLETE" } : other)];
            if (changeSet.Type == "UPDATE")
            {
                StackEngine.RequireUpdatable(stack);
                engine.StartUpdate(stack, changeSet.Input, clientRequestToken);
            }
            else if (changeSet.Type == "IMPORT")
            {
                engine.StartImport(stack, changeSet.Input, clientRequestToken);
            }
            else
            {
                stack.Input = changeSet.Input;
                stack.ClientRequestToken = clientRequestToken;
                engine.Start(stack, StackStatus.CreateInProgress, "User Initiated");
            }
        }
    }

    public void Delete(RegionalStacks stacks, string nameOrId, string? stackNameOrId)
    {
        var owner = stackNameOrId is null ? null : stacks.Find(stackNameOrId) ?? throw QueryException.Validation($"Stack [{stackNameOrId}] does not exist");
        var stack = stacks.All.FirstOrDefault(candidate =>
            (owner is null || candidate == owner) && candidate.ChangeSets.Exists(changeSet => changeSet.Id == nameOrId || changeSet.Name == nameOrId));
        if (stack is not null)
        {
            new StackJournal(stack, _services).Change(record =>
                record.ChangeSets = [.. record.ChangeSets.Where(changeSet => changeSet.Id != nameOrId && changeSet.Name != nameOrId)]);
        }
    }

    private static QueryException NotFound(string nameOrId) => new("ChangeSetNotFound", $"ChangeSet [{nameOrId}] does not exist", StatusCodes.Status404NotFound);

    private StackRecord ForCreation(StackRequest request, string name)
    {
        StackInputs.CheckName(request.StackName, "stackName");
        var stack = _services.StacksIn(request.Region).Find(request.StackName);
        if (stack is not null && stack.Status != StackStatus.ReviewInProgress)
        {
            throw QueryException.Validation($"Stack [{request.StackName}] already exists and cannot be created again with the changeSet [{name}].");
        }

        return stack ?? engine.NewStack(request);
    }

    private ChangeSetRecord Plan(StackRecord stack, StackInput input, ChangeSetRecord changeSet)
    {
        try
        {
            if (changeSet.Type == "IMPORT")
            {
                return changeSet with { Changes = new ImportPlanner(stack, input, changeSet.ToImport, _services).Plan() };
            }

            var plan = new ChangePlanner(stack, new StackModel(stack, input, _services), _services).Plan();
            var same = changeSet.Type == "UPDATE" && plan.IsEmpty && StackEngine.TagsOf(input).SequenceEqual(StackEngine.TagsOf(stack.Input!));
            return same ? Failed(changeSet, NoChanges) : changeSet with { Changes = plan.Resources };
        }
        catch (QueryException error)
        {
            return Failed(changeSet, error.Message);
        }
    }

    private static ChangeSetRecord Failed(ChangeSetRecord changeSet, string reason) =>
        changeSet with { Status = "FAILED", StatusReason = reason, ExecutionStatus = "UNAVAILABLE" };
}
