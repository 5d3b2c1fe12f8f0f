namespace Tiketi.Pipeline.Kubernetes.Failures;

/// <summary>The container runs, and ends; or it cannot do its work for a reason that would also end it.</summary>
internal static class CrashCauses
{
    public static readonly FailureCause[] All =
    [
        new("out-of-memory", "It was killed because it used more memory than its limit.", "Raise resources.limits.memory, or mend the leak.",
            it => it.Ended(end => end.Text("reason") == "OOMKilled", "resources", "limits", "memory")),
        new("liveness-probe", "Its liveness probe failed, and the kubelet restarts it.",
            "Look at what the probe asks for; give it more time (failureThreshold, timeoutSeconds), or a startupProbe if it starts slowly.",
            it => Restarted(it, "liveness") ?? it.Probed("Unhealthy", "^Liveness probe", "livenessProbe")),
        new("startup-probe", "It did not start within the time that its startup probe allows.",
            "Raise failureThreshold of the startupProbe, or see in its log what it waits for.",
            it => Restarted(it, "startup") ?? it.Probed("Unhealthy", "^Startup probe", "startupProbe")),
        new("setting-missing", "It lacks a setting and says so.", "Add it to config.env of the overlay, or to the Secret.",
            it => it.Logged(@"(missing|required|undefined|unset|not set|must be set).*(environment|variable|setting|\b[A-Z][A-Z0-9]+_[A-Z0-9_]+\b)|(environment|variable|setting|\b[A-Z][A-Z0-9]+_[A-Z0-9_]+\b).*(missing|required|undefined|unset|not set|must be set)", "envFrom")),
        new("login-refused", "The database or Redis refuses its password.",
            "Run DeployK8s again: it renews the Secrets from Secrets Manager. After a rotation, the data stack's secret and the server must agree.",
            it => it.Complained("password authentication failed|no pg_hba\\.conf entry|WRONGPASS|NOAUTH|Access denied for user", "envFrom")),
        new("dependency-unreachable", "It cannot reach something that it depends on.",
            "See that it runs (SmokeTest tells of database and Redis), check the address in config.env or in the stack's outputs, and that the nodes' security group may reach it; a service should wait for what it needs.",
            it => it.Complained("ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|getaddrinfo|could not connect|connection refused|no such host|Name or service not known|connection timeout|max retries per request|no answer in", "envFrom")),
        new("port-refused", "It cannot listen on its port.", "Ports below 1024 need root; another process of the pod may hold the port.",
            it => it.Logged("EADDRINUSE|address already in use|listen EACCES|bind: permission denied", "ports")),
        new("read-only-files", "It writes to its file system, which is read-only.", "Mount an emptyDir where it writes, or let it write to a volume.",
            it => it.Logged("EROFS|read-only file ?system", "securityContext", "readOnlyRootFilesystem")),
        new("module-missing", "The image lacks a module that the program needs.", "Add it to dependencies (not devDependencies) of package.json, and build again.",
            it => it.Logged("Cannot find module|ERR_MODULE_NOT_FOUND|ModuleNotFoundError|error while loading shared libraries", "image")),
        new("init-crash", "An init container fails, so that the service never starts.", "Read its log; the service starts once it ends with 0.",
            it => it.Crash() is var (name, _) && it.IsInit(name) ? it.Ended(_ => true) : null),
        new("crash-signal", "It was ended by a signal (a fault in native code, or a kill).", "See its log; exit code 139 is a segmentation fault, 137 a kill, 134 an abort.",
            it => it.Ended(end => end.Number("exitCode") is 132 or 134 or 135 or 136 or 137 or 139)),
        new("ends-by-itself", "It ends without an error, and a service must not end.", "Keep it in the foreground; for work that ends use a Job.",
            it => it.Ended(end => end.Number("exitCode") == 0, "command")),
        new("crash", "It ends with an error.", "Read its log; the cause is in the service or in its configuration.",
            it => it.Ended(end => end.Number("exitCode") != 0)),
    ];

    private static FailureSign? Restarted(FailureEvidence it, string probe) => it.Probed("Killing", $"failed {probe} probe", $"{probe}Probe");
}
