using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Tiketi.Pipeline.LoadTesting.Scenarios;

/// <summary>Sends the steps of one run's visitors, and records them.</summary>
internal sealed class ScenarioClient : IDisposable
{
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private readonly Scenario _scenario;
    private readonly Uri _api;
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _time;
    private readonly HttpMessageInvoker _invoker;
    private readonly LoadRecorder _all;
    private readonly Dictionary<ScenarioStep, LoadRecorder> _steps;
    private readonly string _unique = Guid.NewGuid().ToString("n")[..8];
    private long _visitors = -1, _notCleanedUp;

    public ScenarioClient(Scenario scenario, Uri api, TimeSpan timeout, LoadTimeline timeline, TimeProvider time)
    {
        (_scenario, _api, _timeout, _time) = (scenario, api, timeout, time);
        _invoker = LoadClient.CreateInvoker(scenario.Model.Connections, timeout);
        _all = LoadRecorder.ForManyThreads(time, timeline);
        _steps = scenario.Steps.ToDictionary(step => step.Step, _ => LoadRecorder.ForManyThreads(time));
    }

    /// <summary>Clean-up requests that failed.</summary>
    public long NotCleanedUp => Interlocked.Read(ref _notCleanedUp);

    /// <summary>Another visitor: its number, counted from 0, and what it knows so far.</summary>
    public (long Number, Dictionary<string, string> Values) NewVisitor()
    {
        var number = Interlocked.Increment(ref _visitors);
        return (number, new Dictionary<string, string>(StringComparer.Ordinal) { [ScenarioText.Unique] = $"{_unique}-{number}" });
    }

    /// <summary>A visitor who was planned begins now.</summary>
    public void Began(long planned) => _all.Sent(planned, _time.GetTimestamp());

    /// <summary>Sends a step and records it.</summary>
    /// <param name="step">What to send.</param>
    /// <param name="planned">From when its time counts.</param>
    /// <param name="values">For the {names} in it; what it captures is added.</param>
    /// <param name="deadline">The time-out.</param>
    /// <param name="received">Gets the answer's body.</param>
    /// <returns>Null for success, else what went wrong.</returns>
    public async Task<string?> StepAsync(ScenarioStep step, long planned, Dictionary<string, string> values, RequestDeadline deadline, Action<byte[]>? received = null)
    {
        var bytes = 0L;
        var failure = await SendAsync(step, values, deadline, body =>
        {
            bytes = body.Length;
            received?.Invoke(body);
        });
        foreach (var recorder in (LoadRecorder[])[_all, _steps[step]])
        {
            if (failure is null)
            {
                recorder.Answered(planned, bytes);
            }
            else
            {
                recorder.Failed(planned, failure.Kind, failure.Timed);
            }
        }

        return failure?.Kind;
    }

    /// <summary>Removes what a visitor has made, whatever became of the test: not even its cancellation ends this.</summary>
    /// <param name="cleanUp">In order.</param>
    /// <param name="steps">The visitor's steps.</param>
    /// <param name="values">What was captured from their answers.</param>
    public async Task CleanUpAsync(IReadOnlyList<ScenarioStep> cleanUp, IReadOnlyList<ScenarioStep> steps, Dictionary<string, string> values)
    {
        using var deadline = new RequestDeadline(_timeout, CancellationToken.None);
        foreach (var name in cleanUp.SelectMany(ScenarioText.NamesIn).Distinct(StringComparer.Ordinal).Where(name => !values.ContainsKey(name)).ToList())
        {
            // A registration whose answer got lost may have made an account: whoever can log in has one. A step that alone captures
            // the name is not repeated, since it might be what makes the thing.
            if (steps.Where(step => step.Captures.ContainsKey(name)).ToList() is [.., _, var again] && Knows(again)
                && await SendAsync(again, values, deadline) is { IsRefusal: false })
            {
                Interlocked.Increment(ref _notCleanedUp);
            }
        }

        foreach (var step in cleanUp.Where(Knows))
        {
            if (await SendAsync(step, values, deadline) is not null)
            {
                Interlocked.Increment(ref _notCleanedUp);
            }
        }

        bool Knows(ScenarioStep step) => ScenarioText.NamesIn(step).All(values.ContainsKey);
    }

    public ScenarioResult Result(LoadTestRequest request, bool isAborted)
    {
        var all = LoadRecorder.Result(request, [_all]);
        return new ScenarioResult(
            _scenario,
            isAborted ? all with { IsAborted = true } : all with { Thresholds = [.. request.Thresholds.Select(threshold => threshold.Check(all))] },
            [.. _scenario.Steps.Select(step => (step.Name, LoadRecorder.Result(request, [_steps[step.Step]])))],
            NotCleanedUp);
    }

    public void Dispose() => _invoker.Dispose();

    /// <summary>Null when it was answered with success and held what is captured from it.</summary>
    private async Task<Failure?> SendAsync(ScenarioStep step, Dictionary<string, string> values, RequestDeadline deadline, Action<byte[]>? received = null)
    {
        try
        {
            using var message = Message(step, values);
            using var response = await _invoker.SendAsync(message, deadline.Start());
            var body = await response.Content.ReadAsByteArrayAsync(deadline.Token);
            received?.Invoke(body);
            return !response.IsSuccessStatusCode ? new Failure(LoadErrors.KindOf(response.StatusCode), Timed: true, IsRefusal: (int)response.StatusCode is >= 400 and < 500)
                : Capture(step, body, values) is { } missing ? new Failure($"no {missing} in the answer", Timed: true)
                : null;
        }
        catch (OperationCanceledException) when (!deadline.CallerCancelled)
        {
            return new Failure("timeout", Timed: true);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            return new Failure(LoadErrors.KindOf(exception), Timed: false);
        }
    }

    private HttpRequestMessage Message(ScenarioStep step, Dictionary<string, string> values)
    {
        var message = new HttpRequestMessage(step.Method, new Uri(_api, ScenarioText.Fill(step.Path, values))) { Version = HttpVersion.Version11 };
        if (step.Body is not null)
        {
            message.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(ScenarioText.Fill(step.Body, values)!.ToJsonString())) { Headers = { ContentType = Json } };
        }

        foreach (var (name, value) in step.Headers)
        {
            message.Headers.TryAddWithoutValidation(name, ScenarioText.Fill(value, values));
        }

        return message;
    }

    /// <summary>The path of the first value that is not there; null when all are.</summary>
    private static string? Capture(ScenarioStep step, byte[] body, Dictionary<string, string> values)
    {
        if (step.Captures.Count == 0)
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(body);
            foreach (var (name, pointer) in step.Captures)
            {
                if (pointer.Find(document.RootElement) is not { } value)
                {
                    return pointer.Text;
                }

                values[name] = value;
            }

            return null;
        }
        catch (JsonException)
        {
            return "JSON";
        }
    }

    /// <param name="Kind">What it is counted as.</param>
    /// <param name="Timed">False when the failure's time says nothing about the server's speed.</param>
    /// <param name="IsRefusal">The server has understood, and said no.</param>
    private sealed record Failure(string Kind, bool Timed, bool IsRefusal = false);
}
