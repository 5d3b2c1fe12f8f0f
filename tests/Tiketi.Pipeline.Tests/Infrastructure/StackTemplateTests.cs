using Tiketi.Pipeline.Infrastructure;

namespace Tiketi.Pipeline.Tests.Infrastructure;

public sealed class StackTemplateTests
{
    [Fact]
    public void ShortAndLongForms_AreReadAlike()
    {
        var template = StackTemplate.Parse("data", "infra/data.yaml", """
            AWSTemplateFormatVersion: "2010-09-09"
            Parameters:
              Environment: {Type: String}
              InstanceClass:
                Type: String
                Default: db.t4g.micro
              Password: {Type: String, NoEcho: true, Default: x}
              Ami: {Type: "AWS::SSM::Parameter::Value<String>", Default: /a/b}
            Conditions:
              IsProduction: !Equals [!Ref Environment, production]
            Resources:
              Database:
                Type: AWS::RDS::DBInstance
                Properties:
                  MultiAZ: !If [IsProduction, true, false]
                  VPCSecurityGroups:
                    - !ImportValue
                      Fn::Sub: "tiketi-${Environment}-Short"
                    - Fn::ImportValue: !Sub "tiketi-${Environment}-Long"
                    - !ImportValue {"Fn::Sub": "tiketi-${Environment}-Flow"}
                  Name: !ImportValue plain
            Outputs:
              Endpoint:
                Value: !GetAtt Database.Endpoint.Address
                Export: {Name: !Sub "tiketi-${Environment}-Endpoint"}
              Private: {Value: x}
              Literal:
                Value: x
                Export:
                  Name:
                    Fn::Sub: "tiketi-${Environment}-Literal"
            """);

        template.Imports.Select(import => (import.Path, import.Name, import.Line)).Should().Equal(
            ("Resources.Database.Properties.VPCSecurityGroups[0]", "tiketi-${Environment}-Short", 17L),
            ("Resources.Database.Properties.VPCSecurityGroups[1]", "tiketi-${Environment}-Long", 19L),
            ("Resources.Database.Properties.VPCSecurityGroups[2]", "tiketi-${Environment}-Flow", 20L),
            ("Resources.Database.Properties.Name", "plain", 21L));
        template.Exports.Select(export => (export.OutputKey, export.Name)).Should().Equal(
            ("Endpoint", "tiketi-${Environment}-Endpoint"), ("Literal", "tiketi-${Environment}-Literal"));
        template.Parameters["InstanceClass"].Default.Should().Be("db.t4g.micro");
        template.Parameters["Environment"].Default.Should().BeNull();
        template.Parameters.Values.Where(parameter => !parameter.IsComparable).Select(parameter => parameter.Name).Should().BeEquivalentTo("Password", "Ami");
        template.Resources.Should().Equal(new TemplateResource("Database", "AWS::RDS::DBInstance"));
    }

    [Fact]
    public void AJoinedName_EqualsTheSameJoin()
    {
        const string Joined = "!Join [\"-\", [tiketi, !Ref Environment, VpcId]]";
        var network = Parse("network", $"Resources: {{A: {{Type: T}}}}\nOutputs: {{V: {{Value: x, Export: {{Name: {Joined}}}}}}}");
        var data = Parse("data", $"Resources: {{A: {{Type: T, Properties: {{V: {{\"Fn::ImportValue\": {{\"Fn::Join\": [\"-\", [tiketi, {{Ref: Environment}}, VpcId]]}}}}}}}}}}");

        data.Imports.Single().Name.Should().Be(network.Exports.Single().Name);
    }

    [Theory]
    [InlineData("Resources: [\n", "infra/x.yaml(")]
    [InlineData("", "infra/x.yaml declares no Resources")]
    [InlineData("just text", "infra/x.yaml declares no Resources")]
    [InlineData("Resources:\n  A: {Properties: {}}\n", "infra/x.yaml(2): resource A has no Type")]
    public void WhatIsNotATemplate_IsNamedWithItsFile(string body, string message) =>
        FluentActions.Invoking(() => Parse("x", body)).Should().Throw<PipelineException>().Which.Message.Should().StartWith(message);

    [Fact]
    public void ATemplateTooLargeForOneCall_IsRefusedHere() =>
        FluentActions.Invoking(() => Parse("x", new string('#', 51_201))).Should().Throw<PipelineException>().WithMessage("*51200 bytes*");

    private static StackTemplate Parse(string name, string body) => StackTemplate.Parse(name, $"infra/{name}.yaml", body);
}
