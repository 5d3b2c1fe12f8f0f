using System.Text;
using System.Text.Json.Nodes;

namespace Tiketi.Pipeline.Reporting;

/// <summary>An incoming webhook of Slack, Discord, or what understands either. Its address is a secret: whoever knows it may write.</summary>
public sealed class Webhook(HttpClient http, TimeProvider time)
{
    /// <summary>How long the other side may take: nobody waits for a message for long.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Sends the notice.</summary>
    /// <param name="address">The webhook's address.</param>
    /// <param name="notice">What to tell.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="PipelineException">It was not taken; the message does not say more of the address than its host.</exception>
    public async Task SendAsync(Uri address, DeploymentNotice notice, CancellationToken cancellationToken = default)
    {
        const string Remedy = "Make a new webhook in Slack or Discord, and give its address as the environment variable WebhookUrl (in GitHub: the secret WEBHOOK_URL).";
        using var limit = new CancellationTokenSource(Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            // With its length: not every receiver takes a body in chunks, as which a JSON content would be sent.
            using var body = new StringContent(BodyFor(address, notice).ToJsonString(), Encoding.UTF8, "application/json");
            using var response = await http.PostAsync(address, body, either.Token);
            if (!response.IsSuccessStatusCode)
            {
                throw new PipelineException($"The webhook at {address.Host} answers {(int)response.StatusCode}.", Remedy);
            }
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new PipelineException($"The webhook at {address.Host} does not answer within {Timeout.TotalSeconds:0} s.", Remedy, exception);
        }
        catch (HttpRequestException exception)
        {
            throw new PipelineException($"The webhook at {address.Host} cannot be reached: {exception.HttpRequestError}.", Remedy, exception);
        }
    }

    private static JsonObject BodyFor(Uri address, DeploymentNotice notice)
    {
        var text = string.Join('\n', notice.ToLines());
        return address.Host.EndsWith("discord.com", StringComparison.Ordinal) || address.Host.EndsWith("discordapp.com", StringComparison.Ordinal)
            ? new JsonObject { ["content"] = text, ["allowed_mentions"] = new JsonObject { ["parse"] = new JsonArray() } } // an error that quotes @everyone calls nobody
            : new JsonObject { ["text"] = text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal) };
    }
}
