using Tiketi.Pipeline.Reporting;

/// <summary>Tells those who wait for a deployment how it ended.</summary>
interface INotify : IPushEcr
{
    [Parameter("Where to tell how a deployment ended: an incoming webhook of Slack or Discord. It is a secret: set the environment variable WebhookUrl")]
    [Secret]
    string WebhookUrl => TryGetValue(() => WebhookUrl);

    /// <summary>A message that cannot be sent is a warning: what was deployed is deployed.</summary>
    /// <param name="what">The target that was asked for.</param>
    /// <param name="succeeded">How it ended.</param>
    async Task NotifyAsync(string what, bool succeeded)
    {
        if (string.IsNullOrEmpty(WebhookUrl))
        {
            return;
        }

        try
        {
            var address = Uri.TryCreate(WebhookUrl, UriKind.Absolute, out var url) && url.Scheme is "https" or "http"
                ? url : throw new PipelineException("WebhookUrl is not an address.", "Give it the webhook's whole address, https://...");
            await new Webhook(Session.Http, TimeProvider.System).SendAsync(address, new DeploymentNotice(
                Session.Settings.Name, what, succeeded, ImageTag, Session.Author, TimeProvider.System.GetElapsedTime(Session.Begin))
            {
                Run = Session.Run,
                Site = Session.Settings.SiteUrl,
                Error = Access.FirstFailure,
            });
            Log.Information("The webhook at {Host:l} was told", url.Host);
        }
        catch (PipelineException exception)
        {
            Log.Warning("Nobody was told how it ended: {Message:l} {Remedy:l}", exception.Message, exception.Remedy);
        }
    }
}
