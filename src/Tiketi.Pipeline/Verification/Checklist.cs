namespace Tiketi.Pipeline.Verification;

/// <summary>When an item of the guide's chapter 19 is gone through.</summary>
public enum ChecklistStage
{
    /// <summary>Before visitors are let in.</summary>
    Pre,

    /// <summary>After a deployment.</summary>
    Post,

    Weekly,
}

/// <summary>One item of a checklist.</summary>
/// <param name="Stage">When it is gone through.</param>
/// <param name="Text">What must be so.</param>
/// <param name="Checks">The checks, or sections of the operations report, that answer it ("api-*" for all that begin so); none where a person has to look.</param>
/// <param name="Manual">What the person does, with where; null for an item that checks answer.</param>
public sealed record ChecklistItem(ChecklistStage Stage, string Text, IReadOnlyList<string> Checks, string? Manual = null)
{
    /// <summary>Whether a check of this id answers the item.</summary>
    public bool IsAnsweredBy(string id) => Checks.Any(pattern => pattern.EndsWith('*') ? id.StartsWith(pattern[..^1], StringComparison.Ordinal) : id == pattern);
}

/// <summary>The checklists of guide chapter 19, and what answers each item.</summary>
public static class Checklist
{
    public static IReadOnlyList<ChecklistItem> Items { get; } =
    [
        new(ChecklistStage.Pre, "Secrets are stored safely, and the database's password is strong", ["secrets"]),
        new(ChecklistStage.Pre, "Redis asks for its AUTH token", ["redis-auth"]),
        new(ChecklistStage.Pre, "Certificates are issued", ["certificates"]),
        new(ChecklistStage.Pre, "DNS has spread", ["dns"]),
        new(ChecklistStage.Pre, "Backups are on", ["backups"]),
        new(ChecklistStage.Pre, "Alarms are on", ["alarms"]),
        new(ChecklistStage.Pre, "The WAF is on", ["waf"]),
        new(ChecklistStage.Pre, "The alarms' mail subscription is confirmed", [], "Click the link in AWS's mail, then look: https://console.aws.amazon.com/sns/v3/home#/subscriptions"),
        new(ChecklistStage.Pre, "The account's root user has MFA, and no access key", [], "Look: https://console.aws.amazon.com/iam/home#/security_credentials"),
        new(ChecklistStage.Post, "Every pod is running", ["nodes", "pods", "deployments", "services", "autoscalers"]),
        new(ChecklistStage.Post, "The load balancer is healthy", ["ingress", "load-balancer"]),
        new(ChecklistStage.Post, "The frontend loads", ["site", "site-deep-link", "site-headers", "site-newest", "distribution"]),
        new(ChecklistStage.Post, "The API answers", ["api-*", "user-flow"]),
        new(ChecklistStage.Post, "Migrations are done, and the databases are reached", ["migrations", "rds", "elasticache", "database", "redis", "stacks"]),
        new(ChecklistStage.Post, "WebSocket works", ["socket-io", "socket-io-holds"]),
        new(ChecklistStage.Post, "Upload to S3 works", ["uploads"]),
        new(ChecklistStage.Post, "Google login works", ["google-login"]),
        new(ChecklistStage.Weekly, "CloudWatch shows nothing unusual", ["alarms-quiet", "metrics"]),
        new(ChecklistStage.Weekly, "The backups are fresh", ["backups"]),
        new(ChecklistStage.Weekly, "Certificates last for two weeks", ["certificates"]),
        new(ChecklistStage.Weekly, "The cost is as expected", ["cost"]),
        new(ChecklistStage.Weekly, "ECR's scans find nothing new", ["scan-findings"]),
        new(ChecklistStage.Weekly, "The logs hold no new errors", ["log-errors"]),
    ];

    /// <summary>The ids that answer items of a stage (null: of all).</summary>
    public static IReadOnlyList<string> ChecksOf(ChecklistStage? stage, IEnumerable<ICheck> checks) =>
        [.. checks.Select(check => check.Id).Where(id => Items.Any(item => (stage is null || item.Stage == stage) && item.IsAnsweredBy(id)))];

    /// <summary>The checklist as Markdown, and as it is read in a terminal: done, failed or for a person.</summary>
    /// <param name="stage">One stage; null for all.</param>
    /// <param name="results">What the checks found.</param>
    public static IReadOnlyList<string> ToLines(ChecklistStage? stage, CheckResults results)
    {
        var lines = new List<string>();
        foreach (var group in Items.Where(item => stage is null || item.Stage == stage).GroupBy(item => item.Stage))
        {
            lines.Add($"{group.Key switch { ChecklistStage.Pre => "Before visitors come", ChecklistStage.Post => "After a deployment", _ => "Every week" }}:");
            foreach (var item in group)
            {
                lines.AddRange(Lines(item, [.. results.Checks.Where(check => item.IsAnsweredBy(check.Id))]));
            }
        }

        return lines;
    }

    private static IEnumerable<string> Lines(ChecklistItem item, IReadOnlyList<CheckResult> answers)
    {
        var bad = answers.Where(answer => answer.Status is CheckStatus.Failed or CheckStatus.Warning).ToList();
        var looked = answers.Where(answer => answer.Status == CheckStatus.Passed).ToList();
        var (mark, note) = item.Manual is { } manual ? ("[ ]", $"by hand: {manual}")
            : bad.Count > 0 ? ("[!]", string.Join("; ", bad.Select(answer => $"{answer.Id}: {answer.Evidence}")))
            : looked.Count > 0 ? ("[x]", string.Join(", ", looked.Select(answer => answer.Id)))
            : ("[-]", string.Join("; ", answers.Select(answer => answer.Evidence).Distinct(StringComparer.Ordinal)));
        yield return $"- {mark} {item.Text} ({note})";
        foreach (var answer in bad)
        {
            yield return $"      -> {answer.Remedy}";
        }
    }
}
