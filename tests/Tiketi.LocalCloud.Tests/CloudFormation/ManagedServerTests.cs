using System.Text.Json.Nodes;
using Docker.DotNet.Models;
using Microsoft.Extensions.DependencyInjection;
using Tiketi.LocalCloud.CloudFormation;
using Tiketi.LocalCloud.ElastiCache;
using Tiketi.LocalCloud.Lifecycle;
using Tiketi.LocalCloud.Rds;
using Tiketi.LocalCloud.Tests.CloudFormation.Infra;
using Tiketi.LocalCloud.Tests.S3;

namespace Tiketi.LocalCloud.Tests.CloudFormation;

/// <summary>A database instance is a real PostgreSQL and a replication group a real Redis, asked with their own clients.</summary>
public sealed class ManagedServerTests
{
    private const string Template = """
        Parameters:
          Class: { Type: String, Default: db.t3.medium }
        Resources:
          Secret:
            Type: AWS::SecretsManager::Secret
            Properties:
              Name: cfn-test/database
              GenerateSecretString: { SecretStringTemplate: "{\"username\":\"tiketi_admin\"}", GenerateStringKey: password, PasswordLength: 32, ExcludeCharacters: "\"'@/\\`$ " }
          Attachment:
            Type: AWS::SecretsManager::SecretTargetAttachment
            Properties: { SecretId: !Ref Secret, TargetId: !Ref Database, TargetType: AWS::RDS::DBInstance }
          Database:
            Type: AWS::RDS::DBInstance
            DeletionPolicy: Snapshot
            Properties:
              DBInstanceIdentifier: cfn-test-db
              Engine: postgres
              DBName: tiketi
              DBInstanceClass: !Ref Class
              MasterUsername: tiketi_admin
              MasterUserPassword: !Sub "{{resolve:secretsmanager:${Secret}:SecretString:password}}"
              AllocatedStorage: "20"
          RedisSecret:
            Type: AWS::SecretsManager::Secret
            Properties: { Name: cfn-test/redis, GenerateSecretString: { GenerateStringKey: password, SecretStringTemplate: "{}", PasswordLength: 64, ExcludePunctuation: true } }
          Redis:
            Type: AWS::ElastiCache::ReplicationGroup
            Properties:
              ReplicationGroupId: cfn-test-redis
              ReplicationGroupDescription: test
              Engine: redis
              NumCacheClusters: 2
              AutomaticFailoverEnabled: true
              TransitEncryptionEnabled: true
              AuthToken: !Sub "{{resolve:secretsmanager:${RedisSecret}:SecretString:password}}"
        Outputs:
          Database: { Value: !GetAtt Database.Endpoint.Address }
          Redis: { Value: !GetAtt Redis.PrimaryEndPoint.Address }
        """;

