using Tiketi.Pipeline.Kubernetes;
using Tiketi.Pipeline.Kubernetes.Lint;

namespace Tiketi.Pipeline.Tests.Kubernetes.Lint;

/// <summary>Each rule by a manifest that holds it and by one edit of that manifest which breaks it, and only it.</summary>
public sealed class LintRuleTests
{
    private const string Good = """
        apiVersion: v1
        kind: Namespace
        metadata:
          name: shop
          labels: {elbv2.k8s.aws/pod-readiness-gate-inject: enabled}
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web, namespace: shop}
        spec:
          replicas: 2
          revisionHistoryLimit: 3
          strategy: {type: RollingUpdate, rollingUpdate: {maxUnavailable: 0, maxSurge: 1}}
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec:
              terminationGracePeriodSeconds: 45
              topologySpreadConstraints: [{maxSkew: 1, topologyKey: topology.kubernetes.io/zone, whenUnsatisfiable: ScheduleAnyway, labelSelector: {matchLabels: {app: web}}}]
              containers:
                - name: app
                  image: shop/web@sha256:1
                  command: [node, src/index.js]
                  ports: [{name: http, containerPort: 3001}]
                  livenessProbe: {httpGet: {path: /health, port: http}}
                  readinessProbe: {httpGet: {path: /health/ready, port: http}, periodSeconds: 5}
                  lifecycle: {preStop: {exec: {command: [sleep, "15"]}}}
                  resources: {requests: {cpu: 100m, memory: 64Mi}, limits: {memory: 64Mi}}
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: worker, namespace: shop}
        spec:
          selector: {matchLabels: {app: worker}}
          template:
            metadata: {labels: {app: worker}}
            spec: {containers: [{name: app, image: "shop/worker:1.4", resources: {requests: {cpu: 100m, memory: 64Mi}, limits: {memory: 64Mi}}}]}
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: web, namespace: shop}
        spec: {selector: {app: web}, ports: [{name: http, port: 80, targetPort: http}]}
        ---
        apiVersion: policy/v1
        kind: PodDisruptionBudget
        metadata: {name: web, namespace: shop}
        spec: {minAvailable: 1, selector: {matchLabels: {app: web}}}
        ---
        apiVersion: autoscaling/v2
        kind: HorizontalPodAutoscaler
        metadata: {name: web, namespace: shop}
        spec: {minReplicas: 3, scaleTargetRef: {kind: Deployment, name: web}, metrics: [{type: Resource, resource: {name: cpu}}]}
        ---
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata:
          name: web
          namespace: shop
          annotations:
            alb.ingress.kubernetes.io/target-type: ip
            alb.ingress.kubernetes.io/target-group-attributes: stickiness.enabled=false,deregistration_delay.timeout_seconds=10
        spec: {ingressClassName: alb, rules: [{http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {name: http}}}}]}}]}
        """;

    /// <summary>Rule, what is replaced in the good manifests, by what, and the field that the finding names.</summary>
    public static TheoryData<string, string, string, string> Broken => new()
    {
        { "prestop-hook", """lifecycle: {preStop: {exec: {command: [sleep, "15"]}}}""", "lifecycle: {preStop: {httpGet: {path: /stop, port: http}}}", "Deployment/web spec.template.spec.containers[app].lifecycle.preStop" },
        { "grace-exceeds-prestop", "terminationGracePeriodSeconds: 45", "terminationGracePeriodSeconds: 20", "Deployment/web spec.template.spec.terminationGracePeriodSeconds" },
        { "deregistration-before-prestop", "timeout_seconds=10", "timeout_seconds=30", "Ingress/web metadata.annotations[alb.ingress.kubernetes.io/target-group-attributes]" },
        { "deregistration-before-prestop", "stickiness.enabled=false,deregistration_delay.timeout_seconds=10", "stickiness.enabled=false", "Ingress/web metadata.annotations" },
        { "signal-reaches-process", "[node, src/index.js]", "[npm, start]", "Deployment/web spec.template.spec.containers[app].command" },
        { "signal-reaches-process", "[node, src/index.js]", """[/bin/sh, -c, "migrate && node src/index.js"]""", "Deployment/web" },
        { "readiness-probe", "readinessProbe: {httpGet: {path: /health/ready, port: http}, periodSeconds: 5}", "", "containers[app].readinessProbe" },
        { "probes-distinct", "/health/ready", "/health", "containers[app].livenessProbe" },
        { "liveness-patience", "{httpGet: {path: /health, port: http}}", "{httpGet: {path: /health, port: http}, periodSeconds: 2}", "containers[app].livenessProbe" },
        { "max-unavailable-zero", "{maxUnavailable: 0, maxSurge: 1}", "{maxSurge: 1}", "Deployment/web spec.strategy.rollingUpdate.maxUnavailable" },
        { "max-unavailable-zero", "{type: RollingUpdate, rollingUpdate: {maxUnavailable: 0, maxSurge: 1}}", "{type: Recreate}", "Deployment/web" },
        { "two-replicas", "minReplicas: 3", "minReplicas: 1", "HorizontalPodAutoscaler/web spec.minReplicas" },
        { "disruption-budget", "minAvailable: 1, selector: {matchLabels: {app: web}}", "minAvailable: 1, selector: {matchLabels: {app: wbe}}", "Deployment/web" },
        { "budget-lets-go", "minAvailable: 1", "minAvailable: 100%", "PodDisruptionBudget/web spec.minAvailable" },
        { "budget-lets-go", "minAvailable: 1", "maxUnavailable: 0", "PodDisruptionBudget/web spec.maxUnavailable" },
        { "topology-spread", "labelSelector: {matchLabels: {app: web}}", "labelSelector: {matchLabels: {app: wbe}}", "Deployment/web spec.template.spec.topologySpreadConstraints" },
        { "autoscaler-target", "name: web}, metrics", "name: wbe}, metrics", "HorizontalPodAutoscaler/web spec.scaleTargetRef.name" },
        { "autoscaler-target", "resource: {name: cpu}", "resource: {name: nvidia.com/gpu}", "Deployment/web" },
        { "service-selects-pods", "spec: {selector: {app: web}, ports", "spec: {selector: {app: wbe}, ports", "Service/web spec.selector" },
        { "service-selects-pods", "targetPort: http", "targetPort: 3010", "Service/web spec.ports[http].targetPort" },
        { "ingress-backend", "port: {name: http}", "port: {number: 8080}", "Ingress/web spec.rules" },
        { "distinct-selectors", "metadata: {labels: {app: worker}}", "metadata: {labels: {app: web}}", "Service/web spec.selector" },
        { "alb-readiness-gate", "{elbv2.k8s.aws/pod-readiness-gate-inject: enabled}", "{}", "Namespace/shop metadata.labels[elbv2.k8s.aws/pod-readiness-gate-inject]" },
        { "resource-requests", "resources: {requests: {cpu: 100m, memory: 64Mi}, limits: {memory: 64Mi}}\n---", "resources: {requests: {cpu: 100m, memory: 64Mi}}\n---", "Deployment/web spec.template.spec.containers[app].resources.limits.memory" },
        { "image-pinned", "shop/worker:1.4", "registry:5000/shop/worker", "Deployment/worker spec.template.spec.containers[app].image" },
        { "image-pinned", "shop/worker:1.4", "shop/worker:latest", "Deployment/worker" },
        { "revision-history", "revisionHistoryLimit: 3", "revisionHistoryLimit: 0", "Deployment/web spec.revisionHistoryLimit" },
    };

