using Tiketi.Benchmarks.Figures;
using Tiketi.Benchmarks.Measuring;

// Benchmarks REPOSITORY [FILTER]: a line a figure; ends with 1 when one is short or could not be measured.
var repository = args[0];
var filter = args.ElementAtOrDefault(1) ?? "";
if (filter == InputDigests.Child)
{
    await InputDigests.MeasureHereAsync(repository);
    return 0;
}

if (filter == ImageRun.Child)
{
    await ImageRun.RunHereAsync(args);
    return 0;
}

if (filter == SiteServer.Child)
{
    await SiteServer.ServeAsync(state: args[0], port: args[2], delay: args[3]);
    return 0;
}

if (filter == SiteUpload.Child)
{
    await SiteUpload.MeasureHereAsync(directory: args[0], endpoint: args[2], bucket: args[3]);
    return 0;
}

if (filter == PlanInfra.Child)
{
    await PlanInfra.PlanHereAsync(repository, int.Parse(args[2], System.Globalization.CultureInfo.InvariantCulture));
    return 0;
}

Figure[] all =
[
    StartUp.Help(repository),
    StartUp.Target(repository),
    StartUp.Script(repository),
    new ParallelMakespan(),
    new InputDigests(repository, warm: false),
    new InputDigests(repository, warm: true),
    ImageRuns.Cold(repository),
    ImageRuns.Unchanged(repository),
    ImageRuns.NoChange(repository),
    new UnchangedObjects(),
    new PlanInfra(repository),
    LoadTestCost.VersusAb,
    LoadTestCost.VersusWrk,
    new LoadTestPunctuality(),
    new LoadTestStall(),
    new LoadTestMemory(),
    .. SiteUpload.All,
];
var figures = all.Where(figure => figure.Name.Contains(filter, StringComparison.OrdinalIgnoreCase)).ToList();
if (figures.Count == 0)
{
    Console.Error.WriteLine($"No figure's name contains '{filter}'. There are: {string.Join(", ", all.Select(figure => figure.Name))}");
    return 2;
}

var isShort = false;
foreach (var figure in figures)
{
    try
    {
        var measurement = await figure.MeasureAsync(CancellationToken.None);
        isShort |= !measurement.Reached;
        Console.WriteLine($"{figure.Name} {measurement}");
    }
    catch (NotMeasuredException exception)
    {
        isShort = true;
        Console.WriteLine($"{figure.Name} not measured: {exception.Message}");
    }
}

return isShort ? 1 : 0;