    [Fact]
    public async Task They_serve_survive_a_restart_and_go()
    {
        await using var engine = await DockerCloud.StartAsync();
        var cloud = engine.Cloud;
        var stack = await cloud.CreateAsync("servers", Template);
        stack.Status.Should().Be("CREATE_COMPLETE", string.Join("\n", stack.Events.Select(happened => happened.Reason)));
        var database = JsonNode.Parse((await cloud.AwsJsonAsync("secretsmanager", "get-secret-value", "--secret-id", "cfn-test/database"))["SecretString"]!.ToString())!;
        database["host"]!.ToString().Should().Be(stack.Outputs.Single(output => output.Key == "Database").Value, "the attachment wrote it into the secret");
        var password = database["password"]!.ToString();
        (await QueryAsync(engine, password, "CREATE TABLE kept AS SELECT 42 AS answer; SELECT current_user")).Ok().Should().Contain("tiketi_admin");
        (await QueryAsync(engine, "wrong", "SELECT 1")).Error.Should().Contain("password authentication failed");

        var token = JsonNode.Parse((await cloud.AwsJsonAsync("secretsmanager", "get-secret-value", "--secret-id", "cfn-test/redis"))["SecretString"]!.ToString())!["password"]!.ToString();
        (await RedisAsync(engine, token, "SET", "kept", "42")).Ok().Should().Contain("OK");
        (await RedisAsync(engine, "wrong", "GET", "kept")).Output.Should().Contain("NOAUTH");
        await NoSecretInAsync(engine, password, token);

        var instance = (await cloud.AwsJsonAsync("rds", "describe-db-instances", "--db-instance-identifier", "cfn-test-db"))["DBInstances"]![0]!;
        (instance["DBInstanceStatus"]!.ToString(), instance["Endpoint"]!["Port"]!.GetValue<int>()).Should().Be(("available", 5432));
        var group = (await cloud.AwsJsonAsync("elasticache", "describe-replication-groups"))["ReplicationGroups"]![0]!;
        (group["Status"]!.ToString(), group["NodeGroups"]![0]!["PrimaryEndpoint"]!["Address"]!.ToString()).Should().Be(("available", stack.Outputs.Single(output => output.Key == "Redis").Value));

        await cloud.UpdateAsync("servers", Template, ("Class", "db.t3.large"));
        (await cloud.AwsJsonAsync("rds", "describe-db-instances"))["DBInstances"]![0]!["DBInstanceClass"]!.ToString().Should().Be("db.t3.large");

        foreach (var container in await engine.ContainersAsync())
        {
            await engine.Docker.Containers.StopContainerAsync(container.ID, new ContainerStopParameters());
        }

        var stays = new List<string>();
        await OwnContainers.RemoveUnusedNetworkAsync(engine.Docker, cloud.Settings.StateDirectory, stays.Add, TestContext.Current.CancellationToken);
        (await NetworksAsync(engine)).Should().ContainSingle("the stopped ones come back to it").Which.Should().Be(engine.Identity.Network);
        await engine.Docker.Networks.DeleteNetworkAsync(engine.Identity.Network); // as 'docker network prune' does

        await cloud.RestartAsync();
        await AvailableAsync(cloud);
        (await QueryAsync(engine, password, "SELECT answer FROM kept")).Ok().Should().Contain("42");
        (await RedisAsync(engine, token, "GET", "kept")).Ok().Should().Contain("42");

        (await cloud.DeleteAsync("servers")).Status.Should().Be("DELETE_COMPLETE");
        (await engine.ContainersAsync()).Should().BeEmpty();
        await OwnContainers.RemoveUnusedNetworkAsync(engine.Docker, cloud.Settings.StateDirectory, stays.Add, TestContext.Current.CancellationToken);
        (await NetworksAsync(engine)).Should().HaveCount(stays.Count, "it goes with the last container, or it is said why not");
        (await cloud.AwsJsonAsync("rds", "describe-db-snapshots"))["DBSnapshots"]!.AsArray().Should().ContainSingle("its policy is to keep a snapshot");
    }

    [Fact]
    public async Task All_of_infra_is_really_made_and_really_goes()
    {
        await using var engine = await DockerCloud.StartAsync();
        var cloud = engine.Cloud;
        var infra = new ProductionInfra();
        await infra.ApplyAsync(cloud);
        infra.RequireMade();
        (await engine.ContainersAsync()).Should().HaveCount(2, "one PostgreSQL and one Redis serve");

        var data = await cloud.DeleteAsync("tiketi-production-data");
        (data.Status, data.StatusReason).Should().Be(("DELETE_FAILED", "The following resource(s) failed to delete: [Database]. "), "it is protected");
        (await cloud.AwsJsonAsync("rds", "describe-db-instances"))["DBInstances"]!.AsArray().Should().ContainSingle();
    }

    [Fact]
    public async Task A_missing_image_and_a_missing_engine_are_named_with_the_way_out()
    {
        await using var engine = await DockerCloud.StartAsync("cfn-no-such-image:1");
        var stack = await engine.Cloud.CreateAsync("servers", Template);
        stack.Events.Select(happened => happened.Reason).Should().ContainMatch("The Docker engine has no image 'cfn-no-such-image:1'*LocalUp*");
        stack.Status.Should().Be("ROLLBACK_COMPLETE");
        engine.Cloud.Services.GetRequiredService<DatabaseStore>().Instances.Should().BeEmpty();

        await using var cloud = await TestCloud.StartAsync(dockerHost: "unix:///nowhere/docker.sock");
        stack = await cloud.CreateAsync("servers", Template);
        stack.Events.Select(happened => happened.Reason).Should().ContainMatch("The Docker engine at unix:///nowhere/docker.sock does not answer*LocalUp*");
        stack.Status.Should().Be("ROLLBACK_COMPLETE");
    }

