using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tiketi.LocalCloud.Ecr.Storage;
using Tiketi.LocalCloud.Hosting;

namespace Tiketi.LocalCloud.Ecr.Api;

/// <summary>The operations on repositories and the one that logs in.</summary>
internal sealed class RepositoryOperations(RepositoryStore store, EcrTokens tokens, EcrAddress address)
{
    public object GetAuthorizationToken(EcrArguments arguments)
    {
        var credentials = tokens.Issue();
        return new
        {
            AuthorizationData = new[]
            {
                new
                {
                    AuthorizationToken = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{credentials.Username}:{credentials.Password}")),
                    credentials.ExpiresAt,
                    ProxyEndpoint = "http://" + address.Registry,
                },
            },
        };
    }

    public object Create(EcrArguments arguments)
    {
        var encryption = arguments.Object("encryptionConfiguration");
        var settings = new RepositorySettings
        {
            TagMutability = Mutability(arguments),
            MutabilityExclusions = Exclusions(arguments),
            ScanOnPush = arguments.Object("imageScanningConfiguration").Flag("scanOnPush"),
            EncryptionType = encryption.Text("encryptionType") ?? "AES256",
            KmsKey = encryption.Text("kmsKey"),
        };
        return new { Repository = Describe(store.Create(arguments.Repository, settings, Tags(arguments))) };
    }

    public object Describe(EcrArguments arguments)
    {
        var names = arguments.Texts("repositoryNames");
        var (page, token) = arguments.Page(names.Count > 0 ? [.. names.Select(store.Get)] : store.All);
        return new { Repositories = page.Select(Describe), NextToken = token };
    }

    public object Delete(EcrArguments arguments) => new { Repository = Describe(store.Delete(arguments.Repository, arguments.Flag("force"))) };

    public object PutTagMutability(EcrArguments arguments)
    {
        var settings = store.Change(arguments.Repository, repository => repository with
        {
            Settings = repository.Settings with { TagMutability = Mutability(arguments), MutabilityExclusions = Exclusions(arguments) },
        }).Settings;
        return new { RegistryId = LocalCloudSettings.AccountId, RepositoryName = arguments.Repository, ImageTagMutability = settings.TagMutability };
    }

    public object PutScanning(EcrArguments arguments)
    {
        var scan = arguments.Object("imageScanningConfiguration").Flag("scanOnPush");
        store.Change(arguments.Repository, repository => repository with { Settings = repository.Settings with { ScanOnPush = scan } });
        return new { RegistryId = LocalCloudSettings.AccountId, RepositoryName = arguments.Repository, ImageScanningConfiguration = new { ScanOnPush = scan } };
    }

    /// <summary>Kept, not carried out: nothing of the local cloud expires images.</summary>
    public object PutLifecyclePolicy(EcrArguments arguments)
    {
        var text = Json(arguments.Required("lifecyclePolicyText"), "lifecyclePolicyText", "rules");
        store.Change(arguments.Repository, repository => repository with { LifecyclePolicy = text });
        return LifecyclePolicy(arguments.Repository, text);
    }

    public object GetLifecyclePolicy(EcrArguments arguments) =>
        LifecyclePolicy(arguments.Repository, store.Get(arguments.Repository).LifecyclePolicy ?? throw EcrException.NoLifecyclePolicy(arguments.Repository));

    public object DeleteLifecyclePolicy(EcrArguments arguments)
    {
        var text = store.Get(arguments.Repository).LifecyclePolicy ?? throw EcrException.NoLifecyclePolicy(arguments.Repository);
        store.Change(arguments.Repository, repository => repository with { LifecyclePolicy = null });
        return LifecyclePolicy(arguments.Repository, text);
    }

    /// <summary>Kept, not evaluated: the one account that there is owns every repository.</summary>
    public object SetPolicy(EcrArguments arguments)
    {
        var text = Json(arguments.Required("policyText"), "policyText", "Statement");
        store.Change(arguments.Repository, repository => repository with { Policy = text });
        return Policy(arguments.Repository, text);
    }

    public object GetPolicy(EcrArguments arguments) =>
        Policy(arguments.Repository, store.Get(arguments.Repository).Policy ?? throw EcrException.NoPolicy(arguments.Repository));

    public object DeletePolicy(EcrArguments arguments)
    {
        var text = store.Get(arguments.Repository).Policy ?? throw EcrException.NoPolicy(arguments.Repository);
        store.Change(arguments.Repository, repository => repository with { Policy = null });
        return Policy(arguments.Repository, text);
    }

