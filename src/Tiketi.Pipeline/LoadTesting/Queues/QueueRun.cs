using System.Text.Json;
using Tiketi.Pipeline.LoadTesting.Scenarios;

namespace Tiketi.Pipeline.LoadTesting.Queues;

/// <summary>
/// One queue's test: every visitor gets ready, then they enter as the load model says, follow their place until it is their turn,
/// stay a little and leave. Whatever happens, what they have made is removed.
/// </summary>
internal sealed class QueueRun(ScenarioQueue queue, ScenarioClient client, Uri api, TimeSpan timeout, TimeProvider time)
{
    /// <summary>Getting ready is no part of the rush: no more at a time than a service bears that hashes passwords beside its other work.</summary>
    private const int AtATime = 4;

    private static readonly TimeSpan ReconnectAfter = TimeSpan.FromSeconds(1);

    private readonly AdmissionLog _log = new(time);
    private readonly LoadRecorder _waiting = LoadRecorder.ForManyThreads(time);
    private int _ready, _total;

    /// <summary>For the live view.</summary>
    public (double Share, string Text)? Activity
    {
        get
        {
            var (entered, admitted, lost) = _log.Counts;
            return _total == 0 ? null
                : (((double)_ready / _total * 0.5) + ((double)(admitted + lost) / _total * 0.5),
                    entered == 0 ? $"{_ready} of {_total} visitors ready" : $"{entered} of {_total} entered, {admitted} admitted, {entered - admitted - lost} waiting{(lost > 0 ? $", {lost} lost" : "")}");
        }
    }