    [Theory]
    [InlineData("AWS::RDS::DBInstance", "Engine", "mysql", "The local cloud runs no database engine 'mysql': it runs postgres.")]
    [InlineData("AWS::RDS::DBInstance", "MasterUsername", "1-admin", "MasterUsername 1-admin is invalid*")]
    [InlineData("AWS::RDS::DBInstance", "DBInstanceIdentifier", "1_db", "The parameter DBInstanceIdentifier is not a valid identifier.*")]
    [InlineData("AWS::RDS::DBInstance", "DBSubnetGroupName", "none", "DB subnet group 'none' does not exist.")]
    [InlineData("AWS::RDS::DBInstance", "MasterUserPassword", "with@sign-in-it", "The parameter MasterUserPassword is not a valid password.*")]
    [InlineData("AWS::ElastiCache::ReplicationGroup", "TransitEncryptionEnabled", "false", "The AUTH token is only supported when encryption-in-transit is enabled.")]
    [InlineData("AWS::ElastiCache::ReplicationGroup", "NumCacheClusters", "1", "Replication group with automatic failover enabled must have at least one replica.")]
    [InlineData("AWS::ElastiCache::ReplicationGroup", "AuthToken", "short", "Invalid AuthToken provided.*")]
    public async Task What_AWS_refuses_is_refused(string type, string property, string value, string reason)
    {
        await using var cloud = await TestCloud.StartAsync(dockerHost: "unix:///nowhere/docker.sock");
        var properties = new JsonObject
        {
            ["DBInstanceIdentifier"] = "db", ["Engine"] = type.Contains("RDS", StringComparison.Ordinal) ? "postgres" : "redis", ["DBName"] = "tiketi", ["MasterUsername"] = "admin", ["MasterUserPassword"] = "long-enough",
            ["ReplicationGroupId"] = "cache", ["NumCacheClusters"] = 2, ["AutomaticFailoverEnabled"] = true, ["TransitEncryptionEnabled"] = true, ["AuthToken"] = "0123456789abcdef",
        };
        properties[property] = value;
        var create = () => cloud.Engine.Services.Providers.Of(type).CreateAsync(new ResourceRequest("stack", "It", type, properties), CancellationToken.None);
        await create.Should().ThrowAsync<ResourceException>().WithMessage(reason);
    }

    private static async Task AvailableAsync(TestCloud cloud)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(90));
        while (cloud.Services.GetRequiredService<DatabaseStore>().Instances[0].Status != "available" || cloud.Services.GetRequiredService<CacheStore>().Groups[0].Status != "available")
        {
            await Task.Delay(100, patience.Token);
        }
    }

    private static async Task NoSecretInAsync(DockerCloud engine, params string[] secrets)
    {
        foreach (var container in await engine.ContainersAsync())
        {
            var inspected = await engine.Docker.Containers.InspectContainerAsync(container.ID);
            var visible = string.Join("\n", [.. inspected.Args, .. inspected.Config!.Env!, .. inspected.Config.Labels!.Values]);
            secrets.Should().AllSatisfy(secret => visible.Should().NotContain(secret));
        }
    }

    private static async Task<Outcome> QueryAsync(DockerCloud engine, string password, string sql)
    {
        var address = await engine.AddressAsync(engine.Cloud.Services.GetRequiredService<DatabaseServers>().ContainerOf("cfn-test-db"));
        return await Command.RunAsync("psql", ["-X", "-At", "-h", address, "-U", "tiketi_admin", "-d", "tiketi", "-c", sql], new Dictionary<string, string?>(StringComparer.Ordinal) { ["PGPASSWORD"] = password });
    }

    private static async Task<IEnumerable<string>> NetworksAsync(DockerCloud engine) =>
        (await engine.Docker.Networks.ListNetworksAsync(new NetworksListParameters())).Select(network => network.Name).Where(name => name == engine.Identity.Network);

    private static async Task<Outcome> RedisAsync(DockerCloud engine, string token, params string[] command)
    {
        var address = await engine.AddressAsync(engine.Cloud.Services.GetRequiredService<CacheServers>().ContainerOf("cfn-test-redis"));
        return await Command.RunAsync("redis-cli", ["-h", address, .. command], new Dictionary<string, string?>(StringComparer.Ordinal) { ["REDISCLI_AUTH"] = token });
    }
}
