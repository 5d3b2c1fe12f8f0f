using System.Text.Json.Nodes;
using Tiketi.LocalCloud.Kubernetes.Kubelet;
using Tiketi.LocalCloud.Kubernetes.Resources;
using Tiketi.LocalCloud.Kubernetes.Storage;

namespace Tiketi.LocalCloud.Kubernetes.Controllers;

/// <summary>Runs pods until enough of them succeeded, or too many failed, or the time is up.</summary>
internal sealed class JobController(ClusterObjects objects, Deletion deletion, EventRecorder events, TimeProvider time) : Controller(objects)
{
    private static readonly ResourceDefinition Pods = ResourceRegistry.Get("pods");
    private static readonly TimeSpan FirstBackOff = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestBackOff = TimeSpan.FromMinutes(6);
    private const int DoublingLimit = 10;

    public override string Plural => "jobs";

    public override IEnumerable<(string Namespace, string Name)> AffectedBy(Change change) => change.Object.Resource == Pods ? OwnerOf(change) : Nothing;

    public override TimeSpan? Reconcile(JsonObject item)
    {
        if (item.IsDeleting())
        {
            return null;
        }

        if (FinishTime(item) is { } finished)
        {
            return Expire(item, finished);
        }

        var pods = OwnedBy(item, "pods").ToList();
        var active = pods.Where(PodTemplates.IsActive).ToList();
        var succeeded = pods.Count(pod => pod.Text("status", "phase") == "Succeeded");
        var failed = pods.Where(pod => pod.Text("status", "phase") == "Failed").ToList();
        if (item.Flag("spec", "suspend"))
        {
            active.ForEach(Delete);
            Suspend(item);
            return null;
        }

        var limit = item.Number("spec", "backoffLimit") ?? 6;
        var restarts = item.Text("spec", "template", "spec", "restartPolicy") == "OnFailure" ? active.Sum(Restarts) : 0;
        var started = item.Time("status", "startTime") ?? time.GetUtcNow();
        var deadline = item.Number("spec", "activeDeadlineSeconds") is { } seconds ? started.AddSeconds(seconds) - time.GetUtcNow() : (TimeSpan?)null;
        var completions = item.Number("spec", "completions");
        var isComplete = completions is null ? succeeded > 0 && active.Count == 0 : succeeded >= completions;
        TimeSpan? again = deadline;
        if (isComplete)
        {
            active.ForEach(Delete);
            Finish(item, pods, "Complete", "CompletionsReached", "Reached expected number of succeeded pods");
            return TimeSpan.Zero;
        }

        if (failed.Count > limit || (limit > 0 && restarts > limit) || deadline <= TimeSpan.Zero)
        {
            active.ForEach(Delete);
            var isLate = deadline <= TimeSpan.Zero;
            Finish(item, pods, "Failed", isLate ? "DeadlineExceeded" : "BackoffLimitExceeded",
                isLate ? "Job was active longer than specified deadline" : "Job has reached the specified backoff limit");
            return TimeSpan.Zero;
        }

        var wanted = Math.Min(item.Number("spec", "parallelism") ?? 1, completions is null ? (succeeded > 0 ? active.Count : long.MaxValue) : completions.Value - succeeded);
        var wait = BackOff(failed);
        if (active.Count < wanted && wait > TimeSpan.Zero)
        {
            again = again is { } sooner && sooner < wait ? sooner : wait;
        }
        else
        {
            for (var i = active.Count; i < wanted; i++)
            {
                Create(item);
            }
        }

        UpdateCounts(item);
        return again;
    }

    private static DateTimeOffset? FinishTime(JsonObject item) => item.Items("status", "conditions")
        .FirstOrDefault(condition => condition.Text("type") is "Complete" or "Failed" && condition.Text("status") == "True").Time("lastTransitionTime");

    private static long Restarts(JsonObject pod) => pod.Items("status", "containerStatuses").Concat(pod.Items("status", "initContainerStatuses")).Sum(status => status.Number("restartCount") ?? 0);

    private TimeSpan? Expire(JsonObject item, DateTimeOffset finished)
    {
        if (item.Number("spec", "ttlSecondsAfterFinished") is not { } ttl)
        {
            return null;
        }

        var left = finished.AddSeconds(ttl) - time.GetUtcNow();
        if (left > TimeSpan.Zero)
        {
            return left;
        }

        deletion.Delete(Resource, item.Namespace(), item.Name(), new DeleteOptions { PropagationPolicy = "Foreground", Uid = item.Uid() });
        return null;
    }

    /// <summary>After a failed pod the next one waits: 10 s, doubled with each failure.</summary>
    private TimeSpan BackOff(List<JsonObject> failed)
    {
        if (failed.Count == 0)
        {
            return TimeSpan.Zero;
        }

        var last = failed.SelectMany(pod => pod.Items("status", "containerStatuses")).Select(status => status.Time("state", "terminated", "finishedAt")).Max() ?? time.GetUtcNow();
        var delay = FirstBackOff * Math.Pow(2, Math.Min(failed.Count - 1, DoublingLimit));
        return last + (delay > LongestBackOff ? LongestBackOff : delay) - time.GetUtcNow();
    }

    private void Create(JsonObject item)
    {
        var pod = Objects.Create(Pods, item.Namespace(), PodTemplates.NewPod(item, item.Object("spec", "template")!), Options);
        events.Record(Component, item, "Normal", "SuccessfulCreate", $"Created pod: {pod.Name()}");
    }

    private void Delete(JsonObject pod) => deletion.Delete(Pods, pod.Namespace(), pod.Name(), new DeleteOptions());

    private void Suspend(JsonObject item) => WriteStatus(item, status =>
    {
        status.Remove("startTime");
        PodTemplates.SetCondition(status, "Suspended", "True", "JobSuspended", "Job suspended", time.Timestamp());
    });

    private void Finish(JsonObject item, List<JsonObject> pods, string type, string reason, string message)
    {
        var now = time.Timestamp();
        WriteStatus(item, status =>
        {
            Count(status, pods);
            status["active"] = 0;
            status.Remove("active");
            PodTemplates.SetCondition(status, type == "Complete" ? "SuccessCriteriaMet" : "FailureTarget", "True", reason, message, now);
            PodTemplates.SetCondition(status, type, "True", reason, message, now);
            if (type == "Complete")
            {
                status["completionTime"] = now;
            }
        });
        events.Record(Component, item, type == "Complete" ? "Normal" : "Warning", type == "Complete" ? "Completed" : reason, type == "Complete" ? "Job completed" : message);
    }

    private void UpdateCounts(JsonObject item)
    {
        var pods = OwnedBy(item, "pods").ToList();
        WriteStatus(item, status =>
        {
            status.Default("startTime", time.Timestamp());
            Count(status, pods);
            if (PodTemplates.Condition(status, "Suspended") is not null)
            {
                PodTemplates.SetCondition(status, "Suspended", "False", "JobResumed", "Job resumed", time.Timestamp());
            }
        });
    }

    private static void Count(JsonObject status, List<JsonObject> pods)
    {
        void Set(string name, int value)
        {
            status.Remove(name);
            if (value > 0)
            {
                status[name] = value;
            }
        }

        Set("active", pods.Count(PodTemplates.IsActive));
        Set("succeeded", pods.Count(pod => pod.Text("status", "phase") == "Succeeded"));
        Set("failed", pods.Count(pod => pod.Text("status", "phase") == "Failed"));
        status["ready"] = pods.Count(pod => PodTemplates.IsActive(pod) && PodTemplates.IsReady(pod));
        status["terminating"] = pods.Count(pod => pod.IsDeleting());
    }
}
