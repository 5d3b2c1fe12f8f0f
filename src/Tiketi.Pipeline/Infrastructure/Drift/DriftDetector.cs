using Amazon.CloudFormation;
using Amazon.CloudFormation.Model;
using Tiketi.Pipeline.Aws;

namespace Tiketi.Pipeline.Infrastructure.Drift;

/// <summary>
/// Asks CloudFormation whether an environment still is what its deployed templates state, all stacks at the same time. It
/// compares only what a template writes out, and only types that it can read.
/// </summary>
/// <param name="cloudFormationIn">CloudFormation of a region; null: the environment's own.</param>
/// <param name="time">The clock of the waits.</param>
public sealed class DriftDetector(Func<string?, IAmazonCloudFormation> cloudFormationIn, TimeProvider time)
{
    private static readonly TimeSpan FirstPoll = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPoll = TimeSpan.FromSeconds(5);

    /// <summary>Looks at every stack of the environment; changes nothing but CloudFormation's own note of the look.</summary>
    /// <exception cref="PipelineException">A stack is being changed, or CloudFormation refuses to look.</exception>
    public async Task<DriftReport> DetectAsync(InfrastructureRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return new DriftReport(await Task.WhenAll(request.Stacks.Select(template => DetectAsync(request.Environment, template, cancellationToken))).ConfigureAwait(false));
    }

    private async Task<StackDrift> DetectAsync(string environment, StackTemplate template, CancellationToken cancellationToken)
    {
        var stackName = StackNames.Of(environment, template.Name);
        try
        {
            return await DetectAsync(cloudFormationIn(template.Metadata.Region), template.Name, stackName, cancellationToken).ConfigureAwait(false);
        }
        catch (AmazonCloudFormationException refused) when (AwsFailure.Explain(refused) is null)
        {
            throw new PipelineException(
                $"Stack {stackName}: CloudFormation does not compare it: {refused.Message}",
                "If the stack failed before, run ApplyInfra first; else allow the role cloudformation:DetectStackDrift and to read the resources.", refused);
        }
    }

    private async Task<StackDrift> DetectAsync(IAmazonCloudFormation cloudFormation, string name, string stackName, CancellationToken cancellationToken)
    {
        var stack = await StackQueries.FindAsync(cloudFormation, stackName, cancellationToken).ConfigureAwait(false);
        if (stack is null || stack.StackStatus == StackStatus.REVIEW_IN_PROGRESS)
        {
            return new StackDrift(name, stackName, StackDriftOutcome.Missing, [], 0, 0);
        }

        if (StackQueries.IsBusy(stack.StackStatus))
        {
            throw new PipelineException($"Stack {stackName} is {stack.StackStatus}: somebody is changing it now.", "Compare again when that is done.");
        }

        var started = await cloudFormation.DetectStackDriftAsync(new DetectStackDriftRequest { StackName = stack.StackId }, cancellationToken).ConfigureAwait(false);
        var ended = await WaitAsync(cloudFormation, started.StackDriftDetectionId, cancellationToken).ConfigureAwait(false);
        var compared = await ResourcesAsync(cloudFormation, stack.StackId, cancellationToken).ConfigureAwait(false);
        var all = await cloudFormation.DescribeStackResourcesAsync(new DescribeStackResourcesRequest { StackName = stack.StackId }, cancellationToken).ConfigureAwait(false);
        var readable = compared.Where(resource => IsCompared(resource.StackResourceDriftStatus)).ToList();
        var drifted = readable.Where(resource => resource.StackResourceDriftStatus != StackResourceDriftStatus.IN_SYNC).Select(Drifted).ToList();
        var incomplete = ended.DetectionStatus == StackDriftDetectionStatus.DETECTION_FAILED;
        return new StackDrift(
            name, stackName,
            drifted.Count > 0 ? StackDriftOutcome.Drifted : incomplete ? StackDriftOutcome.Incomplete : StackDriftOutcome.InSync,
            drifted, readable.Count, Math.Max(0, (all.StackResources?.Count ?? 0) - readable.Count), incomplete ? ended.DetectionStatusReason : null);
    }

    private async Task<DescribeStackDriftDetectionStatusResponse> WaitAsync(IAmazonCloudFormation cloudFormation, string detection, CancellationToken cancellationToken)
    {
        for (var pause = FirstPoll; ; pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, LongestPoll.Ticks)))
        {
            var answer = await cloudFormation.DescribeStackDriftDetectionStatusAsync(
                new DescribeStackDriftDetectionStatusRequest { StackDriftDetectionId = detection }, cancellationToken).ConfigureAwait(false);
            if (answer.DetectionStatus != StackDriftDetectionStatus.DETECTION_IN_PROGRESS)
            {
                return answer;
            }

            await Task.Delay(pause, time, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task<IReadOnlyList<StackResourceDrift>> ResourcesAsync(IAmazonCloudFormation cloudFormation, string stackId, CancellationToken cancellationToken)
    {
        var all = new List<StackResourceDrift>();
        string? token = null;
        do
        {
            var page = await cloudFormation.DescribeStackResourceDriftsAsync(
                new DescribeStackResourceDriftsRequest { StackName = stackId, NextToken = token, MaxResults = 100 }, cancellationToken).ConfigureAwait(false);
            all.AddRange(page.StackResourceDrifts ?? []);
            token = page.NextToken;
        }
        while (!string.IsNullOrEmpty(token));
        return all;
    }

    private static bool IsCompared(StackResourceDriftStatus status) =>
        status == StackResourceDriftStatus.IN_SYNC || status == StackResourceDriftStatus.MODIFIED || status == StackResourceDriftStatus.DELETED;

    private static ResourceDrift Drifted(StackResourceDrift drift) => new(
        drift.LogicalResourceId, drift.ResourceType, drift.PhysicalResourceId,
        drift.StackResourceDriftStatus == StackResourceDriftStatus.DELETED,
        [.. (drift.PropertyDifferences ?? []).Select(difference => new PropertyDrift(difference.PropertyPath, difference.ExpectedValue, difference.ActualValue))]);
}
