/// <summary>Where to deploy, and what.</summary>
interface IHazEnvironment : INukeBuild
{
    [Parameter("Where to deploy: the name of a file in environments/ (default: local; on a CI server it must be given)", Name = "environment")]
    string EnvironmentName => TryGetValue(() => EnvironmentName) ?? (IsLocalBuild ? "local" : null);

    [Parameter("The application's checkout (default: the sample)")]
    AbsolutePath AppRoot => TryGetValue(() => AppRoot) ?? RootDirectory / "samples" / "tiketi";

    [Parameter("A context of the kubeconfig whose cluster is used instead of the environment's own", Name = "kube-context")]
    string KubeContext => TryGetValue(() => KubeContext);

    /// <summary>The run's settings and clients.</summary>
    Session Session { get; }
}
