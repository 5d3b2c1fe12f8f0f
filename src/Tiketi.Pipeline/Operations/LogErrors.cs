using System.Text.RegularExpressions;
using k8s;
using Tiketi.Pipeline.Kubernetes;

namespace Tiketi.Pipeline.Operations;

/// <summary>Errors in the services' logs, as far as the cluster still has them: the last lines of each running pod.</summary>
internal sealed partial class LogErrors(IKubernetes cluster, TimeProvider time)
{
    private const int Lines = 5000;
    private const int Shown = 200;

    public async Task<OpsSection> ReadAsync(string space, IReadOnlyList<string> services, CancellationToken cancellationToken)
    {
        var api = new ClusterApi(cluster, time);
        var pods = await api.ListAsync("v1", "Pod", space, "", cancellationToken);
        var rows = await Task.WhenAll(services.Select(service => RowAsync(api, space, service, [.. pods.Where(pod => pod.Text("metadata", "labels", "app") == service)], cancellationToken)));
        return new OpsSection("Errors in logs", ["", "Service", "Errors", "Pods", "The latest"], rows, $"Of the last {Lines:#,0} lines of each pod. Older ones are in CloudWatch: log group /aws/containerinsights/CLUSTER/application.");
    }

    private static async Task<OpsRow> RowAsync(ClusterApi api, string space, string service, IReadOnlyList<System.Text.Json.Nodes.JsonObject> pods, CancellationToken cancellationToken)
    {
        var logs = await Task.WhenAll(pods.Select(pod => api.LogAsync(space, pod.Text("metadata", "name")!, pod.Items("spec", "containers").First().Text("name")!, previous: false, Lines, cancellationToken)));
        var errors = logs.OfType<string>().SelectMany(log => log.Split('\n')).Where(line => Error().IsMatch(line)).ToList();
        var latest = errors.LastOrDefault()?.Trim() ?? "";
        return new OpsRow(
            errors.Count > 0 ? OpsMark.Warning : OpsMark.Good, errors.Count > 0 ? "errors" : "fine", service, $"{errors.Count}", $"{pods.Count}", latest.Length > Shown ? latest[..Shown] + "..." : latest);
    }

    /// <summary>A line of level error or fatal, as JSON or as text; not one that only speaks of errors.</summary>
    [GeneratedRegex("""("level"\s*:\s*"(error|fatal)")|^([^{\s]\S*\s+){0,2}\[?(ERROR|FATAL)\b""", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Error();
}
