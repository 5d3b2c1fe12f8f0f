using k8s;
using Microsoft.Extensions.Logging.Abstractions;
using Tiketi.Pipeline;
using Tiketi.Pipeline.Database;
using Tiketi.Pipeline.Kubernetes;

namespace Tiketi.Integration.Contract;

/// <summary>How migrations run, whatever the cluster.</summary>
public abstract class MigrationContract(IContractCluster kubernetes)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_job_applies_the_files_once_and_again_only_for_other_files_or_another_database()
    {
        kubernetes.RequireNode();
        var space = await PrepareAsync();

        (await RunAsync(space, "db-1", ("init.sql", "A"), ("migrations/001.sql", "B"))).Should().BeEquivalentTo(new MigrationResult(true, ["001.sql", "init.sql"]));
        (await RunAsync(space, "db-1", ("init.sql", "A"), ("migrations/001.sql", "B"))).Should().BeEquivalentTo(new MigrationResult(false, []));
        (await RunAsync(space, "db-2", ("init.sql", "A"), ("migrations/001.sql", "B"))).Ran.Should().BeTrue();
        (await RunAsync(space, "db-2", ("init.sql", "A"), ("migrations/002.sql", "B"))).Applied.Should().Contain("002.sql");

        var jobs = await kubernetes.Client.BatchV1.ListNamespacedJobAsync(space, cancellationToken: Token);
        jobs.Items.Where(job => job.Metadata.DeletionTimestamp is null).Should().ContainSingle("earlier Jobs are removed");
    }

    [Fact]
    public async Task A_file_that_fails_is_named_and_once_mended_is_tried_again()
    {
        kubernetes.RequireNode();
        var space = await PrepareAsync();

        for (var attempt = 0; attempt < 2; attempt++)
        {
            await FluentActions.Awaiting(() => RunAsync(space, "db", ("init.sql", "BROKEN")))
                .Should().ThrowAsync<PipelineException>().WithMessage("*Job/tiketi-migrate-*init.sql:1: syntax error*");
        }

        (await RunAsync(space, "db", ("init.sql", "WHOLE"))).Ran.Should().BeTrue();
    }

    private async Task<string> PrepareAsync()
    {
        var space = kubernetes.NewNamespace();
        await kubernetes.Rollout().ApplyAsync(
            ManifestSet.Parse($$"""
                {apiVersion: v1, kind: Namespace, metadata: {name: {{space}} } }
                ---
                {apiVersion: v1, kind: ConfigMap, metadata: {name: tiketi-config, namespace: {{space}} }, data: {DB_HOST: db } }
                ---
                {apiVersion: v1, kind: Secret, metadata: {name: tiketi-db-secret, namespace: {{space}} }, data: {DB_PASSWORD: eA== } }
                """, "x"),
            cancellationToken: Token);
        return space;
    }

    private async Task<MigrationResult> RunAsync(string space, string database, params (string Name, string Sql)[] files)
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(Path.Combine(folder.Path, "migrations"));
        foreach (var (name, sql) in files)
        {
            await File.WriteAllTextAsync(Path.Combine(folder.Path, name), sql, Token);
        }

        var migrations = new Migrations(kubernetes.Client, TimeProvider.System, NullLogger<Migrations>.Instance);
        return await migrations.RunAsync(
            new MigrationRequest
            {
                Namespace = space,
                Files = MigrationFiles.Load(folder.Path),
                Image = ContractImage.Name,
                Database = database,
                Timeout = TimeSpan.FromSeconds(90),
            },
            Token);
    }
}