    public object Tag(EcrArguments arguments)
    {
        var added = Tags(arguments);
        store.Change(NameOf(arguments), repository =>
        {
            var tags = new Dictionary<string, string>(repository.Tags, StringComparer.Ordinal);
            foreach (var (key, value) in added)
            {
                tags[key] = value;
            }

            return repository with { Tags = tags };
        });
        return new { };
    }

    public object Untag(EcrArguments arguments)
    {
        var removed = arguments.Texts("tagKeys").ToHashSet(StringComparer.Ordinal);
        store.Change(NameOf(arguments), repository => repository with
        {
            Tags = repository.Tags.Where(tag => !removed.Contains(tag.Key)).ToDictionary(StringComparer.Ordinal),
        });
        return new { };
    }

    /// <summary>Tags are the one structure of ECR whose members begin with capitals.</summary>
    public object ListTags(EcrArguments arguments) => new
    {
        Tags = store.Get(NameOf(arguments)).Tags.Select(tag => new Dictionary<string, string>(StringComparer.Ordinal) { ["Key"] = tag.Key, ["Value"] = tag.Value }),
    };

    /// <exception cref="EcrException">InvalidParameterException: not JSON, or without the member that it is about.</exception>
    internal static string Json(string text, string parameter, string member)
    {
        try
        {
            return JsonNode.Parse(text) is JsonObject document && document[member] is not null
                ? text
                : throw EcrException.InvalidParameter($"Invalid parameter at '{parameter}' failed to satisfy constraint: 'Missing {member}'");
        }
        catch (JsonException)
        {
            throw EcrException.InvalidParameter($"Invalid parameter at '{parameter}' failed to satisfy constraint: 'Invalid JSON'");
        }
    }

    private object Describe(Repository repository) => new
    {
        RepositoryArn = address.ArnOf(repository.Name),
        RegistryId = LocalCloudSettings.AccountId,
        RepositoryName = repository.Name,
        RepositoryUri = address.UriOf(repository.Name),
        repository.CreatedAt,
        ImageTagMutability = repository.Settings.TagMutability,
        ImageTagMutabilityExclusionFilters = repository.Settings.MutabilityExclusions is { Count: > 0 } filters ? filters.Select(filter => new { FilterType = "WILDCARD", Filter = filter }) : null,
        ImageScanningConfiguration = new { repository.Settings.ScanOnPush },
        EncryptionConfiguration = new { repository.Settings.EncryptionType, repository.Settings.KmsKey },
    };

    private static string Mutability(EcrArguments arguments) => arguments.Text("imageTagMutability") switch
    {
        null => "MUTABLE",
        var known and ("MUTABLE" or "IMMUTABLE" or "MUTABLE_WITH_EXCLUSION" or "IMMUTABLE_WITH_EXCLUSION") => known,
        _ => throw EcrException.InvalidParameter("Invalid parameter at 'imageTagMutability' failed to satisfy constraint: 'Member must satisfy enum value set: [IMMUTABLE, MUTABLE, IMMUTABLE_WITH_EXCLUSION, MUTABLE_WITH_EXCLUSION]'"),
    };

    private static IReadOnlyList<string> Exclusions(EcrArguments arguments) =>
        [.. arguments.Objects("imageTagMutabilityExclusionFilters").Select(filter => filter.Required("filter"))];

    private static Dictionary<string, string> Tags(EcrArguments arguments) =>
        arguments.Objects("tags").ToDictionary(tag => tag.Required("Key"), tag => tag.Text("Value") ?? "", StringComparer.Ordinal);

    private string NameOf(EcrArguments arguments)
    {
        var arn = arguments.Required("resourceArn");
        var prefix = address.ArnOf("");
        return arn.StartsWith(prefix, StringComparison.Ordinal)
            ? arn[prefix.Length..]
            : throw EcrException.InvalidParameter("Invalid parameter at 'resourceArn' failed to satisfy constraint: 'Invalid ARN'");
    }

    private static object LifecyclePolicy(string name, string text) =>
        new { RegistryId = LocalCloudSettings.AccountId, RepositoryName = name, LifecyclePolicyText = text };

    private static object Policy(string name, string text) =>
        new { RegistryId = LocalCloudSettings.AccountId, RepositoryName = name, PolicyText = text };
}
