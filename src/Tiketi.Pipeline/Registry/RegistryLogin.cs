using System.Text;
using Amazon.ECR;
using Amazon.ECR.Model;
using Amazon.Runtime;

namespace Tiketi.Pipeline.Registry;

/// <summary>The registry's user and password. They live in memory alone: never in argv, on disk or in a log.</summary>
internal sealed class RegistryLogin(IAmazonECR ecr, TimeProvider time)
{
    /// <summary>A push of one image must not outlive the token that it began with.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(10);

    private readonly Lock _lock = new();
    private Task<RegistryCredentials>? _answer;
    private int _requests;

    /// <summary>Requests to the API so far.</summary>
    public int Requests => _requests;

    /// <summary>Valid credentials; asked for again when they end soon, or when those were refused.</summary>
    /// <exception cref="PipelineException">ECR gives no token.</exception>
    public Task<RegistryCredentials> GetAsync(CancellationToken cancellationToken, RegistryCredentials? refused = null)
    {
        lock (_lock)
        {
            if (_answer is null || (_answer.IsCompleted && !IsValid(_answer, refused)))
            {
                _answer = AskAsync(); // for all who wait: none of them may cancel it for the others
            }

            return _answer.WaitAsync(cancellationToken);
        }
    }

    private bool IsValid(Task<RegistryCredentials> answer, RegistryCredentials? refused)
        => answer.IsCompletedSuccessfully && answer.Result != refused && answer.Result.Expires - Margin >= time.GetUtcNow();

    private async Task<RegistryCredentials> AskAsync()
    {
        Interlocked.Increment(ref _requests);
        GetAuthorizationTokenResponse response;
        try
        {
            response = await ecr.GetAuthorizationTokenAsync(new GetAuthorizationTokenRequest());
        }
        catch (AmazonServiceException exception) when (RegistryFault.Passes(exception))
        {
            throw new RegistryFault(exception);
        }
        catch (AmazonECRException exception)
        {
            throw new PipelineException($"ECR gives no login: {exception.Message}", "The identity in use needs ecr:GetAuthorizationToken; see who it is with 'aws sts get-caller-identity'.", exception);
        }

        var data = response.AuthorizationData is [var first, ..] ? first : throw new PipelineException("ECR answered without a login.", "See that AWS_ENDPOINT_URL_ECR, if set, is right.");
        var pair = Encoding.UTF8.GetString(Convert.FromBase64String(data.AuthorizationToken)).Split(':', 2);
        var expires = data.ExpiresAt is { } stated ? new DateTimeOffset(stated.ToUniversalTime()) : time.GetUtcNow().AddHours(12);
        return new RegistryCredentials(pair[0], pair[1], expires);
    }
}

/// <summary>A user and password of the registry.</summary>
internal sealed record RegistryCredentials(string User, string Password, DateTimeOffset Expires)
{
    /// <summary>The value of a Basic Authorization header.</summary>
    public string Basic => Convert.ToBase64String(Encoding.UTF8.GetBytes($"{User}:{Password}"));

    /// <summary>Without the password: a record's own text would show it in a log.</summary>
    public override string ToString() => $"{User} until {Expires:u}";
}
