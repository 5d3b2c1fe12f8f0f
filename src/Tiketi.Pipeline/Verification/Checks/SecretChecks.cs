using System.Text.Json;
using System.Text.Json.Nodes;
using Amazon.SecretsManager;
using Amazon.SecretsManager.Model;

namespace Tiketi.Pipeline.Verification.Checks;

/// <summary>Whether passwords are where they belong, and long. Their values are looked at here and told nowhere.</summary>
internal static class SecretChecks
{
    /// <summary>The guide's, for the database and for Redis.</summary>
    private const int Least = 16;

    public static IEnumerable<ICheck> For(SmokeTestTarget target, StackInventory inventory)
    {
        yield return new Check("secrets", "passwords and keys are in Secrets Manager, and long", token => target.SecretsManager is { } secretsManager
            ? DataChecks.EachAsync(inventory, "AWS::SecretsManager::Secret", arn => SecretAsync(secretsManager, arn, token), token)
            : Task.FromResult(CheckOutcome.Skipped("no Secrets Manager was given")));
    }

    private static async Task<CheckOutcome> SecretAsync(IAmazonSecretsManager secretsManager, string arn, CancellationToken cancellationToken)
    {
        var name = arn.Split(':')[^1];
        try
        {
            var value = (await secretsManager.GetSecretValueAsync(new GetSecretValueRequest { SecretId = arn }, cancellationToken)).SecretString;
            var json = JsonNode.Parse(value) as JsonObject;
            var secret = (json?["password"] ?? json?["secret"])?.ToString() ?? "";
            return secret.Length >= Least ? CheckOutcome.Passed($"{name} has {Least} characters or more")
                : CheckOutcome.Failed($"{name} has {(secret.Length == 0 ? "neither 'password' nor 'secret'" : $"less than {Least} characters")}", "Somebody typed it. Let Secrets Manager generate one (aws secretsmanager get-random-password --password-length 32 --exclude-punctuation), change it at the server too, and run ./build.sh DeployK8s.");
        }
        catch (ResourceNotFoundException)
        {
            return CheckOutcome.Failed($"there is no secret {name} any more", "Restore it: aws secretsmanager restore-secret --secret-id " + arn + ".");
        }
        catch (InvalidRequestException)
        {
            return CheckOutcome.Failed($"{name} is marked for deletion", "Restore it: aws secretsmanager restore-secret --secret-id " + arn + ".");
        }
        catch (JsonException)
        {
            return CheckOutcome.Failed($"{name} is not JSON", "Write it as the stack data does: {\"password\": \"...\"}.");
        }
    }
}
