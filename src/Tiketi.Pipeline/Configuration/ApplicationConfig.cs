namespace Tiketi.Pipeline.Configuration;

/// <summary>The keys of ConfigMap <c>tiketi-config</c> (the guide's chapter 10): what people used to paste by hand comes from the stacks' outputs.</summary>
public static class ApplicationConfig
{
    /// <param name="configEnv">The text of the overlay's <c>config.env</c>: what a person decides. It may not state what the pipeline knows better.</param>
    /// <param name="file">Its name in error messages.</param>
    /// <param name="settings">The environment.</param>
    /// <param name="infrastructure">Addresses from the stacks' outputs.</param>
    /// <exception cref="PipelineException">A line is not KEY=value, or states a key that the infrastructure decides.</exception>
    public static IReadOnlyDictionary<string, string> Merge(string configEnv, string file, EnvironmentSettings settings, InfrastructureAddresses infrastructure)
    {
        var derived = Derived(settings, infrastructure);
        var result = Parse(configEnv, file);
        foreach (var key in result.Keys.Where(derived.ContainsKey))
        {
            throw new PipelineException(
                $"{file} states {key}, which the pipeline takes from the infrastructure ({derived[key]}).",
                $"Delete the line with {key}: a pasted address goes stale.");
        }

        foreach (var (key, value) in derived)
        {
            result[key] = value;
        }

        return result;
    }

    private static Dictionary<string, string> Derived(EnvironmentSettings settings, InfrastructureAddresses infrastructure)
    {
        var site = Origin(settings.SiteUrl);
        var api = Origin(settings.ApiUrl);
        var values = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["DB_HOST"] = infrastructure.DatabaseEndpoint,
            ["DB_PORT"] = infrastructure.DatabasePort,
            ["DB_NAME"] = infrastructure.DatabaseName,
            ["DB_USER"] = infrastructure.DatabaseUser,
            ["DB_SSL"] = settings.LocalCloud is null ? "true" : "false",
            ["POSTGRES_DB"] = infrastructure.DatabaseName,
            ["POSTGRES_USER"] = infrastructure.DatabaseUser,
            ["REDIS_HOST"] = infrastructure.RedisEndpoint,
            ["REDIS_PORT"] = infrastructure.RedisPort,
            ["REDIS_TLS"] = settings.LocalCloud is null ? "true" : "false",
            ["SOCKET_IO_CORS_ORIGIN"] = site,
            ["REACT_APP_API_URL"] = api,
            ["REACT_APP_SOCKET_URL"] = api,
            ["AWS_REGION"] = settings.Region,
            ["AWS_S3_BUCKET"] = infrastructure.UploadsBucket,
        };
        if (settings.GoogleClientId is { } google)
        {
            values["GOOGLE_CLIENT_ID"] = google;
            values["REACT_APP_GOOGLE_CLIENT_ID"] = google;
        }

        return values;
    }

    /// <summary>What the site is built with: nothing but REACT_APP_*.</summary>
    public static IReadOnlyDictionary<string, string> ForFrontend(EnvironmentSettings settings)
    {
        var api = Origin(settings.ApiUrl);
        var values = new Dictionary<string, string>(StringComparer.Ordinal) { ["REACT_APP_API_URL"] = api, ["REACT_APP_SOCKET_URL"] = api };
        if (settings.GoogleClientId is { } google)
        {
            values["REACT_APP_GOOGLE_CLIENT_ID"] = google;
        }

        return values;
    }

    private static Dictionary<string, string> Parse(string text, string file)
    {
        var result = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (number, line) in text.Split('\n').Select((line, index) => (index + 1, line.Trim())))
        {
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            var separator = line.IndexOf('=', StringComparison.Ordinal);
            if (separator <= 0)
            {
                throw new PipelineException($"{file}:{number}: '{line}' is not KEY=value.", "Mend the line, or start it with # to make it a comment.");
            }

            result[line[..separator]] = line[(separator + 1)..];
        }

        return result;
    }

    /// <summary>An address as browsers compare it: no trailing slash.</summary>
    private static string Origin(Uri address) => address.GetLeftPart(UriPartial.Authority);
}

/// <summary>What the services reach, as the stacks' outputs say.</summary>
public sealed record InfrastructureAddresses(
    string DatabaseEndpoint, string DatabasePort, string DatabaseName, string DatabaseUser, string RedisEndpoint, string RedisPort, string UploadsBucket);
