using System.Text.Json.Nodes;

namespace Tiketi.LocalCloud.Tests.CloudFormation.Infra;

/// <summary>infra/schedule.yaml, which production does without: nodes and database stop in the evening and start in the morning, and nothing else is touched.</summary>
public sealed class ScheduleTests
{
    [Fact]
    public async Task Nodes_and_database_stop_and_start_on_weekdays()
    {
        await using var cloud = await TestCloud.StartAsync();
        var (_, stack) = (cloud.Engine.Create(TestCloud.Request("tiketi-staging-schedule", ProductionInfra.TemplateOf("schedule"),
            [("Environment", "staging"), ("WorkHours", "8-20"), ("ClusterName", "tiketi-staging"), ("NodesMax", "3")])), cloud.Stacks.Get("tiketi-staging-schedule"));
        var made = await TestCloud.RestAsync(stack);
        made.Status.Should().Be("CREATE_COMPLETE", string.Join("\n", made.Events.Select(happened => happened.Reason)));

        JsonObject Properties(string resource) => cloud.Engine.Services.Open(made.Resources[resource]);
        var schedules = made.Resources.Values.Where(resource => resource.Type == "AWS::Scheduler::Schedule").ToDictionary(resource => resource.LogicalId, resource => Properties(resource.LogicalId));
        schedules.Should().OnlyContain(schedule => schedule.Value["ScheduleExpressionTimezone"]!.ToString() == "Asia/Seoul");
        schedules.Select(schedule => $"{schedule.Key} {schedule.Value["ScheduleExpression"]} {schedule.Value["Target"]!["Arn"]} {JsonNode.Parse(schedule.Value["Target"]!["Input"]!.ToString())!.ToJsonString()}").Should().BeEquivalentTo(
            """StartDatabase cron(0 8 ? * MON-FRI *) arn:aws:scheduler:::aws-sdk:rds:startDBInstance {"DbInstanceIdentifier":"tiketi-db"}""",
            """StartNodes cron(10 8 ? * MON-FRI *) arn:aws:scheduler:::aws-sdk:eks:updateNodegroupConfig {"ClusterName":"tiketi-staging","NodegroupName":"tiketi-nodes","ScalingConfig":{"MinSize":2,"MaxSize":3,"DesiredSize":2}}""",
            """StopNodes cron(0 20 ? * MON-FRI *) arn:aws:scheduler:::aws-sdk:eks:updateNodegroupConfig {"ClusterName":"tiketi-staging","NodegroupName":"tiketi-nodes","ScalingConfig":{"MinSize":0,"MaxSize":3,"DesiredSize":0}}""",
            """StopDatabase cron(10 20 ? * MON-FRI *) arn:aws:scheduler:::aws-sdk:rds:stopDBInstance {"DbInstanceIdentifier":"tiketi-db"}""");

        var statements = Properties("SchedulerRole")["Policies"]![0]!["PolicyDocument"]!["Statement"]!.AsArray();
        statements.Select(statement => $"{statement!["Action"]!.ToJsonString()} {statement["Resource"]}").Should().Equal(
            """["rds:StartDBInstance","rds:StopDBInstance"] arn:aws:rds:ap-northeast-2:000000000000:db:tiketi-db""",
            "\"eks:UpdateNodegroupConfig\" arn:aws:eks:ap-northeast-2:000000000000:nodegroup/tiketi-staging/tiketi-nodes/*");
    }

    [Theory]
    [InlineData("20")]
    [InlineData("8-24")]
    [InlineData("8:30-20")]
    public async Task Hours_that_are_none_are_refused(string hours)
    {
        await using var cloud = await TestCloud.StartAsync();

        cloud.Engine.Invoking(engine => engine.Create(TestCloud.Request("schedule", ProductionInfra.TemplateOf("schedule"), [("WorkHours", hours)]))).Should().Throw<Exception>().WithMessage("*WorkHours*");
    }
}
