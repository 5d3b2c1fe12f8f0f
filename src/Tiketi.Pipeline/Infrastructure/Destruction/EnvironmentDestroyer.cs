using Amazon.CloudFormation;
using Amazon.CloudFormation.Model;
using Amazon.ECR;
using Amazon.S3;
using k8s;
using Microsoft.Extensions.Logging;

namespace Tiketi.Pipeline.Infrastructure.Destruction;

/// <summary>
/// Takes a whole environment away: load balancers that the cluster made, what must be empty, then the stacks, those that others
/// need last. State is AWS's alone, so a run that was interrupted or failed is simply run again.
/// </summary>
/// <param name="cloudFormationIn">CloudFormation of a region; null: the environment's own.</param>
/// <param name="s3">For buckets that are to be emptied.</param>
/// <param name="ecr">For repositories that are to be emptied.</param>
/// <param name="loggers">What happens that no result tells.</param>
/// <param name="time">The clock of the waits.</param>
public sealed class EnvironmentDestroyer(
    Func<string?, IAmazonCloudFormation> cloudFormationIn, IAmazonS3 s3, IAmazonECR ecr, ILoggerFactory loggers, TimeProvider time)
{
    private const int Attempts = 3;

    private readonly ILogger _logger = loggers.CreateLogger<EnvironmentDestroyer>();

    /// <summary>Says what is there and what would become of its data; changes nothing.</summary>
    public async Task<DestroyPlan> PlanAsync(InfrastructureRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var survey = new EnvironmentSurvey(cloudFormationIn);
        var stacks = await Task.WhenAll(request.Graph.Stacks.Select(template => survey.OfAsync(request.Environment, template, cancellationToken))).ConfigureAwait(false);
        return new DestroyPlan(request.Environment, [.. stacks.OfType<DoomedStack>()]);
    }

    /// <summary>Destroys the environment as it is now, if the options allow it.</summary>
    /// <param name="request">The environment.</param>
    /// <param name="options">What somebody has allowed.</param>
    /// <param name="connect">Connects to the cluster, whose load balancers go first; called only where its stack is there. Null: there is none.</param>
    /// <param name="cancellationToken">Ends the waiting; AWS carries on with what was asked.</param>
    /// <exception cref="PipelineException">It is not allowed, or something cannot be deleted: names it, why, and the way on.</exception>
    public async Task<DestroyResult> DestroyAsync(
        InfrastructureRequest request, DestroyOptions options, Func<CancellationToken, Task<IKubernetes?>>? connect = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(options);
        var plan = await PlanAsync(request, cancellationToken).ConfigureAwait(false);
        DestroyGuards.Check(plan, options);
        await LiftProtectionAsync(request, plan, cancellationToken).ConfigureAwait(false);
        if (connect is not null && await connect(cancellationToken).ConfigureAwait(false) is { } cluster)
        {
            var removed = await new LoadBalancerRemoval(cluster, time).RunAsync(cancellationToken).ConfigureAwait(false);
            _logger.LogInformation("{Count} ingresses and load balancers are gone", removed);
        }

        await RetainAsync(request, plan, options, cancellationToken).ConfigureAwait(false);
        var (objects, images) = (0, 0);
        for (var attempt = 1; ; attempt++)
        {
            var emptied = await EmptyAsync(plan, cancellationToken).ConfigureAwait(false);
            (objects, images) = (objects + emptied.Objects, images + emptied.Images);
            try
            {
                var stacks = await new StackDeployer(cloudFormationIn, loggers.CreateLogger<StackDeployer>(), time).DestroyAsync(request, cancellationToken).ConfigureAwait(false);
                return new DestroyResult(stacks, objects, images, Remains(plan, options));
            }
            catch (PipelineException failure)
            {
                var left = await PlanAsync(request, cancellationToken).ConfigureAwait(false);
                if (attempt == Attempts || !IsRefilled(left))
                {
                    throw Explain(failure, left);
                }

                _logger.LogInformation("Something was written to a bucket or repository meanwhile: emptying it again");
            }
        }
    }

    private async Task LiftProtectionAsync(InfrastructureRequest request, DestroyPlan plan, CancellationToken cancellationToken)
    {
        foreach (var doomed in plan.Stacks.Where(stack => stack.IsProtected || stack.Data.Any(resource => resource.IsProtected)))
        {
            var context = Context(request, doomed);
            if (await context.SettledAsync(cancellationToken).ConfigureAwait(false) is { } stack)
            {
                await ProtectionSwitch.DisableAsync(
                    context, stack, [.. doomed.Data.Where(resource => resource.IsProtected).Select(resource => resource.LogicalId)], cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Deletes the stacks whose deletion failed, without the resources that somebody gives up.</summary>
    private async Task RetainAsync(InfrastructureRequest request, DestroyPlan plan, DestroyOptions options, CancellationToken cancellationToken)
    {
        foreach (var doomed in plan.Stacks)
        {
            var retained = doomed.Stuck.Where(options.RetainResources.Contains).ToList();
            if (retained.Count == 0 || await Context(request, doomed).FindAsync(cancellationToken).ConfigureAwait(false) is not { } stack)
            {
                continue;
            }

            var context = Context(request, doomed);
            var follower = context.Follower(stack.StackId);
            await follower.MarkAsync(cancellationToken).ConfigureAwait(false);
            await context.CloudFormation.DeleteStackAsync(new DeleteStackRequest { StackName = stack.StackId, RetainResources = retained }, cancellationToken).ConfigureAwait(false);
            if (await follower.WaitAsync(justStarted: true, cancellationToken).ConfigureAwait(false) is { } left)
            {
                throw await StackFailure.ExplainAsync(context, left.StackStatus.Value, follower.Events, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task<(int Objects, int Images)> EmptyAsync(DestroyPlan plan, CancellationToken cancellationToken)
    {
        var emptier = new StoreEmptier(s3, ecr);
        var (objects, images) = (0, 0);
        foreach (var resource in plan.Stacks.SelectMany(stack => stack.Data).Where(resource => resource.Fate == ResourceFate.Emptied))
        {
            if (resource.Type == EnvironmentSurvey.Bucket)
            {
                objects += await emptier.EmptyBucketAsync(resource.PhysicalId, cancellationToken).ConfigureAwait(false);
            }
            else
            {
                images += await emptier.EmptyRepositoryAsync(resource.PhysicalId, cancellationToken).ConfigureAwait(false);
            }
        }

        return (objects, images);
    }

    /// <summary>Whether all that a deletion failed at is what this class empties: a log or a push may have come meanwhile.</summary>
    private static bool IsRefilled(DestroyPlan left)
    {
        var stuck = left.Stacks.SelectMany(stack => stack.Stuck.Select(logicalId => stack.Data.FirstOrDefault(resource => resource.LogicalId == logicalId))).ToList();
        return stuck.Count > 0 && stuck.TrueForAll(resource => resource?.Fate == ResourceFate.Emptied);
    }

    private static PipelineException Explain(PipelineException failure, DestroyPlan left)
    {
        var stuck = left.Stacks.SelectMany(stack => stack.Stuck).ToList();
        return stuck.Count == 0 ? failure : new PipelineException(
            failure.Message,
            $"{failure.Remedy} To give up on what cannot be deleted, leave it where it is, unmanaged and billed: --retain-resources {string.Join(',', stuck)}.",
            failure);
    }

    private static IReadOnlyList<string> Remains(DestroyPlan plan, DestroyOptions options) =>
    [
        .. from stack in plan.Stacks
           from resource in stack.Data
           where resource.Fate == ResourceFate.Kept
           select $"{resource.PhysicalId} ({resource.Type}), with all that is in it",
        .. from stack in plan.Stacks
           from resource in stack.Data
           where resource.Fate == ResourceFate.Snapshot && !options.RetainResources.Contains(resource.LogicalId)
           select $"the final snapshot of {resource.PhysicalId}, called {stack.SnapshotPrefix(resource)}...",
        .. options.RetainResources.Select(logicalId => $"{logicalId}, which could not be deleted"),
    ];

    private StackContext Context(InfrastructureRequest request, DoomedStack stack)
    {
        var template = request.Graph.Stacks.First(template => template.Name == stack.Name);
        return new StackContext(cloudFormationIn(template.Metadata.Region), _logger, time, request, template, transition => request.Progress?.Invoke(transition));
    }
}
