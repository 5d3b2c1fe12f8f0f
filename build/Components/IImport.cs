using Tiketi.Pipeline.Infrastructure.Drift;
using Tiketi.Pipeline.Infrastructure.Importing;

/// <summary>Resources that were made by hand, taken into the stacks.</summary>
interface IImport : IInfrastructure, IConfirmed
{
    [Parameter("Which existing resource belongs where: a YAML file, STACK: { LOGICAL-ID: NAME } (default: what exists under the templates' names)", Name = "import-map")]
    AbsolutePath ImportMapFile => TryGetValue(() => ImportMapFile);

    async Task ImportInfraAsync()
    {
        var importer = new ResourceImporter(Session.Aws.CloudFormationIn, Session.Logger<ResourceImporter>(), TimeProvider.System);
        var resources = ImportMapFile is not null
            ? ImportMap.Load(ImportMapFile)
            : await new ImportDiscovery(Session.Aws.S3, Session.Aws.Ecr, Session.Aws.SecretsManager, Session.Aws.Eks).FindAsync(InfrastructureRequest, Session.Settings.Region, Session.Cancellation);
        var plan = await importer.PlanAsync(InfrastructureRequest, resources, Session.Cancellation);
        Printing.Show("To be imported", [.. plan.Select(resource => $"{resource.Stack}: {resource.LogicalId} <- {resource.Shown}")]);
        if (plan.Count == 0)
        {
            Log.Information("Nothing to import: what exists is in its stack already");
            return;
        }

        if (Confirm($"import these into environment {Session.Settings.Name}") != Session.Settings.Name)
        {
            throw new PipelineException("Nothing was imported: nobody has confirmed it.", $"Read the list above; then add --confirm {Session.Settings.Name}.");
        }

        var done = await importer.ImportAsync(InfrastructureRequest, resources, Session.Cancellation);
        Session.Outputs.Forget();
        var drift = await new DriftDetector(Session.Aws.CloudFormationIn, TimeProvider.System).DetectAsync(InfrastructureRequest, Session.Cancellation);
        var imported = drift with { Stacks = [.. drift.Stacks.Where(stack => done.Any(import => import.Name == stack.Name))] };
        Printing.Show("Imported, and what is not as the templates state", imported.ToLines());
        this.Report(("Imported", done.Sum(stack => stack.Imported.Count)), ("Stacks", done.Count), ("Differ", imported.Drifted));
    }
}
