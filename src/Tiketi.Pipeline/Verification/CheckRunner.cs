using Amazon.Runtime;
using Microsoft.Extensions.Logging;

namespace Tiketi.Pipeline.Verification;

/// <summary>Which checks to run.</summary>
public sealed record CheckSelection
{
    /// <summary>Ids to run; empty for all.</summary>
    public IReadOnlyList<string> Only { get; init; } = [];

    /// <summary>Ids to leave out.</summary>
    public IReadOnlyList<string> Skip { get; init; } = [];

    /// <summary>Ids whose failure is only a warning here.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}

/// <summary>One check's result.</summary>
/// <param name="Id">The check's id.</param>
/// <param name="Meaning">What it means when it holds.</param>
/// <param name="Status">How it ended.</param>
/// <param name="Evidence">What was seen.</param>
/// <param name="Remedy">What to do; null unless it failed.</param>
/// <param name="Attempts">How often it was tried.</param>
/// <param name="Duration">All attempts together.</param>
public sealed record CheckResult(string Id, string Meaning, CheckStatus Status, string Evidence, string? Remedy, int Attempts, TimeSpan Duration);

/// <summary>All checks' results, in the order of the checks.</summary>
public sealed record CheckResults(IReadOnlyList<CheckResult> Checks, TimeSpan Duration)
{
    /// <summary>True when nothing failed; warnings and skipped checks do not count.</summary>
    public bool Succeeded => Count(CheckStatus.Failed) == 0;

    public int Count(CheckStatus status) => Checks.Count(check => check.Status == status);
}

/// <summary>Runs checks at the same time, each with its own time-out and retries.</summary>
public sealed class CheckRunner(TimeProvider time, ILogger<CheckRunner> logger)
{
    /// <exception cref="PipelineException">An id in <paramref name="options"/> belongs to no check.</exception>
    public async Task<CheckResults> RunAsync(IReadOnlyList<ICheck> checks, CheckSelection? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new CheckSelection();
        if (options.Only.Concat(options.Skip).Concat(options.Warnings).FirstOrDefault(id => checks.All(check => check.Id != id)) is { } unknown)
        {
            throw new PipelineException($"There is no check {unknown}.", $"The checks are: {string.Join(", ", checks.Select(check => check.Id))}.");
        }

        var start = time.GetTimestamp();
        var chosen = checks.Where(check => (options.Only.Count == 0 || options.Only.Contains(check.Id)) && !options.Skip.Contains(check.Id));
        var results = await Task.WhenAll(chosen.Select(check => RunAsync(check, options.Warnings.Contains(check.Id) ? CheckSeverity.Warning : check.Severity, cancellationToken)));
        return new CheckResults(results, time.GetElapsedTime(start));
    }

    private async Task<CheckResult> RunAsync(ICheck check, CheckSeverity severity, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        using var limit = new CancellationTokenSource(check.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var (outcome, attempts) = (CheckOutcome.Skipped(""), 0);
        do
        {
            if (attempts++ > 0)
            {
                logger.LogDebug("{Check} will be tried again: {Evidence}", check.Id, outcome.Evidence);
                await PauseAsync(check.Retry.Pause, either.Token);
                cancellationToken.ThrowIfCancellationRequested();
            }

            if (limit.IsCancellationRequested)
            {
                break;
            }

            outcome = await AttemptAsync(check, outcome, either.Token, cancellationToken);
        }
        while (outcome.Status == CheckStatus.Failed && attempts < check.Retry.Attempts && !limit.IsCancellationRequested);

        var status = outcome.Status == CheckStatus.Failed && severity == CheckSeverity.Warning ? CheckStatus.Warning : outcome.Status;
        var remedy = status is CheckStatus.Failed or CheckStatus.Warning ? outcome.Remedy : null;
        return new CheckResult(check.Id, check.Meaning, status, outcome.Evidence, remedy, attempts, time.GetElapsedTime(start));
    }

    private static async Task<CheckOutcome> AttemptAsync(ICheck check, CheckOutcome last, CancellationToken token, CancellationToken caller)
    {
        try
        {
            return await check.RunAsync(token);
        }
        catch (OperationCanceledException) when (!caller.IsCancellationRequested)
        {
            var before = last.Status == CheckStatus.Failed ? $" (the attempt before: {last.Evidence})" : "";
            return CheckOutcome.Failed($"no result within {check.Timeout.TotalSeconds:0.#} s{before}", last.Remedy ?? "Look whether what it asks is overloaded or unreachable: ./build.sh Status.");
        }
        catch (PipelineException exception)
        {
            return CheckOutcome.Failed(exception.Message, exception.Remedy);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or System.Net.WebSockets.WebSocketException or AmazonServiceException or AmazonClientException or System.Text.Json.JsonException)
        {
            return CheckOutcome.Failed((exception.InnerException ?? exception).Message, "Check that the address answers and that this machine may reach it.");
        }
    }

    private async Task PauseAsync(TimeSpan pause, CancellationToken cancellationToken)
    {
        try
        {
            await Task.Delay(pause, time, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // The loop looks at who cancelled.
        }
    }
}
