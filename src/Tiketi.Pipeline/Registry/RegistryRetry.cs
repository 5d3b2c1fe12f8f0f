using Amazon.Runtime;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;

namespace Tiketi.Pipeline.Registry;

/// <summary>Asks a registry again when it failed in a way that passes; the AWS SDK does the same for ECR's API by itself.</summary>
internal sealed class RegistryRetry(TimeProvider time, ILogger logger, int attempts, TimeSpan firstPause, Random random)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(20);

    /// <exception cref="PipelineException">Every try failed.</exception>
    public async Task<T> RunAsync<T>(string service, Func<CancellationToken, Task<T>> action, CancellationToken cancellationToken)
    {
        var pipeline = new ResiliencePipelineBuilder { TimeProvider = time };
        if (attempts > 1)
        {
            pipeline.AddRetry(Retries(service));
        }

        try
        {
            return await pipeline.Build().ExecuteAsync(async token => await action(token), cancellationToken);
        }
        catch (Exception exception) when (exception is RegistryFault or HttpRequestException or IOException)
        {
            throw new PipelineException(
                $"The image of {service} could not be published after {attempts} tries: {exception.Message}",
                "See that the registry can be reached, and run './build.sh PushEcr': what was sent already is kept.",
                exception);
        }
    }

    private RetryStrategyOptions Retries(string service) => new()
    {
        MaxRetryAttempts = attempts - 1,
        DelayGenerator = retry => ValueTask.FromResult<TimeSpan?>(Pause(retry.AttemptNumber)),
        ShouldHandle = new PredicateBuilder().Handle<RegistryFault>().Handle<HttpRequestException>().Handle<IOException>(),
        OnRetry = retry =>
        {
            logger.LogWarning("{Service}: try {Attempt} failed, again in {Seconds:0.0} s: {Reason}", service, retry.AttemptNumber + 1, retry.RetryDelay.TotalSeconds, retry.Outcome.Exception?.Message);
            return ValueTask.CompletedTask;
        },
    };

    /// <summary>
    /// Full jitter: anything from nothing to a limit that doubles with each try. Pipelines that failed together do not come
    /// back together (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
    /// </summary>
    internal TimeSpan Pause(int tries)
    {
        var limit = Math.Min(LongestPause.TotalSeconds, firstPause.TotalSeconds * Math.Pow(2, tries));
        lock (random)
        {
            return TimeSpan.FromSeconds(random.NextDouble() * limit);
        }
    }
}

/// <summary>The registry failed in a way that passes: it is asked again.</summary>
internal sealed class RegistryFault(string message, Exception? innerException = null) : Exception(message, innerException)
{
    public RegistryFault(AmazonServiceException exception)
        : this($"ECR answered {(int)exception.StatusCode} {exception.ErrorCode}: {exception.Message}", exception)
    {
    }

    /// <summary>Whether an error of ECR's API passes. The SDK knows most of them and has tried again by now, but no bare 429 of something in between.</summary>
    public static bool Passes(AmazonServiceException exception) =>
        (int)exception.StatusCode is 429 or >= 500 || exception.InnerException is HttpRequestException or IOException;
}
