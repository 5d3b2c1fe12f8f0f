using System.Text.RegularExpressions;

namespace Tiketi.Pipeline.Kubernetes.Lint;

/// <summary>A pod that leaves: stop being asked first, then finish, then end.</summary>
internal static partial class TerminationRules
{
    /// <summary>What a service needs after SIGTERM to answer what it has taken on, in seconds.</summary>
    private const long Drain = 10;

    /// <summary>The AWS Load Balancer's own default, in seconds.</summary>
    private const long DefaultDeregistration = 300;

    private const string TargetGroup = "alb.ingress.kubernetes.io/target-group-attributes";

    public static readonly LintRule PreStop = new(
        "prestop-hook",
        "a pod gets SIGTERM while load balancers still send it requests, and every rollout answers some of them with 502.",
        "Give the container a lifecycle.preStop that sleeps until it has left every load balancer.",
        subject => from workload in subject.Serving
                   from container in workload.Containers
                   where container.Items("ports").Any() && LintWorkload.PreStop(container) is null or 0
                   select workload.Hit(workload.Field(container, "lifecycle", "preStop"), "no preStop hook that sleeps"));

    public static readonly LintRule Grace = new(
        "grace-exceeds-prestop",
        "the kubelet kills the process in the middle of its last answers: the hook has used up the time.",
        $"Set terminationGracePeriodSeconds to at least preStop + {Drain} s.",
        subject => from workload in subject.Workloads
                   let pause = workload.Containers.Max(LintWorkload.PreStop)
                   where pause > 0 && workload.Grace < pause + Drain
                   select workload.Hit(FieldPath.OfPod("terminationGracePeriodSeconds"), $"{workload.Grace} s, of which preStop takes {pause} s: less than {Drain} s are left to finish"));

    public static readonly LintRule Deregistration = new(
        "deregistration-before-prestop",
        "the load balancer holds connections to a pod that has ended, and answers what comes over them with 502 and 504.",
        $"Set {TargetGroup}: deregistration_delay.timeout_seconds=N on the Ingress, N below every preStop (the load balancer's own default is {DefaultDeregistration} s).",
        subject => from balancer in subject.LoadBalancers
                   from service in balancer.Services
                   let delay = Delay(service) ?? Delay(balancer.Ingress) ?? DefaultDeregistration
                   from workload in subject.Workloads.Where(workload => LintSubject.Selects(service, workload))
                   from container in workload.Containers.Where(container => container.Items("ports").Any())
                   let pause = LintWorkload.PreStop(container) ?? 0
                   where delay >= pause
                   select new LintHit(balancer.Ingress.Key, FieldPath.Of("metadata", "annotations", TargetGroup), $"deregistration takes {delay} s, the preStop of {workload.Key} only {pause} s"));

    public static readonly LintRule Signal = new(
        "signal-reaches-process",
        "SIGTERM ends at a shell or at npm that does not pass it on: the service never drains and is killed when the grace period is over.",
        "Start the program itself (command: [node, src/index.js]), or let the shell become it with exec.",
        subject => from workload in subject.Workloads
                   from container in workload.Containers
                   let line = string.Join(' ', container.Items("command").Concat(container.Items("args")).Select(word => word.ToString()))
                   where SwallowsSignals().IsMatch(line)
                   select workload.Hit(workload.Field(container, "command"), $"'{line}' does not pass SIGTERM on"));

    private static long? Delay(Manifest manifest)
    {
        var text = manifest.Body.At("metadata", "annotations").Text(TargetGroup);
        return text is not null && DelayPattern().Match(text) is { Success: true } match && long.TryParse(match.Groups["seconds"].Value, out var seconds) ? seconds : null;
    }

    [GeneratedRegex(@"deregistration_delay\.timeout_seconds\s*=\s*(?<seconds>\d+)", RegexOptions.None, 1000)]
    private static partial Regex DelayPattern();

    // A shell replaces itself with its last command only when told to.
    [GeneratedRegex(@"^(\S*/)?(npm|yarn|pnpm|npx)\s|^(\S*/)?(ba|da|a)?sh\s+-\w*c\s+(?!.*\bexec\s)", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex SwallowsSignals();
}
