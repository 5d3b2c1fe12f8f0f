using Tiketi.Pipeline.Aws;

/// <summary>What every target of this build has in common.</summary>
static class TargetDefinitionExtensions
{
    /// <summary>Executes; where AWS refuses access, what that means for the person at the keyboard takes the place of the SDK's own words.</summary>
    public static ITargetDefinition Runs(this ITargetDefinition definition, Func<Task> action) => definition.Executes(async () =>
    {
        try
        {
            await action();
        }
        catch (Exception exception) when (AwsFailure.Explain(exception) is not null)
        {
            throw AwsFailure.Explain(exception);
        }
    });
}
