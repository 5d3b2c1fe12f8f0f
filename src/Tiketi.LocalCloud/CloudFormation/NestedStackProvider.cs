using Microsoft.Extensions.DependencyInjection;
using Tiketi.LocalCloud.CloudFormation.Api;
using Tiketi.LocalCloud.CloudFormation.Stacks;
using Tiketi.LocalCloud.Query;

namespace Tiketi.LocalCloud.CloudFormation;

/// <summary>AWS::CloudFormation::Stack: a stack of its own, which comes and goes with the one that names it.</summary>
/// <param name="services">The engine is asked for when it is needed: it knows this provider.</param>
/// <param name="requests">Fetches the template.</param>
internal sealed class NestedStackProvider(IServiceProvider services, StackRequests requests) : IResourceProvider
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    public string ResourceType => "AWS::CloudFormation::Stack";

    private StackEngine Engine => services.GetRequiredService<StackEngine>();

    public bool RequiresReplacement(string propertyName) => false;

    public async Task<PhysicalResource> CreateAsync(ResourceRequest request, CancellationToken cancellationToken)
    {
        var id = await AskAsync(async () => Engine.Create(await ReadAsync(request, ResourceNames.Generated(request, 128), cancellationToken)));
        var stack = await RestAsync(request, id, cancellationToken);
        return stack.Status == StackStatus.CreateComplete ? Made(stack)
            : throw new ResourceException($"Embedded stack {id} was not successfully created: {ReasonOf(stack)}") { Made = Made(stack) };
    }

    public async Task<PhysicalResource> UpdateAsync(ResourceRequest request, PhysicalResource current, CancellationToken cancellationToken)
    {
        try
        {
            Engine.Update(await ReadAsync(request, current.Id, cancellationToken));
        }
        catch (QueryException nothing) when (nothing.Message.StartsWith("No updates", StringComparison.Ordinal))
        {
            return current;
        }
        catch (QueryException refusal)
        {
            throw new ResourceException(refusal.Message);
        }

        var stack = await RestAsync(request, current.Id, cancellationToken);
        return stack.Status == StackStatus.UpdateComplete ? Made(stack)
            : throw new ResourceException($"Embedded stack {current.Id} was not successfully updated: {ReasonOf(stack)}");
    }

    public async Task DeleteAsync(ResourceRequest request, PhysicalResource current, CancellationToken cancellationToken)
    {
        if (Engine.Services.StacksIn(request.Region).Find(current.Id) is not { } stack || stack.Status == StackStatus.DeleteComplete)
        {
            return;
        }

        await AskAsync(() =>
        {
            Engine.Delete(stack, [], clientRequestToken: null);
            return Task.FromResult(0);
        });
        stack = await RestAsync(request, current.Id, cancellationToken);
        if (stack.Status != StackStatus.DeleteComplete)
        {
            throw new ResourceException($"Embedded stack {current.Id} was not successfully deleted: {ReasonOf(stack)}");
        }
    }

    /// <summary>What the caller may not do to any stack, it may not do to a nested one.</summary>
    private static async Task<T> AskAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (QueryException refusal)
        {
            throw new ResourceException(refusal.Message);
        }
    }

    private static PhysicalResource Made(StackRecord stack) =>
        new(stack.StackId, stack.Outputs.ToDictionary(output => $"Outputs.{output.Key}", output => output.Value, StringComparer.Ordinal));

    /// <summary>"The following resource(s) failed to create: [Bucket]. ", which only the event at the rollback's beginning says.</summary>
    private static string ReasonOf(StackRecord stack) =>
        stack.Events.LastOrDefault(happened => happened.LogicalId == stack.StackName && !string.IsNullOrEmpty(happened.Reason) && happened.Reason != "User Initiated")?.Reason ?? stack.Status;

    private async Task<StackRequest> ReadAsync(ResourceRequest request, string name, CancellationToken cancellationToken) => new()
    {
        Region = request.Region,
        StackName = name,
        TemplateBody = await requests.FetchAsync(request.Properties.RequiredText("TemplateURL"), cancellationToken),
        Parameters = [.. (request.Properties["Parameters"]?.AsObject() ?? []).Select(parameter => new GivenParameter(parameter.Key, $"{parameter.Value}", UsePreviousValue: false))],
        Tags = request.Properties.Objects("Tags").ToDictionary(tag => tag.RequiredText("Key"), tag => tag.RequiredText("Value"), StringComparer.Ordinal),
        Capabilities = ["CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"], // the stack around it was asked for them
    };

    private async Task<StackRecord> RestAsync(ResourceRequest request, string id, CancellationToken cancellationToken)
    {
        var stack = Engine.Services.StacksIn(request.Region).Get(id);
        while (StackStatus.IsInProgress(stack.Status))
        {
            await Task.Delay(Pause, cancellationToken);
        }

        return stack;
    }
}
