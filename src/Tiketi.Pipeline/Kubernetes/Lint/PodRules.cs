namespace Tiketi.Pipeline.Kubernetes.Lint;

/// <summary>Pods that keep their place, and versions that can come back.</summary>
internal static class PodRules
{
    public static readonly LintRule Resources = new(
        "resource-requests",
        "nodes are overbooked: under load the kernel kills whatever pod it likes, and new pods of a rollout are put where there is no room.",
        "Give every container requests for cpu and memory and a limit for memory.",
        subject => from workload in subject.Workloads
                   from container in workload.Containers
                   from name in new[] { "requests.cpu", "requests.memory", "limits.memory" }
                   let path = name.Split('.')
                   where container.At("resources", path[0], path[1]) is null
                   select workload.Hit(workload.Field(container, "resources", path[0], path[1]), $"no {name}"));

    public static readonly LintRule Image = new(
        "image-pinned",
        "two pods of one service run different code, and rolling back fetches the very image that failed.",
        "Name the image by digest or by a tag that never moves; the pipeline does that for every service of tiketi.yaml.",
        subject => from workload in subject.Workloads
                   from container in workload.Containers
                   let image = container.Text("image") ?? ""
                   let tag = image.LastIndexOf(':') is var colon && colon > image.LastIndexOf('/') ? image[(colon + 1)..] : ""
                   where !image.Contains('@', StringComparison.Ordinal) && tag is "" or "latest"
                   select workload.Hit(workload.Field(container, "image"), $"'{image}' is whatever was pushed last"));

    public static readonly LintRule History = new(
        "revision-history",
        "kubectl rollout undo has nothing to return to when it is needed most.",
        "Leave revisionHistoryLimit at 1 or more.",
        subject => from workload in subject.Workloads
                   where workload.Body.At("spec", "revisionHistoryLimit") is not null && workload.Body.Number("spec", "revisionHistoryLimit") < 1
                   select workload.Hit(FieldPath.Of("spec", "revisionHistoryLimit"), "no earlier version is kept"));
}
