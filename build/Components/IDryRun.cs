/// <summary>Targets that can say what they would do instead.</summary>
interface IDryRun : INukeBuild
{
    [Parameter("Let SyncS3, RollbackSite and InvalidateCdn print exactly what they would do, and change nothing", Name = "dry-run")]
    bool DryRun => TryGetValue<bool?>(() => DryRun) ?? false;
}
