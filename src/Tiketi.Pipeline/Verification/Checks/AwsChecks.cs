using Amazon.CloudFormation;
using Amazon.CloudFront;
using Amazon.CloudFront.Model;
using Tiketi.Pipeline.Infrastructure;

namespace Tiketi.Pipeline.Verification.Checks;

/// <summary>What AWS says about the infrastructure.</summary>
internal static class AwsChecks
{
    public static IEnumerable<ICheck> For(SmokeTestTarget target)
    {
        yield return new Check("stacks", "every CloudFormation stack is complete", token => target.Stacks.Count > 0
            ? StacksAsync(target.Stacks, token)
            : Task.FromResult(CheckOutcome.Skipped("no stacks were named")));
        yield return new Check("distribution", "the CDN's configuration has reached all edge locations", token => target is { CloudFront: { } api, DistributionId: { } id }
            ? DistributionAsync(api, id, token)
            : Task.FromResult(CheckOutcome.Skipped("no distribution was named")));
    }

    private static async Task<CheckOutcome> StacksAsync(IReadOnlyDictionary<string, IAmazonCloudFormation> stacks, CancellationToken cancellationToken)
    {
        var states = await Task.WhenAll(stacks.Select(async stack =>
            (Name: stack.Key, Status: (await StackQueries.FindAsync(stack.Value, stack.Key, cancellationToken))?.StackStatus?.Value ?? "missing")));
        var bad = states.Where(state => state.Status is not ("CREATE_COMPLETE" or "UPDATE_COMPLETE" or "UPDATE_ROLLBACK_COMPLETE" or "IMPORT_COMPLETE")).ToList();
        return bad.Count == 0 ? CheckOutcome.Passed(string.Join(", ", states.Select(state => $"{state.Name} {state.Status}")))
            : CheckOutcome.Failed(string.Join(", ", bad.Select(state => $"{state.Name} is {state.Status}")), "Run ./build.sh ApplyInfra: it continues, or says what failed.");
    }

    private static async Task<CheckOutcome> DistributionAsync(IAmazonCloudFront cloudFront, string id, CancellationToken cancellationToken)
    {
        try
        {
            var distribution = (await cloudFront.GetDistributionAsync(new GetDistributionRequest(id), cancellationToken)).Distribution;
            return distribution.DistributionConfig.Enabled != true ? CheckOutcome.Failed($"{id} is disabled", "Run ./build.sh ApplyInfra, which enables it.")
                : distribution.Status != "Deployed" ? CheckOutcome.Failed($"{id} is {distribution.Status}", "Wait a few minutes: CloudFront is still rolling out its configuration.")
                : CheckOutcome.Passed($"{id} is deployed as {distribution.DomainName}");
        }
        catch (NoSuchDistributionException)
        {
            return CheckOutcome.Failed($"there is no distribution {id}", "Run ./build.sh ApplyInfra.");
        }
    }
}
