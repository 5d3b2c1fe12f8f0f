namespace Tiketi.Pipeline.Kubernetes;

/// <summary>
/// Where a field is inside an object, as people write it: <c>spec.template.spec.containers[app].image</c>. A step in brackets
/// is a list's item, by its name or its number from 0.
/// </summary>
public sealed record FieldPath
{
    private FieldPath(IReadOnlyList<string> steps) => Steps = steps;

    /// <summary>Keys of maps; a list's item as "[name]" or "[0]".</summary>
    public IReadOnlyList<string> Steps { get; }

    public static FieldPath Of(params IReadOnlyList<string> steps) => new(steps);

    /// <summary>The field of one container of a workload's pods.</summary>
    public static FieldPath OfContainer(string container, params IReadOnlyList<string> steps) =>
        new([.. Pod, "containers", $"[{container}]", .. steps]);

    /// <summary>The field of a workload's pods.</summary>
    public static FieldPath OfPod(params IReadOnlyList<string> steps) => new([.. Pod, .. steps]);

    private static IReadOnlyList<string> Pod => ["spec", "template", "spec"];

    public override string ToString() => string.Concat(Steps.Select((step, index) =>
        step.StartsWith('[') ? step
        : step.Contains('.', StringComparison.Ordinal) ? $"[{step}]" // an annotation or label
        : index == 0 ? step : "." + step));
}
