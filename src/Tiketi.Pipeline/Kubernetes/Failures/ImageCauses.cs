namespace Tiketi.Pipeline.Kubernetes.Failures;

/// <summary>The image cannot be had.</summary>
internal static class ImageCauses
{
    private const string Pull = "ErrImagePull|ImagePullBackOff";

    public static readonly FailureCause[] All =
    [
        new("image-platform", "The image exists, but not for the node's processor.",
            "Set 'platform' of the environment (or of the service in tiketi.yaml) to what the nodes run, then run BuildImages again.",
            it => it.Waiting(Pull, "no match(ing manifest)? for (platform|linux)|no matching manifest", "image")),
        new("image-throttled", "The registry refuses more pulls for now.",
            "Wait, or pull from ECR instead of a public registry (PushEcr; a pull-through cache for base images).",
            it => it.Waiting(Pull, "toomanyrequests|too many requests|rate limit|status code 429", "image")),
        new("registry-unreachable", "The node does not reach the registry.",
            "Check the registry's host name, and the node's way to it: route to a NAT gateway or ECR's VPC endpoints, security groups, DNS.",
            it => it.Waiting(Pull, "no such host|lookup .* on|i/o timeout|connection (refused|reset)|no route to host|TLS handshake|x509|server misbehaving|deadline exceeded|Client\\.Timeout|EOF", "image")),
        new("image-not-found", "The registry has no such image.",
            "Run PushEcr for this version, and check repository and tag.",
            it => it.Waiting(Pull, "manifest (unknown|for .* not found)|not found|no such (image|manifest)|does not exist or no pull access|name unknown|RepositoryNotFound", "image")),
        new("image-denied", "The registry does not let the node have the image.",
            "Give the node role AmazonEC2ContainerRegistryReadOnly (or the pod an imagePullSecret), and the repository a policy for other accounts.",
            it => it.Waiting(Pull, "denied|unauthorized|authentication required|no basic auth|403 Forbidden|401", "image")),
        new("image-name-invalid", "The image's name is not one.", "Correct the image's name in k8s/ or 'repository' in tiketi.yaml.",
            it => it.Waiting("InvalidImageName", ".", "image")),
        new("image-never-pulled", "The node lacks the image and must not pull it.", "Use imagePullPolicy: IfNotPresent.",
            it => it.Waiting("ErrImageNeverPull", ".", "imagePullPolicy")),
        new("image-pull", "The image cannot be pulled.", "See the kubelet's words above; the same 'docker pull' on a node shows more.",
            it => it.Waiting(Pull, "", "image")),
    ];
}
