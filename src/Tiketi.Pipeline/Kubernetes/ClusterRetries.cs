using System.Net;
using Polly;
using Polly.Retry;

namespace Tiketi.Pipeline.Kubernetes;

/// <summary>How long an API server is asked again. Everything that is sent may be sent twice with the same outcome.</summary>
internal static class ClusterRetries
{
    /// <summary>From 0.2 s doubling up to 10 s: together 45 s, longer than a control plane needs to restart or fail over.</summary>
    private const int Attempts = 9;

    /// <summary>For one that has never answered: a wrong address or a stopped cluster is to be reported soon.</summary>
    private const int FirstAttempts = 4;

    public static ResiliencePipeline<HttpResponseMessage> Create(TimeProvider time)
    {
        var answered = false;
        return new ResiliencePipelineBuilder<HttpResponseMessage> { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions<HttpResponseMessage>
            {
                MaxRetryAttempts = Attempts,
                BackoffType = DelayBackoffType.Exponential,
                Delay = TimeSpan.FromMilliseconds(200),
                MaxDelay = TimeSpan.FromSeconds(10),
                // What a throttling server asks for (API priority and fairness answers 429 with Retry-After: 1).
                DelayGenerator = attempt => new(attempt.Outcome.Result?.Headers.RetryAfter?.Delta),
                ShouldHandle = attempt =>
                {
                    answered |= attempt.Outcome.Result is not null;
                    return new(attempt.Outcome switch
                    {
                        { Exception: HttpRequestException } => answered || attempt.AttemptNumber < FirstAttempts,
                        // A token may have just expired, or its user not be known everywhere yet: once more, with whatever the token is by then.
                        { Result.StatusCode: HttpStatusCode.Unauthorized } => attempt.AttemptNumber == 0,
                        { Result.StatusCode: HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout } => true,
                        _ => false,
                    });
                },
            })
            .Build();
    }
}
