using Tiketi.Pipeline.Registry;

/// <summary>The images, into the registry that the cluster pulls from.</summary>
interface IPushEcr : IBuildImages
{
    [Parameter("The version tag of the images (default: git describe)")]
    string ImageTag => TryGetValue(() => ImageTag) ?? Session.Source.Version;

    async Task PushEcrAsync()
    {
        var registry = await Session.Outputs.RequireAsync("registry", "RegistryUri", Session.Cancellation);
        var report = await ImagePublisher.PublishAsync(
            [.. Session.Images.Select(image => new PublishRequest(image, $"{registry}/{image.Repository}"))],
            [ImageTag, "latest"],
            Session.Cancellation);
        foreach (var image in report.Images)
        {
            Log.Information("{Service}: {Action} {Reference} {Duration:0.0} s", image.Service, image.Action, image.Reference, image.Duration.TotalSeconds);
        }

        Session.Published = report.Images;
        this.Report(("Pushed", report.Pushed), ("Present", report.Images.Count - report.Pushed), ("Requests", report.RegistryRequests));
    }
}
