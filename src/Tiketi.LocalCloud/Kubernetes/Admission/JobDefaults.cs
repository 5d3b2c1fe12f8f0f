using System.Text.Json.Nodes;

namespace Tiketi.LocalCloud.Kubernetes.Admission;

/// <summary>Defaults of a Job, and the selector that the API server makes for it out of its uid.</summary>
internal static class JobDefaults
{
    private const string UidLabel = "batch.kubernetes.io/controller-uid";

    public static void Apply(JsonObject job)
    {
        var spec = job.Ensure("spec");
        PodDefaults.Apply(spec.Ensure("template", "spec"), isPod: false);
        if (spec["completions"] is null && spec["parallelism"] is null)
        {
            spec["completions"] = 1;
        }

        spec.Default("parallelism", 1);
        spec.Default("backoffLimit", 6);
        spec.Default("completionMode", "NonIndexed");
        spec.Default("suspend", false);
        spec.Default("manualSelector", false);
        spec.Default("podReplacementPolicy", spec["podFailurePolicy"] is null ? "TerminatingOrFailed" : "Failed");
        job.Ensure("status");
        if (job.Uid() is { Length: > 0 } uid && !spec.Flag("manualSelector"))
        {
            spec.Default("selector", new JsonObject { ["matchLabels"] = new JsonObject { [UidLabel] = uid } });
            var labels = spec.Ensure("template", "metadata", "labels");
            labels.Default(UidLabel, uid);
            labels.Default("controller-uid", uid);
            labels.Default("batch.kubernetes.io/job-name", job.Name());
            labels.Default("job-name", job.Name());
        }
    }
}
