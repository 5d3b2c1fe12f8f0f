using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Tiketi.Pipeline.Configuration;

/// <summary>Drives src/Tiketi.LocalCloud, a program of its own: the build knows its command line and nothing else of it.</summary>
sealed class LocalCloudProcess(AbsolutePath rootDirectory, AbsolutePath stateDirectory)
{
    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>What `up` said, once it has run.</summary>
    public LocalCloud Running { get; private set; }

    /// <summary>Written for people's own clients: `source` it and aws, kubectl and docker talk to the local cloud.</summary>
    public AbsolutePath ClientSettings => stateDirectory + ".env";

    /// <param name="settings">The environment that the cloud stands for.</param>
    /// <param name="cancellationToken">Ends the wait; what runs stays.</param>
    public async Task<LocalCloud> UpAsync(EnvironmentSettings settings, CancellationToken cancellationToken)
    {
        var ports = settings.LocalCloud ?? throw new PipelineException($"The environment '{settings.Name}' is not a local cloud.", "Name one with --environment local.");
        var output = await RunAsync(cancellationToken, "up", "--aws-port", $"{ports.Aws}", "--kubernetes-port", $"{ports.Kubernetes}", "--ingress-port", $"{ports.Ingress}", "--cdn-port", $"{ports.Cdn}", "--json");
        Running = JsonSerializer.Deserialize<LocalCloud>(output, Json);
        ClientSettings.WriteAllText($"""
            export AWS_ENDPOINT_URL={Running.Endpoints.Aws}
            export AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_DEFAULT_REGION={settings.Region}
            export DOCKER_HOST={Running.DockerHost}
            export KUBECONFIG={stateDirectory + ".kubeconfig"}
            """);
        return Running;
    }

    /// <summary>A Docker engine alone: the one that answers, else a private one that <see cref="DownAsync"/> stops.</summary>
    public async Task<string> EngineAsync(CancellationToken cancellationToken) =>
        JsonSerializer.Deserialize<LocalCloud>(await RunAsync(cancellationToken, "engine", "--json"), Json).DockerHost;

    public Task DownAsync(CancellationToken cancellationToken) => ShowAsync("down", cancellationToken);

    public Task StatusAsync(CancellationToken cancellationToken) => ShowAsync("status", cancellationToken);

    async Task ShowAsync(string verb, CancellationToken cancellationToken)
    {
        foreach (var line in (await RunAsync(cancellationToken, verb)).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            Log.Information("{Line:l}", line.TrimEnd());
        }
    }

    async Task<string> RunAsync(CancellationToken cancellationToken, params string[] arguments)
    {
        var assembly = rootDirectory / "src" / "Tiketi.LocalCloud" / "bin" / "Release" / "net10.0" / "Tiketi.LocalCloud.dll";
        var start = new ProcessStartInfo("dotnet", ["exec", assembly, .. arguments, "--state", stateDirectory])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        using var process = Process.Start(start);
        var errors = new List<string>();
        process.ErrorDataReceived += (_, line) => Follow(line.Data, errors);
        process.BeginErrorReadLine();
        var output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return process.ExitCode == 0 ? output : throw Failure(errors);
    }

    /// <summary>Progress is shown as it comes; the error and its remedy are kept for the exception.</summary>
    static void Follow(string line, List<string> errors)
    {
        if (line is null)
        {
            return;
        }

        if (errors.Count > 0 || line.StartsWith("error: ", StringComparison.Ordinal))
        {
            errors.Add(line);
        }
        else
        {
            Log.Information("{Line:l}", line);
        }
    }

    PipelineException Failure(List<string> errors)
    {
        var text = string.Join(Environment.NewLine, errors);
        var parts = text.Split("remedy: ", 2);
        var message = parts[0].Replace("error: ", "", StringComparison.Ordinal).Trim();
        var remedy = parts.Length == 2 ? Regex.Replace(parts[1], "--(?<use>[a-z]+)-port N", "localCloud.${use}Port in environments/local.yaml", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)) : $"See the logs in {stateDirectory}.";
        return new PipelineException(message.Length > 0 ? message : "The local cloud ended without a word.", remedy);
    }
}

/// <summary>The JSON of `tiketi-local-cloud up`.</summary>
sealed record LocalCloud(LocalCloudEndpoints Endpoints, string DockerHost, LocalCloudImages Images, int Pid, bool Started);

sealed record LocalCloudEndpoints(string Aws, string Kubernetes, string Ingress, string Cdn);

sealed record LocalCloudImages(string Node, string Postgres, string Redis);