    /// <summary>Returns when the last visitor has left; cancelled, when what the visitors had made is removed.</summary>
    public async Task<QueueResult> RunAsync(LoadTestRequest request, CancellationToken cancellationToken)
    {
        var visitors = new Visitor[CountOf(request.Model)];
        for (var number = 0; number < visitors.Length; number++)
        {
            visitors[number] = new Visitor(client.NewVisitor());
        }

        _total = visitors.Length;
        try
        {
            await Parallel.ForEachAsync(visitors, Limited(cancellationToken), async (visitor, stop) => await PrepareAsync(visitor, stop));
            var next = -1;
            var model = request.Model is LoadModel.Open open ? open with { MaxConcurrency = visitors.Length } : request.Model; // to wait costs no request
            await new LoadDriver(timeout, time).RunAsync(
                model, (planned, deadline) => QueueAsync(visitors[Interlocked.Increment(ref next)], planned, deadline, cancellationToken), cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // what was measured until then is told
        }
        finally
        {
            await Parallel.ForEachAsync(visitors, Limited(CancellationToken.None), async (visitor, _) => await CleanUpAsync(visitor));
        }

        return _log.Result(LoadRecorder.Result(request with { Thresholds = [] }, [_waiting]), queue.Thresholds);
    }

    private static ParallelOptions Limited(CancellationToken cancellationToken) => new() { MaxDegreeOfParallelism = AtATime, CancellationToken = cancellationToken };

    private static int CountOf(LoadModel model) => checked((int)(model is LoadModel.Open open ? new ArrivalSchedule(open, 0, 1).Count : ((LoadModel.Closed)model).Requests));

    private async Task PrepareAsync(Visitor visitor, CancellationToken cancellationToken)
    {
        using var deadline = new RequestDeadline(timeout, cancellationToken);
        visitor.HasBegun = true;
        foreach (var step in queue.Before)
        {
            if (await client.StepAsync(step, time.GetTimestamp(), visitor.Values, deadline) is { } failure)
            {
                visitor.Failure = $"{step.Name}: {failure}";
                break;
            }
        }

        Interlocked.Increment(ref _ready);
    }

    private async Task QueueAsync(Visitor visitor, long planned, RequestDeadline deadline, CancellationToken cancellationToken)
    {
        client.Began(planned);
        if (visitor.Failure is { } notReady)
        {
            _waiting.Failed(planned, $"not ready: {notReady}", timed: false);
            return;
        }

        var asked = time.GetTimestamp();
        if (await client.StepAsync(queue.Enter, planned, visitor.Values, deadline, body => visitor.Place = Read(body)) is { } failure)
        {
            _waiting.Failed(planned, $"not entered: {failure}", timed: false);
            return;
        }

        _log.Entered(visitor.Id, asked);
        await FollowAsync(visitor, planned, cancellationToken);
        await CleanUpAsync(visitor); // leaves, so that the next one's turn comes
    }

    private async Task FollowAsync(Visitor visitor, long planned, CancellationToken cancellationToken)
    {
        var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (IsAdmitted(visitor.Place))
        {
            _log.AdmittedAtOnce(visitor.Id);
            Admitted();
        }
        else
        {
            _log.Waits(visitor.Id, PositionOf(visitor.Place));
        }

        using var patience = new CancellationTokenSource(queue.Patience, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        var trouble = "still waiting at the end";
        try
        {
            while (true)
            {
                using var connection = new LiveConnection(api, queue.Follow, visitor.Values, Take);
                try
                {
                    await connection.JoinAsync(stop.Token);
                    await Task.WhenAny(turn.Task, connection.Ended).WaitAsync(stop.Token);
                    if (turn.Task.IsCompleted)
                    {
                        await Task.Delay(queue.Stay, time, cancellationToken); // a second admission would come now
                        return;
                    }

                    trouble = "the live connection ended";
                }
                catch (LiveConnectionException exception)
                {
                    trouble = $"no live connection: {exception.Message}";
                    if (exception.IsRefusal)
                    {
                        Lose();
                        return;
                    }
                }

                _log.Disconnected();
                if (turn.Task.IsCompleted)
                {
                    return;
                }

                await Task.Delay(ReconnectAfter, time, stop.Token); // as a browser does
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            Lose();
        }

        void Take(JsonElement place, bool isAdmission)
        {
            if (isAdmission ? _log.Admitted(visitor.Id, isState: false) : IsAdmitted(place) && _log.Admitted(visitor.Id, isState: true))
            {
                Admitted();
            }
            else if (!isAdmission && !IsAdmitted(place))
            {
                _log.Waits(visitor.Id, PositionOf(place));
            }
        }

        void Admitted()
        {
            _waiting.Answered(planned, 0);
            turn.TrySetResult();
        }

        void Lose()
        {
            if (turn.Task.IsCompleted)
            {
                return;
            }

            _log.Lost(visitor.Id, trouble);
            _waiting.Failed(planned, $"lost: {trouble}", timed: false);
        }
    }

    private async Task CleanUpAsync(Visitor visitor)
    {
        if (visitor.HasBegun)
        {
            visitor.HasBegun = false;
            await client.CleanUpAsync(queue.CleanUp, queue.Before, visitor.Values);
        }
    }

    /// <summary>Nothing for what is no JSON: then the live connection tells the place.</summary>
    private static JsonElement Read(byte[] body)
    {
        try
        {
            return JsonSerializer.Deserialize<JsonElement>(body);
        }
        catch (JsonException)
        {
            return default;
        }
    }

    private static bool IsAdmitted(JsonElement place) => place.ValueKind == JsonValueKind.Object && place.TryGetProperty("admitted", out var admitted) && admitted.ValueKind == JsonValueKind.True;

    private static int PositionOf(JsonElement place) =>
        place.ValueKind == JsonValueKind.Object && place.TryGetProperty("position", out var position) && position.TryGetInt32(out var number) ? number : 0;

    private sealed class Visitor((long Number, Dictionary<string, string> Values) visitor)
    {
        public QueueVisitor Id { get; } = new(visitor.Number, visitor.Values[ScenarioText.Unique]);

        public Dictionary<string, string> Values => visitor.Values;

        /// <summary>Whether there may be something to clean up.</summary>
        public bool HasBegun { get; set; }

        /// <summary>Why the visitor could not get ready.</summary>
        public string? Failure { get; set; }

        /// <summary>What entering was answered with.</summary>
        public JsonElement Place { get; set; }
    }
}
