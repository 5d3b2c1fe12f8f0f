using System.Runtime.InteropServices;
using Tiketi.Pipeline.Images;
using Tiketi.Pipeline.Registry.Scanning;

namespace Tiketi.Pipeline.Configuration;

/// <summary>Reads <c>environments/NAME.yaml</c>.</summary>
public static class EnvironmentFile
{
    /// <summary>The region of the guide.</summary>
    public const string DefaultRegion = "ap-northeast-2";

    /// <param name="directory">The folder with the environment files.</param>
    /// <param name="name">"local", "staging", "production", or any other file's name.</param>
    /// <exception cref="PipelineException">The environment is unknown, or its file is wrong: every problem with its line.</exception>
    public static EnvironmentSettings Load(string directory, string name)
    {
        var file = Path.Combine(directory, name + ".yaml");
        if (!File.Exists(file))
        {
            throw new PipelineException(
                $"There is no environment '{name}'.",
                $"Known environments: {string.Join(", ", Names(directory))}. Add {Path.GetFileName(directory)}/{name}.yaml to make a new one.");
        }

        return Parse($"{Path.GetFileName(directory)}/{name}.yaml", name, File.ReadAllText(file));
    }

    public static IReadOnlyList<string> Names(string directory) =>
        Directory.Exists(directory)
            ? [.. Directory.EnumerateFiles(directory, "*.yaml").Select(file => Path.GetFileNameWithoutExtension(file)!).Order(StringComparer.Ordinal)]
            : [];

    internal static EnvironmentSettings Parse(string file, string name, string text)
    {
        var root = YamlSection.Parse(file, text);
        var domain = root.Text("domain");
        if (domain is not null && Uri.CheckHostName(domain) != UriHostNameType.Dns)
        {
            root.Report("domain", $"'domain' is '{domain}'; allowed: a DNS name such as tiketi.example.com");
        }

        var site = root.Address("siteUrl") ?? Derive(domain, "");
        var api = root.Address("apiUrl") ?? Derive(domain, "api.");
        if (site is null || api is null)
        {
            root.Report("domain", "'domain' is missing: set it, or set both 'siteUrl' and 'apiUrl'");
        }

        var isLocal = root.Keys.Contains("localCloud", StringComparer.Ordinal);
        var settings = new EnvironmentSettings
        {
            Name = name,
            Region = root.Text("region") ?? DefaultRegion,
            Domain = domain,
            SiteUrl = site ?? new Uri("http://invalid"),
            ApiUrl = api ?? new Uri("http://invalid"),
            Platform = root.Text("platform", "linux/amd64", "linux/arm64", "native") switch
            {
                "native" => RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "linux/arm64" : "linux/amd64",
                { } platform => platform,
                null => "linux/amd64",
            },
            Namespace = root.Text("namespace") ?? "tiketi",
            Overlay = root.Text("overlay") ?? name,
            GoogleClientId = root.Text("googleClientId"),
            Parameters = root.Section("parameters").FreeText(),
            ImageMirrors = Mirrors(root.Section("imageMirrors")),
            FailOnSeverity = root.Text("failOnSeverity", [.. Severities.Thresholds]) is { } severity
                ? Severities.ParseThreshold(severity)
                : isLocal ? null : Severity.Critical,
            SmokeTest = SmokeTest(root.Section("smokeTest"), isLocal),
            LocalCloud = isLocal ? Ports(root.Section("localCloud")) : null,
        };
        if (name == "production" && settings.Parameters.ContainsKey("WorkHours"))
        {
            root.Report("parameters", "'parameters.WorkHours' would stop production at night; only other environments may set it");
        }

        root.ThrowIfInvalid();
        return settings;
    }

    private static Dictionary<string, string> Mirrors(YamlSection section)
    {
        var mirrors = section.FreeText();
        foreach (var (name, place) in mirrors)
        {
            if (ImageMirrors.Problem(name, place) is { } problem)
            {
                section.Report(name, $"'imageMirrors.{name}': {problem}");
            }
        }

        return mirrors;
    }

    private static SmokeTestSettings SmokeTest(YamlSection section, bool isLocal) => new()
    {
        Warnings = section.Texts("warnings"),
        Skip = section.Texts("skip"),
        WebSocketHold = TimeSpan.FromSeconds(section.Number("webSocketSeconds", 1, 600) ?? (isLocal ? 5 : 60)),
    };

    private static LocalCloudPorts Ports(YamlSection section)
    {
        int Port(string key, int standard) => section.Number(key, 1, 65535) ?? standard;
        return new LocalCloudPorts(Port("awsPort", 4566), Port("kubernetesPort", 4567), Port("ingressPort", 8080), Port("cdnPort", 8081));
    }

    private static Uri? Derive(string? domain, string host) => domain is null ? null : new Uri($"https://{host}{domain}");
}
