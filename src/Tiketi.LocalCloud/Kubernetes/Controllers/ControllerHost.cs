using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tiketi.LocalCloud.Kubernetes.Api;
using Tiketi.LocalCloud.Kubernetes.Storage;

namespace Tiketi.LocalCloud.Kubernetes.Controllers;

/// <summary>Feeds the controllers: every change goes to those that it concerns, each with a queue and a loop of its own.</summary>
internal sealed class ControllerHost(IEnumerable<Controller> controllers, ObjectStore store, TimeProvider time, ILogger<ControllerHost> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var changes = store.Observe();
        var queues = controllers.Select(controller => new Queue(controller, store, time, logger)).ToList();
        foreach (var queue in queues)
        {
            queue.AddAll();
        }

        var loops = queues.Select(queue => Task.Run(() => queue.RunAsync(stoppingToken), CancellationToken.None)).ToList();
        try
        {
            await foreach (var change in changes.ReadAllAsync(stoppingToken))
            {
                queues.ForEach(queue => queue.Add(change));
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // the process ends
        }

        await Task.WhenAll(loops);
    }

    private sealed class Queue(Controller controller, ObjectStore store, TimeProvider time, ILogger logger)
    {
        private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(200);
        private static readonly TimeSpan LongestRetry = TimeSpan.FromMinutes(1);

        private readonly Channel<(string Namespace, string Name)> _ready = Channel.CreateUnbounded<(string, string)>();
        private readonly ConcurrentDictionary<(string, string), bool> _queued = new();
        private readonly ConcurrentDictionary<(string, string), DateTimeOffset> _later = new();
        private readonly Dictionary<(string, string), TimeSpan> _retries = [];

        public void AddAll()
        {
            foreach (var item in store.List(controller.Resource))
            {
                Add((item.Namespace, item.Name));
            }
        }

        public void Add(Change change)
        {
            if (change.Object.Resource == controller.Resource)
            {
                Add((change.Object.Namespace, change.Object.Name));
                if (change.Kind == ChangeKind.Deleted)
                {
                    controller.Removed(change.Object.Body);
                }
            }

            foreach (var key in controller.AffectedBy(change))
            {
                Add(key);
            }
        }

        public async Task RunAsync(CancellationToken cancellationToken)
        {
            try
            {
                await foreach (var key in _ready.Reader.ReadAllAsync(cancellationToken))
                {
                    _queued.TryRemove(key, out _);
                    Process(key, cancellationToken);
                }
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                // the process ends
            }
        }

        private void Process((string Namespace, string Name) key, CancellationToken cancellationToken)
        {
            if (store.Find(controller.Resource, key.Namespace, key.Name) is not { } item)
            {
                _retries.Remove(key);
                return;
            }

            try
            {
                var again = controller.Reconcile(item.Body);
                _retries.Remove(key);
                if (again is { } wait)
                {
                    AddLater(key, wait, cancellationToken);
                }
            }
            catch (StatusException e)
            {
                Retry(key, cancellationToken);
                if (e.Reason is not ("NotFound" or "Conflict" or "AlreadyExists" or "Forbidden"))
                {
                    logger.LogWarning("{Controller}: {Namespace}/{Name}: {Reason}", controller.Component, key.Namespace, key.Name, e.Message);
                }
            }
            catch (Exception e)
            {
                Retry(key, cancellationToken);
                logger.LogError(e, "{Controller}: {Namespace}/{Name} failed and is tried again", controller.Component, key.Namespace, key.Name);
            }
        }

        private void Retry((string, string) key, CancellationToken cancellationToken)
        {
            var delay = _retries.TryGetValue(key, out var last) ? last * 2 : FirstRetry;
            _retries[key] = delay < LongestRetry ? delay : LongestRetry;
            AddLater(key, _retries[key], cancellationToken);
        }

        private void Add((string, string) key)
        {
            if (_queued.TryAdd(key, value: true))
            {
                _ready.Writer.TryWrite(key);
            }
        }

        /// <summary>One timer an object: the soonest one asked for.</summary>
        private void AddLater((string, string) key, TimeSpan wait, CancellationToken cancellationToken)
        {
            var due = time.GetUtcNow() + wait;
            if (_later.TryGetValue(key, out var planned) && planned <= due && planned > time.GetUtcNow())
            {
                return;
            }

            _later[key] = due;
            _ = DelayAsync();

            async Task DelayAsync()
            {
                await Task.Delay(wait, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (!cancellationToken.IsCancellationRequested)
                {
                    _later.TryRemove(KeyValuePair.Create(key, due));
                    Add(key);
                }
            }
        }
    }
}
