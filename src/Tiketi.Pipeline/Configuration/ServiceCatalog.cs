namespace Tiketi.Pipeline.Configuration;

/// <summary>What the application consists of: the guide's five services, overridden by the application's own <c>tiketi.yaml</c>.</summary>
public static class ServiceCatalog
{
    /// <summary>The optional file at the application root.</summary>
    public const string FileName = "tiketi.yaml";

    /// <param name="applicationRoot">The application checkout.</param>
    /// <param name="platform">The platform of services that do not name one themselves.</param>
    /// <exception cref="PipelineException">The root is missing, or tiketi.yaml is wrong: every problem with its line.</exception>
    public static IReadOnlyList<ServiceDefinition> Load(string applicationRoot, string platform)
    {
        if (!Directory.Exists(applicationRoot))
        {
            throw new PipelineException(
                $"The application root '{applicationRoot}' does not exist.",
                "Name the application's checkout with --app-root PATH; without it, samples/tiketi is deployed.");
        }

        var file = Path.Combine(applicationRoot, FileName);
        var services = Parse(FileName, File.Exists(file) ? File.ReadAllText(file) : "", platform);
        foreach (var service in services.Where(service => !Directory.Exists(Path.Combine(applicationRoot, service.Context))))
        {
            throw new PipelineException(
                $"The build context '{service.Context}' of {service.Name} does not exist in '{applicationRoot}'.",
                $"Set services.{service.Name}.context in {FileName} at the application root.");
        }

        return services;
    }

    internal static IReadOnlyList<ServiceDefinition> Parse(string file, string text, string platform)
    {
        var root = YamlSection.Parse(file, text);
        var overrides = root.Section("services");
        var standard = Defaults(platform);
        var added = overrides.Keys.Except(standard.Select(service => service.Name), StringComparer.Ordinal).Select(name => Blank(name, platform)).ToList();
        var services = standard.Concat(added).Select(service => Override(service, overrides.Section(service.Name))).ToList();
        foreach (var name in added.Select(service => service.Name).Where(name => services.Single(service => service.Name == name).Port == 0))
        {
            overrides.Report(name, $"the service '{name}' is not one of the standard ones, so it needs a 'port' and a 'path'");
        }

        root.ThrowIfInvalid();
        return services;
    }

    private static ServiceDefinition Override(ServiceDefinition standard, YamlSection section)
    {
        var arguments = section.Section("buildArguments").FreeText();
        return standard with
        {
            Context = section.Text("context") ?? standard.Context,
            Dockerfile = section.Text("dockerfile") ?? standard.Dockerfile,
            Target = section.Text("target") ?? standard.Target,
            BuildArguments = arguments.Count > 0 ? arguments : standard.BuildArguments,
            Port = section.Number("port", 1, 65535) ?? standard.Port,
            KubernetesService = section.Text("kubernetesService") ?? standard.KubernetesService,
            Path = section.Text("path") ?? standard.Path,
            Repository = section.Text("repository") ?? standard.Repository,
            Platform = section.Text("platform", "linux/amd64", "linux/arm64") ?? standard.Platform,
            Replicas = section.Number("replicas", 0, 1000) ?? standard.Replicas,
        };
    }

    private static List<ServiceDefinition> Defaults(string platform) =>
    [
        Standard("backend", "./backend", 3001, "/", platform) with { KubernetesService = "backend-service" },
        Standard("auth-service", "./services/auth-service", 3002, "/api/auth", platform),
        Standard("ticket-service", "./services/ticket-service", 3001, "/api/tickets", platform),
        Standard("payment-service", "./services/payment-service", 3003, "/api/payments", platform),
        Standard("stats-service", "./services/stats-service", 3004, "/api/stats", platform),
    ];

    private static ServiceDefinition Blank(string name, string platform) => Standard(name, $"./services/{name}", 0, "", platform);

    private static ServiceDefinition Standard(string name, string context, int port, string path, string platform) => new()
    {
        Name = name,
        Context = context,
        Port = port,
        KubernetesService = name,
        Path = path,
        Repository = $"tiketi/{name}",
        Platform = platform,
    };
}
