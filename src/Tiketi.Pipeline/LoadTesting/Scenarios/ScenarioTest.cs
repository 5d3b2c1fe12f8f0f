using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Tiketi.Pipeline.LoadTesting.Scenarios;

/// <summary>What a scenario measured.</summary>
/// <param name="Scenario">As it was read.</param>
/// <param name="All">All requests together, with the thresholds.</param>
/// <param name="Steps">Each step of each flow, by "FLOW: METHOD PATH".</param>
/// <param name="NotCleanedUp">Clean-up requests that failed: what they should have removed is still there.</param>
public sealed record ScenarioResult(Scenario Scenario, LoadTestResult All, IReadOnlyList<(string Name, LoadTestResult Result)> Steps, long NotCleanedUp);

/// <summary>Sends visitors through the flows of a scenario.</summary>
public sealed class ScenarioTest(TimeProvider time, ILogger<ScenarioTest> logger)
{
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    /// <param name="scenario">What to do.</param>
    /// <param name="api">The API's address.</param>
    /// <param name="timeout">Of one request.</param>
    /// <param name="cancellationToken">Ends the test; what was begun is not cleaned up then.</param>
    /// <exception cref="PipelineException">Nothing answers at the address.</exception>
    public async Task<ScenarioResult> RunAsync(Scenario scenario, Uri api, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        var probe = new LoadTestRequest { Url = api, Model = scenario.Model, Timeout = timeout, Thresholds = scenario.Thresholds };
        using (var client = new LoadClient(probe, 1))
        using (var deadline = new RequestDeadline(timeout, cancellationToken))
        {
            await client.ProbeAsync(deadline);
        }

        logger.LogInformation("{Scenario}: {Model}", scenario.Name, scenario.Model);
        using var run = new Run(scenario, api, timeout, time);
        await new LoadDriver(timeout, time).RunAsync(scenario.Model, run.VisitAsync, cancellationToken);
        return run.Result(probe);
    }

    /// <summary>One run's clients and records.</summary>
    private sealed class Run : IDisposable
    {
        private readonly Scenario _scenario;
        private readonly Uri _api;
        private readonly TimeProvider _time;
        private readonly HttpMessageInvoker _invoker;
        private readonly LoadRecorder _all;
        private readonly Dictionary<ScenarioStep, LoadRecorder> _steps;
        private readonly ScenarioFlow[] _turns;
        private readonly string _unique = Guid.NewGuid().ToString("n")[..8];
        private long _visits = -1, _notCleanedUp;

        public Run(Scenario scenario, Uri api, TimeSpan timeout, TimeProvider time)
        {
            (_scenario, _api, _time) = (scenario, api, time);
            _invoker = LoadClient.CreateInvoker(scenario.Model.Connections, timeout);
            _all = LoadRecorder.ForManyThreads(time);
            _steps = scenario.Flows.SelectMany(flow => flow.Steps).ToDictionary(step => step, _ => LoadRecorder.ForManyThreads(time));
            _turns = Turns(scenario.Flows);
        }

        /// <summary>One visitor: the steps of one flow, then its clean-up, which is not measured.</summary>
        public async Task VisitAsync(long planned, RequestDeadline deadline)
        {
            var number = Interlocked.Increment(ref _visits);
            var flow = _turns[number % _turns.Length];
            var values = new Dictionary<string, string>(StringComparer.Ordinal) { [ScenarioText.Unique] = $"{_unique}-{number}" };
            _all.Sent(planned, _time.GetTimestamp());
            foreach (var step in flow.Steps)
            {
                if (!await StepAsync(step, planned, values, deadline))
                {
                    break;
                }

                planned = _time.GetTimestamp();
            }

            foreach (var step in flow.CleanUp.Where(step => ScenarioText.NamesIn(step).All(values.ContainsKey)))
            {
                if (await SendAsync(step, values, deadline) is not null)
                {
                    Interlocked.Increment(ref _notCleanedUp);
                }
            }
        }

        public ScenarioResult Result(LoadTestRequest request)
        {
            var all = LoadRecorder.Result(request, [_all]);
            var steps = _scenario.Flows.SelectMany(flow => flow.Steps.Select(step => ($"{flow.Name}: {step.Name}", LoadRecorder.Result(request, [_steps[step]]))));
            return new ScenarioResult(_scenario, all with { Thresholds = [.. request.Thresholds.Select(threshold => threshold.Check(all))] }, [.. steps], _notCleanedUp);
        }

        public void Dispose() => _invoker.Dispose();

        private async Task<bool> StepAsync(ScenarioStep step, long planned, Dictionary<string, string> values, RequestDeadline deadline)
        {
            var bytes = 0L;
            var failure = await SendAsync(step, values, deadline, count => bytes = count);
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

            return failure is null;
        }

        /// <summary>Null when it was answered with success and held what is captured from it.</summary>
        private async Task<Failure?> SendAsync(ScenarioStep step, Dictionary<string, string> values, RequestDeadline deadline, Action<long>? count = null)
        {
            try
            {
                using var message = Message(step, values);
                using var response = await _invoker.SendAsync(message, deadline.Start());
                var body = await response.Content.ReadAsByteArrayAsync(deadline.Token);
                count?.Invoke(body.Length);
                return !response.IsSuccessStatusCode ? new Failure(LoadErrors.KindOf(response.StatusCode), Timed: true)
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

        /// <summary>Flows in the order of visitors: each as often as its weight says, spread as evenly as can be, the same in every run.</summary>
        private static ScenarioFlow[] Turns(IReadOnlyList<ScenarioFlow> flows)
        {
            var total = flows.Sum(flow => flow.Weight);
            var credit = flows.ToDictionary(flow => flow, _ => 0L);
            return [.. Enumerable.Range(0, total).Select(_ =>
            {
                foreach (var flow in flows)
                {
                    credit[flow] += flow.Weight;
                }

                var next = flows.MaxBy(flow => credit[flow])!;
                credit[next] -= total;
                return next;
            })];
        }
    }

    private sealed record Failure(string Kind, bool Timed);
}