    [Fact]
    public void Manifests_that_hold_every_rule_have_no_finding() =>
        ManifestLint.Check(ManifestSet.Parse(Good, "x"), isLocal: false).Should().BeEmpty();

    [Theory]
    [MemberData(nameof(Broken))]
    public void An_edit_that_breaks_a_rule_is_found_with_its_field(string rule, string good, string bad, string field)
    {
        Good.Should().Contain(good, "the edit must change something");

        var findings = ManifestLint.Check(ManifestSet.Parse(Good.Replace(good, bad, StringComparison.Ordinal), "x"), isLocal: false);

        findings.Should().Contain(finding => finding.Rule.Id == rule && finding.Severity == LintSeverity.Error && $"{finding.Hit.Key} {finding.Hit.Field}".Contains(field, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_rule_has_a_breaking_edit() =>
        Broken.Select(row => row.Data.Item1).Distinct(StringComparer.Ordinal).Should().BeEquivalentTo(ManifestLint.Rules.Select(rule => rule.Id));

    [Fact]
    public void On_a_laptop_what_needs_several_nodes_only_warns()
    {
        var manifests = ManifestSet.Parse(Good.Replace("minReplicas: 3", "minReplicas: 1", StringComparison.Ordinal), "x");

        ManifestLint.Require(manifests, isLocal: true).Should().Contain(finding => finding.Rule.Id == "two-replicas").And.OnlyContain(finding => finding.Severity == LintSeverity.Warning);
        FluentActions.Invoking(() => ManifestLint.Require(manifests, isLocal: false)).Should().Throw<PipelineException>()
            .WithMessage("*HorizontalPodAutoscaler/web spec.minReplicas: Deployment/web may go down to 1 pod. Otherwise: *two-replicas*")
            .Which.Remedy.Should().Contain("minReplicas").And.Contain(ManifestLint.AllowAnnotation);
    }

    [Fact]
    public void An_annotation_allows_an_exception_for_its_object_only()
    {
        var broken = Good.Replace("revisionHistoryLimit: 3", "revisionHistoryLimit: 0", StringComparison.Ordinal);

        var allowed = broken.Replace("kind: Deployment\nmetadata: {name: web, namespace: shop}", "kind: Deployment\nmetadata: {name: web, namespace: shop, annotations: {tiketi.io/lint-allow: 'x, revision-history'}}", StringComparison.Ordinal);
        var elsewhere = broken.Replace("metadata: {name: worker, namespace: shop}", "metadata: {name: worker, namespace: shop, annotations: {tiketi.io/lint-allow: revision-history}}", StringComparison.Ordinal);

        ManifestLint.Check(ManifestSet.Parse(allowed, "x"), isLocal: false).Should().BeEmpty();
        ManifestLint.Check(ManifestSet.Parse(elsewhere, "x"), isLocal: false).Should().ContainSingle();
    }

    [Theory]
    [InlineData("""preStop: {sleep: {seconds: 15}}""", true)]
    [InlineData("""preStop: {exec: {command: [sh, -c, "nginx -s quit; sleep 15"]}}""", true)]
    [InlineData("""preStop: {exec: {command: [/bin/sleep, 15s]}}""", true)]
    [InlineData("""preStop: {exec: {command: [sleep, "0"]}}""", false)]
    public void A_pause_is_understood_however_it_is_written(string hook, bool holds) =>
        ManifestLint.Check(ManifestSet.Parse(Good.Replace("""preStop: {exec: {command: [sleep, "15"]}}""", hook, StringComparison.Ordinal), "x"), isLocal: false)
            .Any(finding => finding.Rule.Id == "prestop-hook").Should().Be(!holds);
}
