using System.Net.Http.Headers;
using k8s;
using k8s.Authentication;
using Microsoft.Extensions.Logging.Abstractions;
using Tiketi.Pipeline.Addons;

namespace Tiketi.Pipeline.Tests.Addons;

/// <summary>
/// How helm is called, and what is made of its answers. A script stands in for it, which writes down its arguments and remembers
/// what was installed; the real ones, Helm 3 and 4, are driven by Tiketi.Integration.Addons.HelmTests.
/// </summary>
public sealed class HelmReleasesTests : IDisposable
{
    private const string Script = """
        #!/bin/sh
        home=$(dirname "$0")
        echo "$@" >> "$home/calls"
        echo "$KUBECONFIG" > "$home/kubeconfig"
        case "$1" in
          list) if [ -f "$home/chart" ]; then printf '[{"name":"aws-load-balancer-controller","status":"%s","chart":"%s"}]' "$(cat "$home/status")" "$(cat "$home/chart")"; else printf '[]'; fi ;;
          get) cat "$home/values" ;;
          upgrade)
            if [ -f "$home/broken" ]; then echo "Error: chart not found" >&2; exit 1; fi
            printf '%s-%s' "$4" "$8" > "$home/chart"; printf deployed > "$home/status"
            while [ $# -gt 0 ]; do if [ "$1" = --values ]; then cat "$2" > "$home/values"; fi; shift; done ;;
        esac
        """;

    private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("helm-");

    private readonly HelmRelease _release = LoadBalancerController.For("tiketi-production", "ap-northeast-2", "vpc-1");

    public HelmReleasesTests()
    {
        File.WriteAllText(Helm, Script);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(Helm, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }
    }

    private string Helm => Path.Combine(_home.FullName, "helm");

    private HelmReleases Releases => new("/somewhere/config", NullLogger<HelmReleases>.Instance, Helm);

    [Fact]
    public async Task A_release_is_installed_once_and_again_only_for_another_version_or_other_values()
    {
        (await Releases.EnsureAsync(_release, TestContext.Current.CancellationToken)).Should().Be(HelmOutcome.Installed);
        (await Releases.EnsureAsync(_release, TestContext.Current.CancellationToken)).Should().Be(HelmOutcome.Unchanged);
        (await Releases.EnsureAsync(_release with { Version = "9.9.9" }, TestContext.Current.CancellationToken)).Should().Be(HelmOutcome.Upgraded);
        (await Releases.EnsureAsync(_release with { Version = "9.9.9", Values = LoadBalancerController.For("other", "ap-northeast-2", "vpc-1").Values }, TestContext.Current.CancellationToken)).Should().Be(HelmOutcome.Upgraded);

        var calls = Calls();
        calls.Count(call => call.StartsWith("upgrade", StringComparison.Ordinal)).Should().Be(3);
        calls.First(call => call.StartsWith("upgrade", StringComparison.Ordinal)).Should().StartWith(
            $"upgrade --install aws-load-balancer-controller aws-load-balancer-controller --repo https://aws.github.io/eks-charts --version {LoadBalancerController.ChartVersion} --namespace kube-system --values ");
        (await File.ReadAllTextAsync(Path.Combine(_home.FullName, "kubeconfig"), TestContext.Current.CancellationToken)).Trim().Should().Be("/somewhere/config");
        (await File.ReadAllTextAsync(Path.Combine(_home.FullName, "values"), TestContext.Current.CancellationToken)).Should().Contain("\"clusterName\":\"other\"").And.Contain("\"vpcId\":\"vpc-1\"");
    }

    [Fact]
    public async Task A_release_whose_last_operation_failed_is_done_again()
    {
        await Releases.EnsureAsync(_release, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(_home.FullName, "status"), "failed", TestContext.Current.CancellationToken);

        (await Releases.EnsureAsync(_release, TestContext.Current.CancellationToken)).Should().Be(HelmOutcome.Upgraded);
    }

    [Fact]
    public async Task What_goes_wrong_is_said_with_helms_own_words()
    {
        await File.WriteAllTextAsync(Path.Combine(_home.FullName, "broken"), "", TestContext.Current.CancellationToken);

        (await FluentActions.Awaiting(() => Releases.EnsureAsync(_release)).Should().ThrowAsync<PipelineException>()).Which.Message.Should().Be("helm upgrade failed: Error: chart not found");
        (await FluentActions.Awaiting(() => new HelmReleases("x", NullLogger<HelmReleases>.Instance, Path.Combine(_home.FullName, "none")).EnsureAsync(_release)).Should().ThrowAsync<PipelineException>())
            .Which.Should().Match<PipelineException>(error => error.Message.StartsWith("helm is not installed") && error.Remedy == HelmReleases.Remedy);
    }

    [Fact]
    public async Task The_kubeconfig_holds_no_secret_and_is_gone_afterwards()
    {
        var configuration = new KubernetesClientConfiguration { Host = "https://cluster", TokenProvider = new FixedToken() };
        string path;
        using (var file = await ClusterAccessFile.CreateAsync(configuration, TestContext.Current.CancellationToken))
        {
            path = file.Path;
            var read = await KubernetesClientConfiguration.LoadKubeConfigAsync(new FileInfo(path));
            read.CurrentContext.Should().Be("tiketi");
            (await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken)).Should().Contain("https://cluster").And.NotContain("k8s-aws-v1.secret");
            var token = Path.Combine(Path.GetDirectoryName(path)!, "token");
            (await File.ReadAllTextAsync(token, TestContext.Current.CancellationToken)).Should().Be("k8s-aws-v1.secret");
            if (!OperatingSystem.IsWindows())
            {
                File.GetUnixFileMode(token).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
            }
        }

        Directory.Exists(Path.GetDirectoryName(path)).Should().BeFalse();
    }

    public void Dispose() => _home.Delete(recursive: true);

    private string[] Calls() => File.ReadAllLines(Path.Combine(_home.FullName, "calls"));

    private sealed class FixedToken : ITokenProvider
    {
        public Task<AuthenticationHeaderValue> GetAuthenticationHeaderAsync(CancellationToken cancellationToken) => Task.FromResult(new AuthenticationHeaderValue("Bearer", "k8s-aws-v1.secret"));
    }
}
