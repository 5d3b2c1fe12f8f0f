using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging.Abstractions;
using Tiketi.Pipeline.Kubernetes;
using Tiketi.Pipeline.Kubernetes.Lint;

namespace Tiketi.Pipeline.Tests.Kubernetes.Lint;

/// <summary>The overlays of this repository, and the page that explains the rules.</summary>
public sealed partial class OverlayLintTests
{
    private static readonly Dictionary<string, string> Images = new[] { "backend", "auth-service", "ticket-service", "payment-service", "stats-service" }
        .ToDictionary(name => "tiketi/" + name, name => $"registry/tiketi/{name}@sha256:1", StringComparer.Ordinal);

    [Theory]
    [InlineData("local", true)]
    [InlineData("staging", false)]
    [InlineData("production", false)]
    public async Task Every_overlay_holds_every_rule(string overlay, bool isLocal)
    {
        var (manifests, sources) = await RenderAsync(overlay);

        ManifestLint.Check(manifests, isLocal, sources).Should().BeEmpty();
    }

    [Theory]
    [InlineData("Deployment", "backend", "spec.template.spec.containers.[app].image", "k8s/base/backend.yaml", "image: tiketi/backend:latest")]
    [InlineData("Deployment", "backend", "spec.template.spec.containers.[app].lifecycle.preStop", "k8s/overlays/local/services.yaml", "preStop:")]
    [InlineData("Deployment", "backend", "spec.strategy.rollingUpdate.maxUnavailable", "k8s/base/every-service.yaml", "rollingUpdate: {maxUnavailable: 0, maxSurge: 1}")]
    [InlineData("Deployment", "backend", "spec.template.spec.topologySpreadConstraints", "k8s/overlays/local/services.yaml", "spec:")]
    [InlineData("Ingress", "tiketi-ingress", "spec.ingressClassName", "k8s/overlays/local/ingress.yaml", "ingressClassName: tiketi-local")]
    [InlineData("Service", "stats-service", "spec.ports.[http].targetPort", "k8s/base/stats-service.yaml", "- {name: http, port: 3004, targetPort: http, protocol: TCP}")]
    public void A_field_is_told_with_the_file_and_line_that_set_it(string kind, string name, string field, string file, string line)
    {
        var location = ManifestSources.Read(Path.Combine(Repository.Root, "k8s/overlays/local"))
            .Locate(new ObjectKey("any", kind, "tiketi", name), FieldPath.Of(field.Split('.')))!.Split(':');

        location[0].Should().Be(file);
        File.ReadAllLines(Path.Combine(Repository.Root, file))[int.Parse(location[1]) - 1].Trim().Should().Be(line);
    }

    [Fact]
    public void An_object_that_no_file_has_has_no_line() =>
        ManifestSources.Read(Path.Combine(Repository.Root, "k8s/overlays/local")).Locate(new ObjectKey("v1", "Secret", "tiketi", "x"), FieldPath.Of("data")).Should().BeNull();

    [Fact]
    public void The_page_lists_every_rule_as_the_code_has_it()
    {
        var rows = Row().Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs/zero-downtime.md")))
            .Select(match => (match.Groups["id"].Value, match.Groups["locally"].Value, match.Groups["incident"].Value));

        rows.Should().Equal(ManifestLint.Rules.Select(rule => (rule.Id, rule.IsLenientLocally ? "warns" : "stops", rule.Incident.TrimEnd('.'))));
    }

    private static async Task<(ManifestSet Manifests, ManifestSources Sources)> RenderAsync(string overlay)
    {
        var folder = Path.Combine(Repository.Root, "k8s/overlays", overlay);
        return ((await new Kustomize(NullLogger<Kustomize>.Instance).RenderAsync(folder)).WithImages(Images), ManifestSources.Read(folder));
    }

    [GeneratedRegex(@"^\| `(?<id>[a-z-]+)` \| (?<locally>stops|warns) \| (?<incident>.+?) \|$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Row();
}
