namespace Tiketi.LocalCloud.Kubernetes.Kubelet;

/// <summary>A container that can't be made from what its pod refers to: "CreateContainerConfigError" with what is missing.</summary>
internal sealed class PodConfigException(string message) : Exception(message);
