using Tiketi.Pipeline.Images;
using Tiketi.Pipeline.Registry;

/// <summary>One image a service, built only when what goes into it has changed.</summary>
interface IBuildImages : IHazEnvironment
{
    [Parameter("Build every image afresh, whatever is there", Name = "no-cache")]
    bool NoCache => TryGetValue<bool?>(() => NoCache) ?? false;

    ImageBuilder ImageBuilder => new(Session.Docker, TimeProvider.System, Session.Logger<ImageBuilder>()) { NoCache = NoCache };

    ImagePublisher ImagePublisher => new(Session.Aws.Ecr, Session.Docker, Session.Http, TimeProvider.System, Session.Logger<ImagePublisher>());

    IReadOnlyList<ImageRequest> ImageRequests
    {
        get
        {
            var arguments = new Dictionary<string, string>(StringComparer.Ordinal);
            if (Session.IsLocal)
            {
                arguments["NODE_IMAGE"] = Session.LocalCloud.Running.Images.Node; // pulled, or made here where no registry can be reached
            }

            return [.. Session.Services.Select(service => ImageRequest.For(service, AppRoot, arguments, Session.Source.Labels))];
        }
    }

    async Task BuildImagesAsync()
    {
        var publisher = ImagePublisher;
        var progress = new Progress<ImageProgress>(step => Log.Debug("{Service}: step {Step}/{Steps} {Instruction:l} {Elapsed:0} s", step.Service, step.Step, step.Steps, step.Instruction, step.Elapsed.TotalSeconds));
        var report = await ImageBuilder.BuildAsync(
            ImageRequests,
            async (repository, tag, cancellationToken) => await publisher.FindPublishedAsync(repository, tag, cancellationToken) is not null,
            progress,
            Session.Cancellation);
        foreach (var image in report.Images)
        {
            Log.Information("{Service}: {Origin} {Reference} {Duration:0.0} s", image.Service, image.Origin, image.LocalReference, image.Duration.TotalSeconds);
        }

        Session.Images = report.Images;
        this.Report(("Built", report.Built), ("Unchanged", report.Unchanged));
    }
}
