namespace Tiketi.Pipeline.Infrastructure.Destruction;

/// <summary>What must be allowed before anything is destroyed.</summary>
internal static class DestroyGuards
{
    private static readonly HashSet<string> Databases = new(StringComparer.Ordinal)
    {
        "AWS::RDS::DBInstance", "AWS::RDS::DBCluster", "AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable", "AWS::EFS::FileSystem", "AWS::EC2::Volume",
    };

    /// <exception cref="PipelineException">The name was not given, something is protected, or a database would go without a snapshot.</exception>
    public static void Check(DestroyPlan plan, DestroyOptions options)
    {
        if (options.Confirmation != plan.Environment)
        {
            throw new PipelineException(
                options.Confirmation is null
                    ? $"Nothing was destroyed: nobody has confirmed that environment {plan.Environment} is to go."
                    : $"Nothing was destroyed: '{options.Confirmation}' is not the environment's name, {plan.Environment}.",
                $"Read the list above; then add --confirm {plan.Environment}.");
        }

        var lost = plan.Stacks.SelectMany(stack => stack.Data)
            .Where(resource => resource.Fate == ResourceFate.Deleted && Databases.Contains(resource.Type) && !options.AllowDataLoss.Contains(resource.LogicalId)).ToList();
        if (lost.Count > 0)
        {
            throw new PipelineException(
                $"Nothing was destroyed: {string.Join(", ", lost.Select(resource => $"{resource.LogicalId} ({resource.PhysicalId})"))} would go without a snapshot.",
                $"Give it DeletionPolicy: Snapshot in infra/ and run ApplyInfra; or add --allow-data-loss {string.Join(',', lost.Select(resource => resource.LogicalId))}.");
        }

        var guarded = plan.Stacks.Where(stack => stack.IsProtected).Select(stack => $"stack {stack.StackName}")
            .Concat(plan.Stacks.SelectMany(stack => stack.Data).Where(resource => resource.IsProtected).Select(resource => $"{resource.LogicalId} ({resource.PhysicalId})")).ToList();
        if (guarded.Count > 0 && !options.DisableProtection)
        {
            throw new PipelineException(
                $"Nothing was destroyed: protected against deletion are {string.Join(", ", guarded)}.", "If they really are to go, add --disable-protection.");
        }

        var stuck = plan.Stacks.SelectMany(stack => stack.Stuck).ToHashSet(StringComparer.Ordinal);
        if (options.RetainResources.FirstOrDefault(resource => !stuck.Contains(resource)) is { } unknown)
        {
            throw new PipelineException(
                $"{unknown} cannot be retained: CloudFormation leaves out only what a deletion has failed at.",
                stuck.Count == 0 ? "Leave out --retain-resources." : $"Name one of: {string.Join(", ", stuck)}.");
        }
    }
}
