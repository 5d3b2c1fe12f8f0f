namespace Tiketi.LocalCloud.Tests.Kubernetes;

internal static class Manifests
{
    /// <summary>A small web server in the manner of our services: ConfigMap, Secret, Service, Deployment, Ingress.</summary>
    public static string Web(string ns, string name, int replicas, string host = "", string extra = "") => """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: <name>-config, namespace: <ns>}
        data: {GREETING: hello}
        ---
        apiVersion: v1
        kind: Secret
        metadata: {name: <name>-secret, namespace: <ns>}
        stringData: {PASSWORD: from-a-secret}
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: <name>, namespace: <ns>}
        spec: {selector: {app: <name>}, ports: [{name: http, port: 8000, targetPort: http}]}
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: <name>, namespace: <ns>, labels: {app: <name>}}
        spec:
          replicas: <replicas>
          strategy: {rollingUpdate: {maxUnavailable: 0, maxSurge: 1}}
          selector: {matchLabels: {app: <name>}}
          template:
            metadata: {labels: {app: <name>}}
            spec:
              terminationGracePeriodSeconds: 8
              securityContext: {runAsNonRoot: true, runAsUser: 10001}
              containers:
              - name: app
                image: <image>
                command: [/bin/sh, -c, "echo started with $GREETING at $POD_IP; mkdir -p /tmp/w/health /tmp/w/api; hostname > /tmp/w/host; echo <name> > /tmp/w/api/index.html; echo <name> root > /tmp/w/index.html; echo ok > /tmp/w/health/index.html; exec httpd -f -p 8000 -h /tmp/w"]
                envFrom: [{configMapRef: {name: <name>-config}}, {secretRef: {name: <name>-secret}}]
                env: [{name: POD_IP, valueFrom: {fieldRef: {fieldPath: status.podIP}}}<extra>]
                ports: [{name: http, containerPort: 8000}]
                resources:
                  limits:
                    cpu: 500m
                    memory: 64Mi
                readinessProbe: {httpGet: {path: /health/, port: http}, periodSeconds: 1, timeoutSeconds: 5}
                lifecycle: {preStop: {exec: {command: [sleep, "4"]}}}
                volumeMounts: [{name: tmp, mountPath: /tmp}, {name: secrets, mountPath: /secrets}]
                securityContext: {readOnlyRootFilesystem: true, allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
              volumes: [{name: tmp, emptyDir: {}}, {name: secrets, secret: {secretName: <name>-secret}}]
        ---
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {name: <name>, namespace: <ns>}
        spec:
          ingressClassName: tiketi-local
          rules: [{host: "<host>", http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: <name>, port: {name: http}}}}]}}]
        """.With(("name", name), ("ns", ns), ("replicas", $"{replicas}"), ("image", Cluster.Image), ("extra", extra), ("host", (host.Length > 0 ? host : name + "." + ns)));

    /// <summary>A pod of one container that runs a shell command.</summary>
    public static string Pod(string ns, string name, string command, string container = "", string spec = "") => """
        apiVersion: v1
        kind: Pod
        metadata: {name: <name>, namespace: <ns>}
        spec: {terminationGracePeriodSeconds: 1, containers: [{name: app, image: "<image>", command: [sh, -c, "<command>"]<container>}]<spec>}
        """.With(("name", name), ("ns", ns), ("image", Cluster.Image), ("command", command), ("container", container), ("spec", spec));

    /// <summary>Fills in each &lt;name&gt;: YAML in braces leaves no room for interpolation.</summary>
    public static string With(this string text, params ReadOnlySpan<(string Name, string Value)> values)
    {
        foreach (var (name, value) in values)
        {
            text = text.Replace($"<{name}>", value, StringComparison.Ordinal);
        }

        return text;
    }
}
