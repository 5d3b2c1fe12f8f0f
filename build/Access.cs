using Tiketi.Pipeline.Aws;

/// <summary>What to make of it when AWS or the cluster refuses.</summary>
static class Access
{
    static string _firstFailure;

    /// <summary>The first line of the run's first failure; null while there is none.</summary>
    public static string FirstFailure => _firstFailure;

    /// <summary>Executes; where AWS refuses access, what that means for the person at the keyboard takes the place of the SDK's own words.</summary>
    public static ITargetDefinition Runs(this ITargetDefinition definition, Func<Task> action) => definition.Executes(async () =>
    {
        try
        {
            await action();
        }
        catch (Exception exception) when (AwsFailure.Explain(exception) is not null)
        {
            Note(AwsFailure.Explain(exception));
            throw AwsFailure.Explain(exception);
        }
        catch (Exception exception)
        {
            Note(exception);
            throw;
        }
    });

    static void Note(Exception exception) => Interlocked.CompareExchange(ref _firstFailure, exception.Message.Split('\n')[0].TrimEnd('\r'), null);

    /// <summary>
    /// Looks at something that the role in use may not be allowed to see: then the plan says so, and goes on with the rest. The role
    /// of pull requests may see neither secrets nor the cluster, since whoever opens one could read them.
    /// </summary>
    public static async Task<T> WhereAllowedAsync<T>(string what, Func<Task<T>> look)
        where T : class
    {
        try
        {
            return await look();
        }
        catch (Exception exception) when (Refusal(exception) is not null)
        {
            Printing.Show(what, [$"{what}: not compared. {Refusal(exception).Message}"]);
            return null;
        }
    }

    static PipelineException Refusal(Exception exception) =>
        (exception as PipelineException ?? AwsFailure.Explain(exception)) is { IsAccessRefused: true } refusal ? refusal : null;
}
