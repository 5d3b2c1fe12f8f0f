using System.Globalization;
using System.Text.Json.Nodes;
using Tiketi.LocalCloud.Kubernetes.Kubelet;
using Tiketi.LocalCloud.Kubernetes.Resources;
using Tiketi.LocalCloud.Kubernetes.Storage;

namespace Tiketi.LocalCloud.Kubernetes.Controllers;

/// <summary>Makes Jobs by the clock.</summary>
internal sealed class CronJobController(ClusterObjects objects, Deletion deletion, EventRecorder events, TimeProvider time) : Controller(objects)
{
    private static readonly ResourceDefinition Jobs = ResourceRegistry.Get("jobs");

    /// <summary>A start missed by more than this is not caught up on, unless startingDeadlineSeconds says so.</summary>
    private static readonly TimeSpan CatchUp = TimeSpan.FromMinutes(100);

    public override string Plural => "cronjobs";

    public override IEnumerable<(string Namespace, string Name)> AffectedBy(Change change) => change.Object.Resource == Jobs ? OwnerOf(change) : Nothing;

    public override TimeSpan? Reconcile(JsonObject item)
    {
        if (item.IsDeleting())
        {
            return null;
        }

        var jobs = OwnedBy(item, "jobs").ToList();
        var active = jobs.Where(job => !Has(job, "Complete") && !Has(job, "Failed")).ToList();
        Prune(item, jobs);
        TimeSpan? again = null;
        DateTime? scheduled = null;
        if (!item.Flag("spec", "suspend"))
        {
            (scheduled, again) = Due(item);
            if (scheduled is { } at && Start(item, active, at) is { } started)
            {
                active.Add(started);
            }
        }

        WriteStatus(item, status =>
        {
            status.Remove("active");
            if (active.Count > 0)
            {
                status["active"] = new JsonArray([.. active.Select(job => (JsonNode)new JsonObject
                {
                    ["kind"] = "Job", ["apiVersion"] = "batch/v1", ["namespace"] = job.Namespace(), ["name"] = job.Name(), ["uid"] = job.Uid(), ["resourceVersion"] = job.Text("metadata", "resourceVersion"),
                })]);
            }

            if (scheduled is { } at)
            {
                status["lastScheduleTime"] = Json.Timestamp(new DateTimeOffset(at, TimeSpan.Zero));
            }

            if (jobs.Where(job => Has(job, "Complete")).Select(job => job.Text("status", "completionTime")).Max(StringComparer.Ordinal) is { } last)
            {
                status["lastSuccessfulTime"] = last;
            }
        });
        return again;
    }

    /// <summary>The latest start that is due and has not been made, and how long until the next.</summary>
    private (DateTime? Scheduled, TimeSpan? Next) Due(JsonObject item)
    {
        CronSchedule schedule;
        try
        {
            schedule = CronSchedule.Parse(item.Text("spec", "schedule") ?? string.Empty);
        }
        catch (FormatException e)
        {
            events.Record(Component, item, "Warning", "UnparseableSchedule", $"unparseable schedule: {item.Text("spec", "schedule")} : {e.Message}");
            return (null, null);
        }

        var zone = item.Text("spec", "timeZone") is { } name ? TimeZoneInfo.FindSystemTimeZoneById(name) : TimeZoneInfo.Utc;
        var now = time.GetUtcNow().UtcDateTime;
        var deadline = item.Number("spec", "startingDeadlineSeconds") is { } seconds ? TimeSpan.FromSeconds(seconds) : CatchUp;
        var since = (item.Time("status", "lastScheduleTime") ?? item.Time("metadata", "creationTimestamp") ?? time.GetUtcNow()).UtcDateTime;
        var at = since > now - deadline ? since : now - deadline;
        DateTime? due = null;
        while (schedule.Next(TimeZoneInfo.ConvertTimeFromUtc(at, zone)) is { } local)
        {
            var next = TimeZoneInfo.ConvertTimeToUtc(DateTime.SpecifyKind(local, DateTimeKind.Unspecified), zone);
            if (next > now)
            {
                return (due, next - now);
            }

            due = at = next;
        }

        return (due, null);
    }

    private JsonObject? Start(JsonObject item, List<JsonObject> active, DateTime at)
    {
        var policy = item.Text("spec", "concurrencyPolicy");
        if (active.Count > 0 && policy == "Forbid")
        {
            events.Record(Component, item, "Normal", "JobAlreadyActive", "Not starting job because prior execution is running and concurrency policy is Forbid");
            return null;
        }

        if (policy == "Replace")
        {
            active.ForEach(job => deletion.Delete(Jobs, job.Namespace(), job.Name(), new DeleteOptions()));
            active.Clear();
        }

        var name = string.Create(CultureInfo.InvariantCulture, $"{item.Name()}-{new DateTimeOffset(at, TimeSpan.Zero).ToUnixTimeSeconds() / 60}");
        if (Store.Find(Jobs, item.Namespace(), name) is not null)
        {
            return null;
        }

        var job = item.Object("spec", "jobTemplate")!.Copy();
        job.Ensure("metadata")["name"] = name;
        job.Ensure("metadata")["ownerReferences"] = Owners.For(item);
        job.Ensure("metadata", "annotations")["batch.kubernetes.io/cronjob-scheduled-timestamp"] = Json.Timestamp(new DateTimeOffset(at, TimeSpan.Zero));
        var created = Objects.Create(Jobs, item.Namespace(), job, Options);
        events.Record(Component, item, "Normal", "SuccessfulCreate", $"Created job {name}");
        return created;
    }

    private void Prune(JsonObject item, List<JsonObject> jobs)
    {
        foreach (var (condition, limit) in new[] { ("Complete", item.Number("spec", "successfulJobsHistoryLimit") ?? 3), ("Failed", item.Number("spec", "failedJobsHistoryLimit") ?? 1) })
        {
            foreach (var old in jobs.Where(job => Has(job, condition)).OrderByDescending(job => job.Text("metadata", "creationTimestamp"), StringComparer.Ordinal).Skip((int)limit))
            {
                deletion.Delete(Jobs, old.Namespace(), old.Name(), new DeleteOptions());
            }
        }
    }

    private static bool Has(JsonObject job, string type) => PodTemplates.Condition(job["status"], type).Text("status") == "True";
}
